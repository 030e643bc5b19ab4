// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

TEST(Log, WhatComesFromOutsideStaysOnOneLine) {
  EXPECT_EQ(printable("*90\r\n2001\x1b[31m"), "*90??2001?[31m");
  EXPECT_EQ(printable("caf\xc3\xa9"), "caf??");
}

TEST(Log, WhatComesFromOutsideHasAnEnd) {
  EXPECT_EQ(printable(std::string(1000, 'a')), std::string(64, 'a') + "...");
}

}  // namespace
}  // namespace sip_bridge
