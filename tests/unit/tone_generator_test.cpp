// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include <gtest/gtest.h>

#include <barge/tone_generator.hpp>

namespace barge {
namespace {

using namespace std::chrono_literals;
using Samples = std::vector<Sample>;

constexpr SampleRate rates[] = {SampleRate::hz_8000,  SampleRate::hz_16000, SampleRate::hz_24000,
                                SampleRate::hz_32000, SampleRate::hz_44100, SampleRate::hz_48000};
constexpr double pi = 3.14159265358979323846;

ToneGenerator generator(const Tone& tone, SampleRate rate = SampleRate::hz_8000) {
  auto created = ToneGenerator::create(tone, rate);
  EXPECT_TRUE(created) << created.error().message;
  return std::move(created).value();
}

Samples next(ToneGenerator& generator, std::size_t count) {
  Samples samples(count, 77);
  generator.fill(samples);
  return samples;
}

Samples played(const Tone& tone, std::size_t count, SampleRate rate = SampleRate::hz_8000) {
  ToneGenerator tones = generator(tone, rate);
  return next(tones, count);
}

constexpr std::size_t transform_size = 8192;

using Spectrum = std::vector<std::complex<double>>;

Spectrum transform(const Spectrum& in) {
  if (in.size() == 1) return in;
  const std::size_t half = in.size() / 2;
  Spectrum even(half), odd(half), out(in.size());
  for (std::size_t i = 0; i < half; ++i) {
    even[i] = in[2 * i];
    odd[i] = in[2 * i + 1];
  }
  even = transform(even);
  odd = transform(odd);
  for (std::size_t i = 0; i < half; ++i) {
    const auto turned =
        odd[i] * std::polar(1.0, -pi * static_cast<double>(i) / static_cast<double>(half));
    out[i] = even[i] + turned;
    out[i + half] = even[i] - turned;
  }
  return out;
}

// The amplitudes of 8192 samples from `begin` on, through a window (Blackman-Harris) whose side
// lobes, from 4 bins away on, are below -92 dB.
std::vector<double> spectrum(const Samples& samples, std::size_t begin) {
  Spectrum windowed(transform_size);
  for (std::size_t n = 0; n < transform_size; ++n) {
    const double x = 2 * pi * static_cast<double>(n) / transform_size;
    const double weight =
        0.35875 - 0.48829 * std::cos(x) + 0.14128 * std::cos(2 * x) - 0.01168 * std::cos(3 * x);
    windowed[n] = weight * samples[begin + n];
  }
  std::vector<double> amplitudes;
  for (const auto& bin : transform(windowed))
    amplitudes.push_back(2 * std::abs(bin) / (0.35875 * transform_size));
  amplitudes.resize(transform_size / 2);
  return amplitudes;
}

double decibel(double ratio) {
  return 20 * std::log10(ratio);
}

bool is_silent(const Samples& samples, std::size_t begin, std::size_t end) {
  return std::all_of(samples.begin() + static_cast<std::ptrdiff_t>(begin),
                     samples.begin() + static_cast<std::ptrdiff_t>(end),
                     [](Sample sample) { return sample == 0; });
}

// Whether something is heard in the first and in the last 2.5 ms of [begin, end).
bool fills(const Samples& samples, std::size_t begin, std::size_t end) {
  return !is_silent(samples, begin, begin + 20) && !is_silent(samples, end - 20, end);
}

TEST(ToneGenerator, HasTheFrequencyWithin100Ppm) {
  for (const SampleRate rate : rates) {
    const std::size_t window = hertz(rate) / 10;
    for (const int whole : {50, 440, 1004, 3400}) {
      const auto frequency = static_cast<std::uint16_t>(whole);
      const ToneSegment segment[] = {{frequency, 10s}};
      const Samples samples = played({"tone", segment, 0ms, 0}, 10 * hertz(rate), rate);
      const auto phase = [&](std::size_t begin) {
        std::complex<double> sum = 0;
        for (std::size_t n = begin; n < begin + window; ++n)
          sum += std::polar(double{1} * samples[n],
                            -2 * pi * frequency * static_cast<double>(n) / hertz(rate));
        return sum;
      };
      const double periods = std::arg(phase(90 * window) / phase(10 * window)) / (2 * pi);
      EXPECT_LT(std::abs(periods) / 8, 1e-5 * frequency) << frequency << " at " << hertz(rate);
    }
  }
}

TEST(ToneGenerator, HasTheLevelWithinATenthOfADecibel) {
  const ToneSegment segment[] = {{1004, 1s}};
  for (const SampleRate rate : rates) {
    for (const int level : {-40, -18, 0, 3}) {
      const Tone tone{"tone", segment, 0ms, static_cast<std::int16_t>(level)};
      const Samples samples = played(tone, hertz(rate), rate);
      double power = 0;
      for (std::size_t n = hertz(rate) / 4; n < hertz(rate) / 2; ++n)  // 251 periods
        power += 2.0 * samples[n] * samples[n] / (hertz(rate) / 4);
      EXPECT_NEAR(decibel(std::sqrt(power) / 32768), level - 3.14, 0.01) << hertz(rate);
    }
  }
}

TEST(ToneGenerator, HasNoOtherToneInATone) {
  const ToneSegment segment[] = {{1000, 2s}};
  for (const SampleRate rate : rates) {
    for (const int level : {-18, -10, 0, 3}) {
      const Tone tone{"tone", segment, 0ms, static_cast<std::int16_t>(level)};
      const std::vector<double> amplitudes =
          spectrum(played(tone, 2 * transform_size, rate), hertz(rate) / 100);
      const double carrier = *std::max_element(amplitudes.begin(), amplitudes.end());
      for (std::size_t bin = 0; bin < amplitudes.size(); ++bin) {
        const double away = static_cast<double>(bin) - 1000.0 * transform_size / hertz(rate);
        if (std::abs(away) < 4.5) continue;
        ASSERT_LT(decibel(amplitudes[bin] / carrier), -85)
            << away << " bins away, at " << level << " dBm0 and " << hertz(rate);
      }
    }
  }
}

TEST(ToneGenerator, KeepsItsCadenceToTheSample) {
  const ToneSegment segments[] = {{440, 30ms}, {0, 15ms}, {620, 25ms}};
  const Samples samples = played({"tone", segments, 100ms, 0}, 8000);
  for (std::size_t cycle = 0; cycle < 8000; cycle += 800) {
    EXPECT_TRUE(fills(samples, cycle, cycle + 240)) << cycle;
    EXPECT_TRUE(is_silent(samples, cycle + 240, cycle + 360)) << cycle;
    EXPECT_TRUE(fills(samples, cycle + 360, cycle + 560)) << cycle;
    EXPECT_TRUE(is_silent(samples, cycle + 560, cycle + 800)) << cycle;
    // The first sample of a sine is 0; the second one, and the last but one, are not.
    EXPECT_NE(samples[cycle + 362], 0);
    EXPECT_NE(samples[cycle + 557], 0);
  }
}

TEST(ToneGenerator, DoesNotDriftWhereAMillisecondIsNoWholeNumberOfSamples) {
  const ToneSegment segments[] = {{4000, 11ms}};
  const Tone tone{"tone", segments, 13ms, 0};
  const Samples samples = played(tone, 13 * 44100 / 1000 * 5000, SampleRate::hz_44100);
  for (std::size_t cycle : {0U, 1U, 9U, 4321U}) {
    const std::size_t begin = cycle * 13 * 441 / 10, end = (cycle * 13 + 11) * 441 / 10;
    const std::size_t again = (cycle + 1) * 13 * 441 / 10;
    EXPECT_TRUE(is_silent(samples, end, again)) << cycle;
    EXPECT_FALSE(is_silent(samples, begin, begin + 8)) << cycle;
    EXPECT_FALSE(is_silent(samples, end - 8, end)) << cycle;
    EXPECT_FALSE(is_silent(samples, again, again + 8)) << cycle;
  }
}

TEST(ToneGenerator, PlaysOnlyWhatFitsItsInterval) {
  const ToneSegment segments[] = {{440, 30ms}, {620, 30ms}, {1000, 30ms}};
  const ToneSegment cut[] = {{440, 30ms}, {620, 10ms}};
  EXPECT_EQ(played({"tone", segments, 40ms}, 2000), played({"tone", cut, 40ms}, 2000));
}

TEST(ToneGenerator, SoundsTheSameHoweverItIsCut) {
  const ToneSegment segments[] = {{440, 33ms}, {0, 7ms}, {620, 4ms}, {2000, 1ms}, {300, 21ms}};
  for (const SampleRate rate : rates) {
    const Tone tone{"tone", segments, 70ms, 0};
    const Samples whole = played(tone, 20000, rate);
    for (const std::size_t most : {1U, 7U, 160U, 441U}) {
      ToneGenerator tones = generator(tone, rate);
      Samples parts;
      for (std::size_t n = 0; parts.size() < whole.size(); ++n) {
        const Samples part = next(tones, std::min(n * 31 % most + 1, whole.size() - parts.size()));
        parts.insert(parts.end(), part.begin(), part.end());
      }
      ASSERT_EQ(parts, whole) << most << " at " << hertz(rate);
    }
  }
}

// One that began and ended at full level would have -50 dB so far away.
TEST(ToneGenerator, DoesNotClick) {
  const ToneSegment segments[] = {{0, 50ms}, {1010, 96ms}, {0, 500ms}};
  for (const SampleRate rate : {SampleRate::hz_8000, SampleRate::hz_16000}) {
    Samples samples = played({"tone", segments, 0ms, 0}, transform_size, rate);
    Spectrum whole(samples.begin(), samples.end());
    whole = transform(whole);
    const auto level = [&](std::size_t frequency) {
      return std::abs(whole[frequency * transform_size / hertz(rate)]);
    };
    for (std::size_t frequency = 2500; frequency < hertz(rate) / 2; ++frequency)
      ASSERT_LT(decibel(level(frequency) / level(1010)), -75) << frequency;
  }
}

TEST(ToneGenerator, RisesAndFallsInFiveMilliseconds) {
  const ToneSegment segments[] = {{2000, 30ms}};  // at 8 kHz every other sample is 0 or the peak
  const Samples samples = played({"tone", segments, 0ms, 0}, 240);
  EXPECT_EQ(std::abs(samples[41]), 22827);
  EXPECT_EQ(std::abs(samples[199]), 22827);
  EXPECT_LT(std::abs(samples[39]), 22827);
  EXPECT_LT(std::abs(samples[201]), 22827);
  EXPECT_NEAR(std::abs(samples[19]), 22827 * 0.48, 300) << "half way";
  EXPECT_NEAR(std::abs(samples[221]), 22827 * 0.44, 300) << "half way";
}

TEST(ToneGenerator, IsFinishedAtTheEndAndSilentThen) {
  const ToneSegment segments[] = {{440, 30ms}, {0, 10ms}};
  ToneGenerator tones = generator({"tone", segments});
  EXPECT_FALSE(tones.finished());
  next(tones, 319);
  EXPECT_FALSE(tones.finished());
  next(tones, 1);
  EXPECT_TRUE(tones.finished());
  EXPECT_TRUE(is_silent(next(tones, 1000), 0, 1000));
  tones.fill({});
  EXPECT_TRUE(tones.finished());
}

TEST(ToneGenerator, WithoutSegmentsIsFinishedAtOnceUnlessItRepeats) {
  ToneGenerator once = generator({"none", {}});
  EXPECT_TRUE(once.finished());
  EXPECT_TRUE(is_silent(next(once, 100), 0, 100));
  const ToneSegment nothing[] = {{440, 0ms}};
  EXPECT_TRUE(generator({"none", nothing}).finished());
  ToneGenerator repeating = generator({"none", {}, 5ms});
  EXPECT_TRUE(is_silent(next(repeating, 1000), 0, 1000));
  EXPECT_FALSE(repeating.finished());
}

TEST(ToneGenerator, BeginsAgainWhenRewound) {
  const ToneSegment segments[] = {{440, 30ms}, {620, 30ms}};
  for (const auto repeat : {0ms, 75ms}) {
    const Tone tone{"tone", segments, repeat};
    ToneGenerator tones = generator(tone);
    for (const std::size_t before : {0U, 100U, 480U, 5000U}) {
      next(tones, before);
      tones.rewind();
      EXPECT_FALSE(tones.finished());
      EXPECT_EQ(next(tones, 2000), played(tone, 2000)) << before;
    }
  }
}

TEST(ToneGenerator, KeepsNothingOfTheTone) {
  std::vector<ToneSegment> segments{{440, 30ms}};
  ToneGenerator tones = generator({"tone", segments});
  const Samples expected = played({"tone", segments}, 240);
  segments[0] = {620, 1ms};
  EXPECT_EQ(next(tones, 240), expected);
}

TEST(ToneGenerator, RefusesWhatItCannotPlay) {
  const auto refused = [](ToneSegment segment, std::chrono::milliseconds repeat = 0ms,
                          std::int16_t level = -18, SampleRate rate = SampleRate::hz_8000) {
    const auto created = ToneGenerator::create({"tone", {&segment, 1}, repeat, level}, rate);
    return !created && created.error().code == Errc::invalid_argument;
  };
  EXPECT_FALSE(refused({3999, 1ms}));
  EXPECT_TRUE(refused({4000, 1ms}));
  EXPECT_FALSE(refused({4000, 1ms}, 0ms, -18, SampleRate::hz_16000));
  EXPECT_TRUE(refused({440, -1ms}));
  EXPECT_FALSE(refused({440, 24h}));
  EXPECT_TRUE(refused({440, 24h + 1ms}));
  EXPECT_TRUE(refused({440, std::chrono::milliseconds::max()}));
  EXPECT_TRUE(refused({440, 1ms}, -1ms));
  EXPECT_TRUE(refused({440, 1ms}, 24h + 1ms));
  EXPECT_FALSE(refused({440, 1ms}, 0ms, 3));
  EXPECT_TRUE(refused({440, 1ms}, 0ms, 4));
  EXPECT_TRUE(refused({440, 1ms}, 0ms, -61));
  EXPECT_TRUE(refused({440, 1ms}, 0ms, -18, SampleRate{0}));
}

}  // namespace
}  // namespace barge
