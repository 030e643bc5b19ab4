// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include <barge/tone.hpp>

namespace barge {
namespace {

using namespace std::chrono_literals;

constexpr ToneSegment beeps[] = {{1400, 100ms}, {0, 50ms}, {1600, 100ms}};
constexpr Tone once{"double_beep", beeps};
constexpr Tone repeating{"warning", beeps, 1000ms};
constexpr ToneSegment long_beep[] = {{440, 600ms}, {0, 100ms}};
constexpr Tone led{"led", beeps, 1000ms, -18, long_beep};

TEST(Tones, LastAsLongAsTheirSegmentsTogether) {
  EXPECT_EQ(length(once), 250ms);
  EXPECT_EQ(length(repeating), 250ms);
  EXPECT_EQ(length(Tone{"none", {}}), 0ms);
}

TEST(Tones, WithALeadHaveBeenHeardWhenTheLeadHas) {
  EXPECT_EQ(length(led), 700ms);
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

TEST(Tones, BeginWithTheirLeadAndRepeatTheirSegments) {
  EXPECT_EQ(hertz_at(led, 0ms), 440);
  EXPECT_EQ(hertz_at(led, 599ms), 440);
  EXPECT_EQ(hertz_at(led, 600ms), 0);
  EXPECT_EQ(hertz_at(led, 999ms), 0);
  for (const auto cycle : {1000ms, 2000ms, 7000ms}) {
    EXPECT_EQ(hertz_at(led, cycle), 1400);
    EXPECT_EQ(hertz_at(led, cycle + 150ms), 1600);
    EXPECT_EQ(hertz_at(led, cycle + 250ms), 0);
  }
}

TEST(Tones, ThatNeitherRepeatNorLackALeadAreTheLeadAlone) {
  constexpr Tone tone{"led once", beeps, 0ms, -18, long_beep};
  EXPECT_EQ(length(tone), 700ms);
  EXPECT_EQ(hertz_at(tone, 599ms), 440);
  EXPECT_EQ(hertz_at(tone, 700ms), 0);
  EXPECT_EQ(hertz_at(tone, 1000ms), 0);
}

TEST(KnownTones, AreFoundByTheirIds) {
  std::set<std::string_view> ids;
  for (const Tone& tone : known_tones()) {
    EXPECT_EQ(find_tone(tone.id), &tone) << tone.id;
    EXPECT_TRUE(ids.insert(tone.id).second) << tone.id;
  }
  EXPECT_EQ(find_tone("recorder.xx"), nullptr);
  EXPECT_EQ(find_tone("recorde"), nullptr);
  EXPECT_EQ(find_tone(""), nullptr);
}

TEST(KnownTones, WarnOfARecorderAsFederalStandard1037CSays) {
  const Tone* const tone = find_tone("recorder.us");
  ASSERT_NE(tone, nullptr);
  EXPECT_EQ(hertz_at(*tone, 499ms), 1400);
  EXPECT_EQ(hertz_at(*tone, 500ms), 0);
  EXPECT_EQ(hertz_at(*tone, 15000ms), 1400);
  EXPECT_EQ(length(*tone), 500ms);
}

TEST(KnownTones, OfAnOperatorWhoIntervenesBeginLong) {
  const Tone* const tone = find_tone("intervening");
  ASSERT_NE(tone, nullptr);
  EXPECT_EQ(length(*tone), 2s);
  EXPECT_EQ(hertz_at(*tone, 1999ms), 440);
  EXPECT_EQ(hertz_at(*tone, 2000ms), 0);
  EXPECT_EQ(hertz_at(*tone, 10000ms), 440);
  EXPECT_EQ(hertz_at(*tone, 10499ms), 440);
  EXPECT_EQ(hertz_at(*tone, 10500ms), 0);
  EXPECT_EQ(hertz_at(*tone, 20000ms), 440);
}

TEST(KnownTones, TellAJoinFromALeaveAndTheCueFromBoth) {
  const Tone *const join = find_tone("join"), *const leave = find_tone("leave");
  const Tone* const cue = find_tone("cue");
  ASSERT_TRUE(join != nullptr && leave != nullptr && cue != nullptr);
  EXPECT_NE(hertz_at(*join, 0ms), hertz_at(*leave, 0ms));
  EXPECT_NE(hertz_at(*join, 300ms), hertz_at(*leave, 300ms));
  EXPECT_LT(length(*cue), 200ms);
  for (const Tone* tone : {join, leave, cue})
    EXPECT_EQ(tone->repeat, 0ms);
}

}  // namespace
}  // namespace barge
