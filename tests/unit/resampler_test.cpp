// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <barge/resampler.hpp>

#include "support/sine_fit.hpp"

namespace barge {
namespace {

using namespace test;

constexpr SampleRate rates[] = {SampleRate::hz_8000, SampleRate::hz_16000, SampleRate::hz_24000,
                                SampleRate::hz_32000, SampleRate::hz_48000};

struct Pair {
  SampleRate from, to;
  std::size_t in(std::size_t ms) const { return hertz(from) * ms / 1000; }
  std::size_t out(std::size_t ms) const { return hertz(to) * ms / 1000; }
  double lower() const { return std::min(hertz(from), hertz(to)); }
};

std::vector<Pair> different_rates() {
  std::vector<Pair> pairs;
  for (const SampleRate from : rates)
    for (const SampleRate to : rates)
      if (from != to) pairs.push_back({from, to});
  return pairs;
}

Resampler make(Pair pair) {
  return Resampler::create(pair.from, pair.to).value();
}

std::vector<Sample> noise(std::size_t count) {
  std::mt19937 random(1);
  std::vector<Sample> samples(count);
  for (Sample& sample : samples)
    sample = static_cast<Sample>(random());
  return samples;
}

/// The stream in frames of so many samples each (the last may be shorter).
std::vector<Sample> convert(Resampler& resampler, Pair pair, const std::vector<Sample>& in,
                            std::size_t frame) {
  std::vector<Sample> out(in.size() * hertz(pair.to) / hertz(pair.from));
  std::size_t done = 0;
  for (std::size_t at = 0; at < in.size(); at += frame) {
    const std::size_t size = std::min(frame, in.size() - at);
    const std::size_t made = size * hertz(pair.to) / hertz(pair.from);
    EXPECT_TRUE(resampler.process({in.data() + at, size}, {out.data() + done, made}));
    done += made;
  }
  return out;
}

constexpr double amplitude = 30000.0;

/// 50 ms of a tone, after the filter has filled, as the resampler gives it.
std::vector<double> tone(Pair pair, double hz) {
  const auto rate = static_cast<double>(hertz(pair.from));
  std::vector<Sample> in;
  for (const double sample : sine(amplitude, hz / rate, pair.in(60)))
    in.push_back(static_cast<Sample>(std::lround(sample)));
  Resampler resampler = make(pair);
  const std::vector<Sample> out = convert(resampler, pair, in, pair.in(20));
  return {out.begin() + static_cast<std::ptrdiff_t>(pair.out(10)), out.end()};
}

/// Where a tone of this frequency is heard at a rate.
double folded(double hz, double rate) {
  return std::abs(hz - rate * std::round(hz / rate));
}

/// All images of a tone: what the filter itself adds to it. The rounding of the output is spread
/// over all frequencies, and hardly any of it is at these.
std::vector<double> image_levels(Pair pair, double hz) {
  const auto from = static_cast<double>(hertz(pair.from)), to = static_cast<double>(hertz(pair.to));
  std::vector<double> samples = tone(pair, hz);
  const double level = std::abs(take_out(samples, hz / to));
  std::vector<double> heard{folded(hz, to)}, levels;
  for (double multiple = from; multiple <= from * 6.0; multiple += from) {
    for (const double image : {folded(multiple - hz, to), folded(multiple + hz, to)}) {
      const bool known = std::any_of(heard.begin(), heard.end(),
                                     [=](double other) { return std::abs(other - image) < 1.0; });
      if (known) continue;
      heard.push_back(image);
      levels.push_back(std::abs(take_out(samples, image / to)) / level);
    }
  }
  return levels;
}

class EveryPair : public testing::TestWithParam<Pair> {};
INSTANTIATE_TEST_SUITE_P(Rates, EveryPair, testing::ValuesIn(different_rates()),
                         [](const testing::TestParamInfo<Pair>& pair) {
                           return std::to_string(hertz(pair.param.from)) + "to" +
                                  std::to_string(hertz(pair.param.to));
                         });

TEST(Resampler, KnowsNo44100) {
  EXPECT_EQ(Resampler::create(SampleRate::hz_44100, SampleRate::hz_8000).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(Resampler::create(SampleRate::hz_8000, SampleRate::hz_44100).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(Resampler::create(SampleRate::hz_44100, SampleRate::hz_44100).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(Resampler::create(SampleRate{11025}, SampleRate::hz_8000).error().message,
            "`11025` Hz: a resampler knows 8000, 16000, 24000, 32000 and 48000");
}

TEST(Resampler, CopiesAtEqualRates) {
  for (const SampleRate rate : rates) {
    Resampler resampler = make({rate, rate});
    EXPECT_EQ(resampler.delay().count(), 0);
    for (const std::size_t size : {1U, 77U, 160U, 2880U}) {
      const std::vector<Sample> in = noise(size);
      std::vector<Sample> out(size);
      EXPECT_TRUE(resampler.process(in, out));
      EXPECT_EQ(out, in);
    }
  }
}

TEST_P(EveryPair, MakesTheSameSamplesHoweverTheStreamIsCut) {
  const Pair pair = GetParam();
  const std::vector<Sample> in = noise(pair.in(60));
  Resampler whole = make(pair);
  const std::vector<Sample> expected = convert(whole, pair, in, in.size());
  const std::size_t least = pair.in(1) / std::gcd(pair.in(1), pair.out(1));
  for (const std::size_t frame :
       {least, 7 * least, pair.in(5), pair.in(10), pair.in(20), pair.in(40)}) {
    Resampler cut = make(pair);
    EXPECT_EQ(convert(cut, pair, in, frame), expected) << frame;
  }
}

TEST_P(EveryPair, RefusesOtherSizesAndForgetsThem) {
  const Pair pair = GetParam();
  const std::vector<Sample> in = noise(pair.in(20));
  Resampler disturbed = make(pair), undisturbed = make(pair);
  convert(disturbed, pair, in, in.size());
  convert(undisturbed, pair, in, in.size());
  const std::size_t sizes[][2] = {{pair.in(20), pair.out(20) + 1},
                                  {pair.in(20) + 1, pair.out(20)},
                                  {pair.in(20), pair.in(20)},
                                  {pair.in(10), pair.out(20)},
                                  {pair.in(400), pair.out(400)},
                                  {0, 0},
                                  {0, 1},
                                  {pair.in(20), 0}};
  for (const auto& size : sizes) {
    const std::vector<Sample> wrong = noise(size[0]);
    std::vector<Sample> out(size[1], 99);
    EXPECT_FALSE(disturbed.process(wrong, out)) << size[0] << ", " << size[1];
    EXPECT_TRUE(std::all_of(out.begin(), out.end(), [](Sample s) { return s == 0; }));
  }
  EXPECT_EQ(convert(disturbed, pair, in, in.size()), convert(undisturbed, pair, in, in.size()));
}

TEST_P(EveryPair, PassesWhatTheLowerRateCarries) {
  const Pair pair = GetParam();
  for (const double part : {0.0101, 0.1103, 0.2503, 0.35, 0.4, 0.425}) {
    const double hz = part * pair.lower();
    std::vector<double> samples = tone(pair, hz);
    const double gain = std::abs(take_out(samples, hz / hertz(pair.to))) / amplitude;
    EXPECT_NEAR(decibels(gain), 0.0, 0.02) << hz;
  }
}

TEST_P(EveryPair, LeavesNoImage) {
  const Pair pair = GetParam();
  for (const double part : {0.0101, 0.1103, 0.2003, 0.3007, 0.3501, 0.4001, 0.4249}) {
    for (const double level : image_levels(pair, part * pair.lower()))
      EXPECT_LT(decibels(level), -90.0) << part * pair.lower();
  }
}

TEST_P(EveryPair, LeavesNoAlias) {
  const Pair pair = GetParam();
  if (hertz(pair.to) > hertz(pair.from)) return;
  const auto to = static_cast<double>(hertz(pair.to));
  const double highest = hertz(pair.from) / 2.0;
  for (double hz = 0.575 * to; hz < highest; hz += (highest - 0.5 * to) / 14.7) {
    std::vector<double> samples = tone(pair, hz);
    EXPECT_LT(decibels(std::abs(take_out(samples, folded(hz, to) / to)) / amplitude), -90.0) << hz;
  }
}

TEST_P(EveryPair, AddsLessThan100DecibelsToATone) {
  // At 1 kHz where the lower rate is 8 kHz: all images together, before the output is rounded.
  double sum = 0.0;
  for (const double level : image_levels(GetParam(), GetParam().lower() * 0.12503))
    sum += level * level;
  EXPECT_LT(10.0 * std::log10(sum + 1e-20), -100.0);
}

TEST_P(EveryPair, RoundsItsOutputAsWellAs16BitsCan) {
  const double hz = 0.12503 * GetParam().lower();
  std::vector<double> samples = tone(GetParam(), hz);
  take_out(samples, hz / hertz(GetParam().to));
  // A rounding is 1 / 12, of the input and of the output; -100 dB of the tone come on top.
  const double images = amplitude * 1e-5;
  EXPECT_LT(effective(samples), std::sqrt(2.0 / 12.0 + images * images / 2.0) * 1.02);
}

TEST_P(EveryPair, DelaysEveryFrequencyByItsDelay) {
  const Pair pair = GetParam();
  const double delay = std::chrono::duration<double>(make(pair).delay()).count();
  EXPECT_NEAR(delay * pair.lower(), 20.0, 1e-4);
  EXPECT_LE(delay, 0.003);
  for (const double part : {0.0101, 0.1003, 0.2501, 0.4}) {
    const double hz = part * pair.lower();
    std::vector<double> samples = tone(pair, hz);
    const double phase = std::arg(take_out(samples, hz / hertz(pair.to)));
    const double turns = phase / (2.0 * pi) - hz * (0.010 - delay);
    EXPECT_NEAR(turns - std::round(turns), 0.0, 1e-4 * part) << hz;
  }
}

TEST_P(EveryPair, KeepsAConstantAndTheLoudestThereIs) {
  const Pair pair = GetParam();
  for (const int value : {1, -1, 1000, INT16_MAX, INT16_MIN}) {
    Resampler resampler = make(pair);
    const std::vector<Sample> in(pair.in(20), static_cast<Sample>(value));
    const std::vector<Sample> out = convert(resampler, pair, in, in.size());
    for (std::size_t i = pair.out(10); i < out.size(); ++i)
      ASSERT_EQ(out[i], value) << i;
  }
}

TEST_P(EveryPair, IsSilentAfterSilence) {
  const Pair pair = GetParam();
  Resampler resampler = make(pair);
  convert(resampler, pair, noise(pair.in(20)), pair.in(20));
  const std::vector<Sample> silence(pair.in(20));
  const std::vector<Sample> out = convert(resampler, pair, silence, pair.in(20));
  EXPECT_NE(out.front(), 0);
  for (std::size_t i = pair.out(6); i < out.size(); ++i)
    ASSERT_EQ(out[i], 0) << i;
}

TEST_P(EveryPair, ForgetsThePastWhenReset) {
  const Pair pair = GetParam();
  const std::vector<Sample> in = noise(pair.in(20));
  Resampler fresh = make(pair), used = make(pair);
  convert(used, pair, noise(pair.in(20)), pair.in(10));
  used.reset();
  EXPECT_EQ(convert(used, pair, in, in.size()), convert(fresh, pair, in, in.size()));
}

}  // namespace
}  // namespace barge
