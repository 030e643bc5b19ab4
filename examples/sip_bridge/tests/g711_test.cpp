// SPDX-License-Identifier: Apache-2.0
#include "g711.hpp"

#include <array>
#include <cstdlib>

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

TEST(G711, EveryCodeSurvivesDecodingAndEncodingAgain) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    for (int code = 0; code < 256; ++code) {
      const auto byte = static_cast<std::uint8_t>(code);
      // mu-law writes zero in two ways; the encoder knows one of them.
      const bool negative_zero = codec == Codec::pcmu && code == 0x7F;
      EXPECT_EQ(encode(codec, decode(codec, byte)), negative_zero ? 0xFF : byte)
          << name(codec) << " code " << code;
    }
  }
}

TEST(G711, EverySampleIsWithinHalfAStepOfItsCode) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    for (int sample = -32768; sample <= 32767; ++sample) {
      const int decoded = decode(codec, encode(codec, static_cast<barge::Sample>(sample)));
      const int largest_error = 16 + std::abs(sample) / 16;
      ASSERT_LE(std::abs(decoded - sample), largest_error) << name(codec) << " sample " << sample;
    }
  }
}

TEST(G711, LouderSamplesNeverDecodeToQuieterOnes) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    int last = -32768;
    for (int sample = -32768; sample <= 32767; ++sample) {
      const int decoded = decode(codec, encode(codec, static_cast<barge::Sample>(sample)));
      ASSERT_GE(decoded, last) << name(codec) << " sample " << sample;
      last = decoded;
    }
  }
}

TEST(G711, AFrameIsItsSamples) {
  const std::array<std::uint8_t, 4> codes{0x00, 0x80, 0xD5, 0x55};
  std::array<barge::Sample, 4> samples{};
  decode(Codec::pcma, codes, samples);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    EXPECT_EQ(samples[i], decode(Codec::pcma, codes[i]));
  }
  std::array<std::uint8_t, 4> again{};
  encode(Codec::pcma, samples, again);
  EXPECT_EQ(again, codes);
}

}  // namespace
}  // namespace sip_bridge
