// SPDX-License-Identifier: Apache-2.0
#include "signal/drift_resampler.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/leg_world.hpp"
#include "support/sine_fit.hpp"

namespace barge::signal {
namespace {

using namespace test;

std::vector<Sample> noise(std::size_t count) {
  std::mt19937 random(1);
  std::vector<Sample> samples(count);
  for (Sample& sample : samples)
    sample = static_cast<Sample>(random());
  return samples;
}

/// A source that is all there from the beginning, and the resampler that follows it.
struct Leg {
  explicit Leg(std::vector<Sample> samples) : source(std::move(samples)) {}

  std::vector<Sample> take(std::size_t count, std::int32_t ppb) {
    std::vector<Sample> out(count, 99);
    used += drift.process({source.data() + used, source.size() - used}, out, ppb);
    return out;
  }
  /// What take() gives when it copies.
  std::vector<Sample> here(std::size_t count) const {
    const auto from = source.begin() + static_cast<std::ptrdiff_t>(used + DriftResampler::history);
    return {from, from + static_cast<std::ptrdiff_t>(count)};
  }

  std::vector<Sample> source;
  std::size_t used = 0;
  DriftResampler drift;
};

constexpr double amplitude = 30000.0;

Leg playing(double frequency, std::size_t count) {
  std::vector<Sample> samples;
  for (const double sample : sine(amplitude, frequency, count))
    samples.push_back(static_cast<Sample>(std::lround(sample)));
  return Leg(std::move(samples));
}

TEST(DriftResampler, IsACopyUntilItIsGivenARate) {
  Leg leg(noise(20000));
  for (const std::size_t count : {160U, 1U, 80U, 441U, 960U, 2880U}) {
    const std::vector<Sample> expected = leg.here(count);
    const std::size_t before = leg.used;
    EXPECT_EQ(leg.take(count, 0), expected);
    EXPECT_EQ(leg.used, before + count);
  }
}

TEST(DriftResampler, BeginsWithTheFirstSampleBehindItsHistory) {
  std::vector<Sample> source(DriftResampler::history);
  source.push_back(1234);
  source.resize(400);
  EXPECT_EQ(Leg(source).take(160, 0).front(), 1234);
  EXPECT_NEAR(Leg(source).take(160, 200'000).front(), 1234, 5);
}

TEST(DriftResampler, UsesUpSamplesAtTheRateExactly) {
  for (const std::int32_t ppb : {1, 50'000, 200'000, 500'000, -1, -50'000, -200'000, -500'000}) {
    Leg leg(noise(500'000));
    constexpr std::size_t frames = 2500, frame = 160;
    for (std::size_t i = 0; i < frames; ++i)
      leg.take(frame, ppb);
    const double position = frames * frame * (1.0 + ppb * 1e-9);
    EXPECT_NEAR(static_cast<double>(leg.used) + 0.5, position, 0.51) << ppb;
  }
}

TEST(DriftResampler, LeavesOnlyTheToneAtAnyRateInItsRange) {
  for (const double frequency : {0.0101, 0.1, 0.25, 0.3333, 0.4, 0.425}) {
    for (const std::int32_t ppb : {20'000, 200'000, 500'000, -20'000, -200'000, -500'000}) {
      Leg leg = playing(frequency, 17000);
      std::vector<double> out;
      for (int i = 0; i < 50; ++i)
        for (const Sample sample : leg.take(320, ppb))
          out.push_back(sample);
      const double level = std::abs(take_out(out, frequency * (1.0 + ppb * 1e-9)));
      EXPECT_NEAR(decibels(level / amplitude), 0.0, 0.01) << frequency << " at " << ppb;
      EXPECT_LT(decibels(effective(out) * std::sqrt(2.0) / amplitude), -80.0)
          << frequency << " at " << ppb;
    }
  }
}

TEST(DriftResampler, KeepsAConstant) {
  for (const int value : {1, -1000, INT16_MAX, INT16_MIN}) {
    Leg leg(std::vector<Sample>(20000, static_cast<Sample>(value)));
    for (int i = 0; i < 50; ++i)
      for (const Sample sample : leg.take(320, 300'000))
        ASSERT_EQ(sample, value);
  }
}

TEST(DriftResampler, GoesInAndOutOfARateWithoutAStep) {
  constexpr double frequency = 0.05;
  Leg leg = playing(frequency, 60000);
  std::vector<Sample> out;
  // 0.3 of a sample, back to a copy, and the other way round.
  const std::int32_t rates[] = {0, 100'000, 0, -100'000, 0, 500'000, -500'000, 0};
  for (const std::int32_t ppb : rates) {
    for (int i = 0; i < (ppb == 0 ? 40 : 19); ++i) {
      const std::vector<Sample> frame = leg.take(160, ppb);
      out.insert(out.end(), frame.begin(), frame.end());
    }
  }
  const double bend = amplitude * (2.0 * pi * frequency) * (2.0 * pi * frequency);
  for (std::size_t i = 2; i < out.size(); ++i)
    ASSERT_LE(std::abs(out[i] - 2.0 * out[i - 1] + out[i - 2]), bend * 1.002 + 2.0) << i;
}

TEST(DriftResampler, SettlesToACopyAtAWholeSample) {
  for (const std::int32_t ppb : {13'000, 97'000, 150'000, -13'000, -97'000, -150'000}) {
    Leg leg(noise(70000));
    for (int i = 0; i < 20; ++i)
      leg.take(160, ppb);
    const std::vector<Sample> shifted = leg.here(160);
    EXPECT_NE(leg.take(160, 0), shifted) << ppb;
    for (std::size_t left = 50'000; left >= 77; left -= 77)
      leg.take(77, 0);
    const std::vector<Sample> expected = leg.here(2880);
    EXPECT_EQ(leg.take(2880, 0), expected) << ppb;
  }
}

TEST(DriftResampler, LeavesOnlyTheToneWhileItSettles) {
  constexpr double frequency = 1000.0 / 16000.0;
  Leg leg = playing(frequency, 60000);
  leg.take(2000, 200'000);
  double worst = -200.0;
  for (int i = 0; i < 150; ++i)
    worst = std::max(worst, artefacts_db(leg.take(320, 0), 2.0 * pi * frequency));
  EXPECT_LT(worst, -80.0);
  const std::vector<Sample> expected = leg.here(320);
  EXPECT_EQ(leg.take(320, 0), expected);
}

TEST(DriftResampler, MakesTheSameSamplesOfTwoHalvesAsOfTheWhole) {
  Leg whole(noise(10000)), halves(noise(10000));
  for (int i = 0; i < 10; ++i) {
    const std::vector<Sample> expected = whole.take(320, -321'000);
    std::vector<Sample> first = halves.take(160, -321'000);
    const std::vector<Sample> second = halves.take(160, -321'000);
    first.insert(first.end(), second.begin(), second.end());
    EXPECT_EQ(first, expected) << i;
  }
}

TEST(DriftResampler, LimitsTheRate) {
  Leg fast(noise(4000)), limited(noise(4000)), slow(noise(4000)), limited_too(noise(4000));
  EXPECT_EQ(fast.take(2880, INT32_MAX), limited.take(2880, DriftResampler::max_ppb));
  EXPECT_EQ(slow.take(2880, INT32_MIN), limited_too.take(2880, -DriftResampler::max_ppb));
}

TEST(DriftResampler, NeedsNoMoreThanItSays) {
  for (const std::size_t count : {1U, 15U, 160U, 1999U, 2000U, 2880U}) {
    for (const std::int32_t ppb : {DriftResampler::max_ppb, -DriftResampler::max_ppb}) {
      for (int before = 0; before < 200; before += 13) {
        DriftResampler drift;
        std::vector<Sample> out(count), start(2000, 1);
        out.resize(count);
        std::vector<Sample> some(static_cast<std::size_t>(before) * 10);
        drift.process(start, some, 500'000);
        // Memory of its own: a read behind it is a read beyond the allocation.
        const std::vector<Sample> available = noise(DriftResampler::needed(count));
        const std::size_t used = drift.process(available, out, ppb);
        EXPECT_NE(out.front(), 0);
        EXPECT_LE(used + DriftResampler::history, available.size());
        EXPECT_NEAR(static_cast<double>(used), static_cast<double>(count), 3.0);
      }
    }
  }
}

TEST(DriftResampler, IsSilentAndUsesNothingUpWhenShownTooLittle) {
  Leg leg(noise(4000)), same(noise(4000));
  leg.take(160, 200'000);
  same.take(160, 200'000);
  std::vector<Sample> out(160, 99);
  const std::vector<Sample> available = noise(DriftResampler::needed(160) - 1);
  EXPECT_EQ(leg.drift.process(available, out, 200'000), 0U);
  EXPECT_EQ(out, std::vector<Sample>(160));
  std::vector<Sample> long_out(2881, 99);
  EXPECT_EQ(leg.drift.process(noise(4000), long_out, 0), 0U);
  EXPECT_EQ(long_out, std::vector<Sample>(2881));
  EXPECT_EQ(leg.take(160, 200'000), same.take(160, 200'000));
}

TEST(DriftResampler, IsANewOneWhenReset) {
  Leg leg(noise(4000));
  leg.take(1000, 300'000);
  leg.drift.reset();
  const std::vector<Sample> expected = leg.here(160);
  EXPECT_EQ(leg.take(160, 0), expected);
}

}  // namespace
}  // namespace barge::signal
