// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barge/audio.hpp>

namespace barge {
namespace {

constexpr SampleRate all_rates[] = {SampleRate::hz_8000,  SampleRate::hz_16000,
                                    SampleRate::hz_24000, SampleRate::hz_32000,
                                    SampleRate::hz_44100, SampleRate::hz_48000};

TEST(Formats, TakeFramesFrom5To60MillisecondsAtEveryRate) {
  for (const SampleRate rate : all_rates) {
    const std::uint32_t shortest = hertz(rate) / 200, longest = hertz(rate) * 60 / 1000;
    EXPECT_TRUE(is_valid({rate, shortest})) << hertz(rate);
    EXPECT_FALSE(is_valid({rate, shortest - 1})) << hertz(rate);
    EXPECT_TRUE(is_valid({rate, longest})) << hertz(rate);
    EXPECT_FALSE(is_valid({rate, longest + 1})) << hertz(rate);
    EXPECT_FALSE(is_valid({rate, 0})) << hertz(rate);
    EXPECT_FALSE(is_valid({rate, 0xFFFF'FFFF})) << hertz(rate);
  }
}

TEST(Formats, OfUnknownRatesAreRefused) {
  EXPECT_FALSE(is_valid({static_cast<SampleRate>(0), 160}));
  EXPECT_FALSE(is_valid({static_cast<SampleRate>(11025), 220}));
}

TEST(Ramps, LastFiveMillisecondsAtEveryRate) {
  EXPECT_EQ(ramp_samples(SampleRate::hz_8000), 40U);
  EXPECT_EQ(ramp_samples(SampleRate::hz_16000), 80U);
  EXPECT_EQ(ramp_samples(SampleRate::hz_24000), 120U);
  EXPECT_EQ(ramp_samples(SampleRate::hz_32000), 160U);
  EXPECT_EQ(ramp_samples(SampleRate::hz_44100), 220U);  // never longer than 5 ms
  EXPECT_EQ(ramp_samples(SampleRate::hz_48000), 240U);
}

TEST(SampleIndexes, AreOrderedAndAdvance) {
  constexpr SampleIndex first, later(480);
  EXPECT_EQ(first.samples(), 0U);
  EXPECT_EQ(first + 480, later);
  EXPECT_NE(first, later);
  EXPECT_LT(first, later);
  EXPECT_LE(later, later);
  EXPECT_FALSE(later < later);
}

}  // namespace
}  // namespace barge
