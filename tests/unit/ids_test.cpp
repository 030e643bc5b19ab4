// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <gtest/gtest.h>

#include <barge/ids.hpp>

namespace barge {
namespace {

TEST(Handles, ADefaultHandleIsNobody) {
  EXPECT_FALSE(LegId());
  EXPECT_FALSE(LegId(7, 0));
  EXPECT_TRUE(LegId(0, 1));
}

TEST(Handles, TheNextOccupantOfASlotIsSomebodyElse) {
  EXPECT_EQ(LegId(3, 1), LegId(3, 1));
  EXPECT_NE(LegId(3, 1), LegId(3, 2));
  EXPECT_NE(LegId(3, 1), LegId(4, 1));
}

TEST(Handles, AreOrderedBySlotAndThenByGeneration) {
  EXPECT_LT(LegId(1, 9), LegId(2, 1));
  EXPECT_LT(LegId(1, 1), LegId(1, 2));
  EXPECT_FALSE(LegId(1, 1) < LegId(1, 1));
}

TEST(Handles, OfDifferentKindsDoNotMixAndNoIntegerIsOne) {
  EXPECT_FALSE((std::is_convertible_v<ParticipantId, LegId>));
  EXPECT_FALSE((std::is_constructible_v<LegId, ParticipantId>));
  EXPECT_FALSE((std::is_constructible_v<LegId, int>));
  EXPECT_FALSE((std::is_convertible_v<LegId, bool>));
  EXPECT_TRUE(std::is_trivially_copyable_v<LegId>);
}

TEST(GlobalIds, OfBitsAre32LowerCaseHexadecimalDigits) {
  const auto id = CallGid::from_bits(0x0123456789ABCDEFULL, 0xFEDCBA9876543210ULL);
  EXPECT_EQ(id.text(), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(CallGid::from_bits(0, 1).text(), "00000000000000000000000000000001");
}

TEST(GlobalIds, CompareByTheirText) {
  EXPECT_TRUE(CallGid().empty());
  EXPECT_EQ(CallGid("a"), CallGid("a"));
  EXPECT_NE(CallGid("a"), CallGid("A"));
  EXPECT_LT(CallGid("a"), CallGid("b"));
  EXPECT_FALSE((std::is_convertible_v<std::string, CallGid>));
  EXPECT_FALSE((std::is_convertible_v<PersonGid, CallGid>));
}

}  // namespace
}  // namespace barge
