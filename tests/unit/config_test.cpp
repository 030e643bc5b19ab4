// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <gtest/gtest.h>

#include <barge/barge.hpp>

namespace barge {
namespace {

TEST(Namespaces, CarryTheVersionSoThatTwoIncompatibleOnesDoNotMix) {
  EXPECT_TRUE((std::is_same_v<barge::Bridge, barge::v0::Bridge>));
  EXPECT_TRUE((std::is_same_v<barge::Mode, barge::v0::Mode>));
}

TEST(Version, IsThreeNumbers) {
  EXPECT_EQ(BARGE_VERSION_MAJOR, 0);
  EXPECT_GE(BARGE_VERSION_MINOR, 1);
  EXPECT_GE(BARGE_VERSION_PATCH, 0);
}

TEST(MediaCalls, CannotThrow) {
  EXPECT_TRUE(noexcept(std::declval<MediaPort&>().begin_tick()));
  EXPECT_TRUE(noexcept(std::declval<MediaPort&>().leg_lost(LegId())));
  EXPECT_TRUE(noexcept(std::declval<Tick&>().push(LegId(), Frame())));
  EXPECT_TRUE(noexcept(std::declval<Tick&&>().mix()));
  EXPECT_TRUE(noexcept(std::declval<const MixedTick&>().pull(LegId(), MutableFrame())));
  EXPECT_TRUE(noexcept(std::declval<const MixedTick&>().row(LegId())));
  EXPECT_TRUE(noexcept(std::declval<const MixedTick&>().start()));
}

}  // namespace
}  // namespace barge
