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

TEST(ToneGenerator, BeginsWithTheLeadAndRepeatsTheSegmentsEveryInterval) {
  const ToneSegment lead[] = {{620, 70ms}}, segments[] = {{440, 30ms}};
  const Samples samples = played({"tone", segments, 100ms, 0, lead}, 8000);
  EXPECT_TRUE(fills(samples, 0, 560));
  EXPECT_TRUE(is_silent(samples, 560, 800));
  for (std::size_t cycle = 800; cycle < 8000; cycle += 800) {
    EXPECT_TRUE(fills(samples, cycle, cycle + 240)) << cycle;
    EXPECT_TRUE(is_silent(samples, cycle + 240, cycle + 800)) << cycle;
  }
  const Samples first(samples.begin(), samples.begin() + 800);
  EXPECT_EQ(first, played({"tone", lead, 100ms, 0}, 800));
}

TEST(ToneGenerator, CutsTheLeadToTheInterval) {
  const ToneSegment lead[] = {{620, 70ms}, {800, 70ms}}, segments[] = {{440, 30ms}};
  const ToneSegment cut[] = {{620, 70ms}, {800, 30ms}};
  EXPECT_EQ(played({"tone", segments, 100ms, 0, lead}, 4000),
            played({"tone", segments, 100ms, 0, cut}, 4000));
}

TEST(ToneGenerator, PlaysTheLeadAloneWhereNothingRepeats) {
  const ToneSegment lead[] = {{620, 70ms}}, segments[] = {{440, 30ms}};
  const Tone tone{"tone", segments, 0ms, 0, lead};
  EXPECT_EQ(played(tone, 2000), played({"tone", lead, 0ms, 0}, 2000));
  ToneGenerator tones = generator(tone);
  next(tones, 559);
  EXPECT_FALSE(tones.finished());
  next(tones, 1);
  EXPECT_TRUE(tones.finished());
}

TEST(ToneGenerator, SoundsTheSameHoweverItIsCut) {
  const ToneSegment segments[] = {{440, 33ms}, {0, 7ms}, {620, 4ms}, {2000, 1ms}, {300, 21ms}};
  const ToneSegment lead[] = {{500, 61ms}};
  for (const SampleRate rate : rates) {
    const Tone tone{"tone", segments, 70ms, 0, lead};
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
  const ToneSegment segments[] = {{440, 30ms}, {620, 30ms}}, lead[] = {{800, 50ms}};
  for (const Tone& tone : {Tone{"tone", segments}, Tone{"tone", segments, 75ms},
                           Tone{"tone", segments, 75ms, -18, lead}}) {
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
  std::vector<ToneSegment> segments{{440, 30ms}}, lead{{800, 20ms}};
  const Tone tone{"tone", segments, 50ms, -18, lead};
  ToneGenerator tones = generator(tone);
  const Samples expected = played(tone, 960);
  segments[0] = lead[0] = {620, 1ms};
  EXPECT_EQ(next(tones, 960), expected);
}

TEST(ToneGenerator, RefusesWhatItCannotPlay) {
  const auto refused = [](ToneSegment segment, std::chrono::milliseconds repeat = 0ms,
                          std::int16_t level = -18, SampleRate rate = SampleRate::hz_8000) {
    const gsl::span<const ToneSegment> one(&segment, 1);
    const auto created = ToneGenerator::create({"tone", one, repeat, level}, rate);
    const bool alone = !created && created.error().code == Errc::invalid_argument;
    EXPECT_EQ(!ToneGenerator::create({"tone", {}, repeat, level, one}, rate), alone) << "as a lead";
    return alone;
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

/// A stretch of sound, as it is measured.
struct Burst {
  double begin_ms = 0, end_ms = 0, hertz = 0;
};

// Zero crossings, between the first and the last.
double measured_frequency(const Samples& samples, std::size_t begin, std::size_t end, double rate) {
  double first = 0, last = 0;
  int crossings = 0;
  for (std::size_t n = begin + 1; n < end; ++n) {
    const double before = samples[n - 1], now = samples[n];
    if ((before < 0) == (now < 0)) continue;
    last = static_cast<double>(n - 1) + before / (before - now);
    if (crossings++ == 0) first = last;
  }
  return (crossings - 1) / 2.0 * rate / (last - first);
}

// Bursts are more than 20 ms apart, and in each a quarter of full level is reached all the time.
std::vector<Burst> measured_bursts(const Samples& samples, SampleRate rate) {
  const double per_ms = hertz(rate) / 1000.0;
  const int loud = *std::max_element(samples.begin(), samples.end()) / 4;
  std::vector<Burst> bursts;
  const auto close = [&](std::size_t begin, std::size_t end) {
    bursts.push_back({static_cast<double>(begin) / per_ms, static_cast<double>(end) / per_ms,
                      measured_frequency(samples, begin, end, hertz(rate))});
  };
  std::size_t begin = 0, end = 0;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    if (std::abs(samples[n]) < loud) continue;
    const bool begins = end == 0 || n > end + hertz(rate) / 50;
    if (begins && end != 0) close(begin, end);
    if (begins) begin = n;
    end = n + 1;
  }
  if (end != 0) close(begin, end);
  return bursts;
}

// The first playing and two more, as the table says.
std::vector<Burst> expected_bursts(const Tone& tone) {
  std::vector<Burst> bursts;
  const auto add = [&](gsl::span<const ToneSegment> segments, std::chrono::milliseconds at) {
    for (const ToneSegment& segment : segments) {
      const auto end = at + segment.length;
      if (segment.hertz != 0)
        bursts.push_back({double(at.count()), double(end.count()), double(segment.hertz)});
      at = end;
    }
  };
  add(tone.lead.empty() ? tone.segments : tone.lead, 0ms);
  for (int i = 1; i <= 2 && tone.repeat.count() > 0; ++i)
    add(tone.segments, i * tone.repeat);
  return bursts;
}

TEST(ToneGenerator, PlaysEveryKnownToneWithinItsTolerances) {
  for (const SampleRate rate : {SampleRate::hz_8000, SampleRate::hz_16000}) {
    for (const Tone& tone : known_tones()) {
      const auto time = 3 * std::max(tone.repeat, length(tone)) - 1ms;
      const auto count = static_cast<std::size_t>(time.count()) * hertz(rate) / 1000;
      const std::vector<Burst> bursts = measured_bursts(played(tone, count, rate), rate);
      const std::vector<Burst> expected = expected_bursts(tone);
      EXPECT_EQ(bursts.size(), expected.size()) << tone.id;
      for (std::size_t i = 0; i < std::min(bursts.size(), expected.size()); ++i) {
        EXPECT_NEAR(bursts[i].begin_ms, expected[i].begin_ms, 10) << tone.id;
        EXPECT_NEAR(bursts[i].end_ms, expected[i].end_ms, 10) << tone.id;
        EXPECT_NEAR(bursts[i].hertz / expected[i].hertz, 1, 0.015) << tone.id;
      }
    }
  }
}

}  // namespace
}  // namespace barge
