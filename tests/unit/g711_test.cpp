// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include <barge/g711.hpp>

namespace barge {
namespace {

using Codes = std::vector<std::uint8_t>;
using Samples = std::vector<Sample>;

constexpr G711::Law laws[] = {G711::Law::mu, G711::Law::a};

Samples decoded(G711::Law law, const Codes& codes) {
  Samples samples(codes.size());
  EXPECT_EQ(G711(law).decode(codes, samples), codes.size());
  return samples;
}

Codes encoded(G711::Law law, const Samples& samples) {
  Codes codes(samples.size());
  EXPECT_EQ(G711(law).encode(samples, codes), samples.size());
  return codes;
}

Codes every_code() {
  Codes codes(256);
  std::iota(codes.begin(), codes.end(), std::uint8_t{0});
  return codes;
}

Samples every_sample() {
  Samples samples(65536);
  std::iota(samples.begin(), samples.end(), Sample{INT16_MIN});
  return samples;
}

TEST(G711, KnowsTheCornersOfMuLaw) {
  EXPECT_EQ(decoded(G711::Law::mu, {0xFF, 0x7F, 0xFE, 0x7E, 0x80, 0x00}),
            (Samples{0, 0, 8, -8, 32124, -32124}));
  EXPECT_EQ(encoded(G711::Law::mu, {0, 3, 4, -3, -4, 32635, 32767, -32635, -32768}),
            (Codes{0xFF, 0xFF, 0xFE, 0x7F, 0x7E, 0x80, 0x80, 0x00, 0x00}));
}

TEST(G711, KnowsTheCornersOfALaw) {
  EXPECT_EQ(decoded(G711::Law::a, {0xD5, 0x55, 0xD4, 0x54, 0xAA, 0x2A}),
            (Samples{8, -8, 24, -24, 32256, -32256}));
  EXPECT_EQ(encoded(G711::Law::a, {0, 15, 16, -1, -16, -17, 32767, -32768}),
            (Codes{0xD5, 0xD5, 0xD4, 0x55, 0x55, 0x54, 0xAA, 0x2A}));
}

// One period of 1 kHz at 0 dBm0: the reference sequences of ITU-T G.711, tables 5 and 6.
TEST(G711, DecodesTheReferenceSequencesToTheirLevel) {
  const Samples mu = decoded(G711::Law::mu, {0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E});
  const Samples a = decoded(G711::Law::a, {0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4});
  for (const Samples& period : {mu, a}) {
    double power = 0;
    for (const Sample sample : period)
      power += double{1} * sample * sample / 8;
    const double sine_of_full_scale = 0.5 * 32768 * 32768;
    EXPECT_NEAR(10 * std::log10(power / sine_of_full_scale), -3.15, 0.1);
  }
}

TEST(G711, EveryCodeSurvivesDecodingAndEncodingAgain) {
  for (const G711::Law law : laws) {
    Codes expected = every_code();
    if (law == G711::Law::mu) expected[0x7F] = 0xFF;
    EXPECT_EQ(encoded(law, decoded(law, every_code())), expected);
  }
}

TEST(G711, WhatHasBeenCodedOnceIsCodedAgainWithoutLoss) {
  for (const G711::Law law : laws) {
    const Samples once = decoded(law, encoded(law, every_sample()));
    EXPECT_EQ(decoded(law, encoded(law, once)), once);
  }
}

TEST(G711, EverySampleIsWithinHalfAStepOfItsCode) {
  for (const G711::Law law : laws) {
    const Samples before = every_sample();
    const Samples after = decoded(law, encoded(law, before));
    for (std::size_t i = 0; i < before.size(); ++i)
      ASSERT_LE(std::abs(after[i] - before[i]), 16 + std::abs(before[i]) / 32)
          << "sample " << before[i];
  }
}

TEST(G711, LouderSamplesNeverDecodeToQuieterOnes) {
  for (const G711::Law law : laws) {
    const Samples after = decoded(law, encoded(law, every_sample()));
    EXPECT_TRUE(std::is_sorted(after.begin(), after.end()));
  }
}

TEST(G711, SpansOfUnequalLengthAreCodedAsFarAsBothReach) {
  const G711 mu(G711::Law::mu);
  const Codes codes(100, 0x80);
  Samples samples(160, 7);
  EXPECT_EQ(mu.decode(codes, samples), 100U);
  EXPECT_EQ(samples[99], 32124);
  EXPECT_EQ(samples[100], 7);
  EXPECT_EQ(mu.decode(codes, MutableFrame(samples).first(33)), 33U);
  EXPECT_EQ(mu.decode({}, samples), 0U);
  EXPECT_EQ(mu.decode(codes, {}), 0U);

  Codes out(40, 7);
  EXPECT_EQ(mu.encode(Frame(samples).first(33), out), 33U);
  EXPECT_EQ(out[32], 0x80);
  EXPECT_EQ(out[33], 7);
  EXPECT_EQ(mu.encode(samples, out), 40U);
  EXPECT_EQ(mu.encode({}, out), 0U);
  EXPECT_EQ(mu.encode(samples, {}), 0U);
}

TEST(G711, KnowsItsLaw) {
  for (const G711::Law law : laws)
    EXPECT_EQ(G711(law).law(), law);
}

}  // namespace
}  // namespace barge
