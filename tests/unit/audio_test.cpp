// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include <barge/audio.hpp>

namespace barge {
namespace {

constexpr SampleRate all_rates[] = {SampleRate::hz_8000,  SampleRate::hz_16000,
                                    SampleRate::hz_24000, SampleRate::hz_32000,
                                    SampleRate::hz_44100, SampleRate::hz_48000};

TEST(Gain, IsOneByDefault) {
  EXPECT_EQ(Gain().q14(), 16384);
  EXPECT_EQ(Gain::linear(1), Gain());
}

TEST(Gain, IsTheNearestStepWithinItsRange) {
  EXPECT_EQ(Gain::linear(0.5).q14(), 8192);
  EXPECT_EQ(Gain::linear(1.0 / 16384).q14(), 1);
  EXPECT_EQ(Gain::linear(0.4 / 16384).q14(), 0);
  EXPECT_EQ(Gain::linear(1.99999).q14(), 32767);
}

TEST(Gain, OutOfRangeBecomesTheNearestLimit) {
  EXPECT_EQ(Gain::linear(2).q14(), 32767);
  EXPECT_EQ(Gain::linear(1e300).q14(), 32767);
  EXPECT_EQ(Gain::linear(-0.5).q14(), 0);
  EXPECT_EQ(Gain::linear(std::numeric_limits<double>::quiet_NaN()).q14(), 0);
}

TEST(Gain, BehindAnotherMultiplies) {
  EXPECT_EQ(Gain::linear(0.5) * Gain::linear(0.5), Gain::linear(0.25));
  EXPECT_EQ(Gain::linear(1.5) * Gain::linear(1.5), Gain::linear(2));
  EXPECT_EQ(Gain::linear(0) * Gain::linear(2), Gain::linear(0));
}

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
