// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barge/clock.hpp>

namespace barge {
namespace {

TEST(SystemClock, IsOneAndTheSameForTheWholeProgram) {
  EXPECT_EQ(&system_clock(), &system_clock());
}

TEST(SystemClock, TellsTheTimesOfTheOperatingSystem) {
  const auto steady = std::chrono::steady_clock::now();
  const auto wall = std::chrono::system_clock::now();
  EXPECT_GE(system_clock().steady(), steady);
  EXPECT_LT(system_clock().steady() - steady, std::chrono::minutes(1));
  EXPECT_LT(std::chrono::abs(system_clock().wall() - wall), std::chrono::minutes(1));
}

TEST(SystemClock, NeverGoesBack) {
  SteadyTime last = system_clock().steady();
  for (int i = 0; i < 1000; ++i) {
    const SteadyTime now = system_clock().steady();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace barge
