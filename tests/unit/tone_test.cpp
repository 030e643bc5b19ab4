// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barge/tone.hpp>

namespace barge {
namespace {

using namespace std::chrono_literals;

constexpr ToneSegment beeps[] = {{1400, 100ms}, {0, 50ms}, {1600, 100ms}};
constexpr Tone once{"double_beep", beeps};
constexpr Tone repeating{"warning", beeps, 1000ms};

TEST(Tones, LastAsLongAsTheirSegmentsTogether) {
  EXPECT_EQ(length(once), 250ms);
  EXPECT_EQ(length(repeating), 250ms);
  EXPECT_EQ(length(Tone{"none", {}}), 0ms);
}

TEST(Tones, SoundTheirSegmentsInOrderAndThenNothing) {
  EXPECT_EQ(hertz_at(once, 0ms), 1400);
  EXPECT_EQ(hertz_at(once, 99ms), 1400);
  EXPECT_EQ(hertz_at(once, 100ms), 0);
  EXPECT_EQ(hertz_at(once, 150ms), 1600);
  EXPECT_EQ(hertz_at(once, 249ms), 1600);
  EXPECT_EQ(hertz_at(once, 250ms), 0);
  EXPECT_EQ(hertz_at(once, 1000ms), 0);
}

TEST(Tones, ThatRepeatBeginAgainAtTheirInterval) {
  EXPECT_EQ(hertz_at(repeating, 999ms), 0);
  EXPECT_EQ(hertz_at(repeating, 1000ms), 1400);
  EXPECT_EQ(hertz_at(repeating, 5150ms), 1600);
}

}  // namespace
}  // namespace barge
