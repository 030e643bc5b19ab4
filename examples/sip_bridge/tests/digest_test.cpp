// SPDX-License-Identifier: Apache-2.0
#include "digest.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

using std::chrono::seconds;

TEST(Nonces, EachCountIsGoodForOneRequest) {
  NonceStore nonces(seconds(60));
  const NonceStore::Time now{};
  const std::string nonce = nonces.issue(now);
  EXPECT_TRUE(nonces.use(nonce, 1, now));
  EXPECT_FALSE(nonces.use(nonce, 1, now)) << "a request sent again by somebody else";
  EXPECT_TRUE(nonces.use(nonce, 2, now));
  EXPECT_FALSE(nonces.use(nonce, 1, now));
  EXPECT_FALSE(nonces.use(nonce, 0, now));
}

TEST(Nonces, AnOldOneIsWorthless) {
  NonceStore nonces(seconds(60));
  const NonceStore::Time now{};
  const std::string nonce = nonces.issue(now);
  EXPECT_TRUE(nonces.use(nonce, 1, now + seconds(59)));
  EXPECT_FALSE(nonces.use(nonce, 2, now + seconds(60)));
}

TEST(Nonces, OnlyOursAreGood) {
  NonceStore nonces(seconds(60));
  EXPECT_FALSE(nonces.use("", 1, {}));
  EXPECT_FALSE(nonces.use("0123456789abcdef0123456789abcdef", 1, {}));
}

TEST(Nonces, NoTwoAreAlikeAndAFloodForgetsTheOldest) {
  NonceStore nonces(seconds(60));
  const NonceStore::Time now{};
  std::set<std::string> seen;
  const std::string first = nonces.issue(now);
  seen.insert(first);
  for (int i = 0; i < 10'000; ++i)
    seen.insert(nonces.issue(now));
  EXPECT_EQ(seen.size(), 10'001U);
  EXPECT_FALSE(nonces.use(first, 1, now));
  EXPECT_TRUE(nonces.use(nonces.issue(now), 1, now));
}

}  // namespace
}  // namespace sip_bridge
