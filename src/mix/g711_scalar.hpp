// SPDX-License-Identifier: Apache-2.0
// One sample of G.711: the definition that all kernels share for their tails.
#pragma once

#include <algorithm>
#include <cstdint>

#include "mix/g711.hpp"

namespace barge::mix {

// Both laws write a sample as sign, one of eight segments (3 bits) and a step in it (4 bits).
// The segment is the position of the magnitude's highest bit above bit 7.
constexpr int segment_of(int magnitude) noexcept {
  int segment = 0;
  while (segment < 7 && (magnitude >> (8 + segment)) != 0)
    ++segment;
  return segment;
}

inline constexpr int mu_bias = 132;  // lets every segment begin at a power of two
inline constexpr int mu_clip = 32635;

constexpr Sample decode_mu_at(std::uint8_t code) noexcept {
  const int bits = ~code & 0xFF;
  const int magnitude = ((((bits & 0x0F) << 3) + mu_bias) << ((bits >> 4) & 7)) - mu_bias;
  return static_cast<Sample>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

constexpr std::uint8_t encode_mu_at(Sample sample) noexcept {
  const int sign = sample < 0 ? 0x80 : 0;
  const int magnitude = std::min(sample < 0 ? -int{sample} : int{sample}, mu_clip) + mu_bias;
  const int segment = segment_of(magnitude);
  const int step = (magnitude >> (segment + 3)) & 0x0F;
  return static_cast<std::uint8_t>(~(sign | (segment << 4) | step));
}

// A-law codes travel with every other bit inverted.
inline constexpr int a_toggle = 0x55;

constexpr Sample decode_a_at(std::uint8_t code) noexcept {
  const int bits = code ^ a_toggle;
  const int segment = (bits >> 4) & 7;
  const int step = ((bits & 0x0F) << 4) + 8;
  const int magnitude = segment == 0 ? step : (step + 256) << (segment - 1);
  return static_cast<Sample>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

constexpr std::uint8_t encode_a_at(Sample sample) noexcept {
  const int sign = sample < 0 ? 0 : 0x80;
  const int magnitude = sample < 0 ? ~int{sample} : int{sample};
  const int segment = segment_of(magnitude);
  const int step = (magnitude >> (segment == 0 ? 4 : segment + 3)) & 0x0F;
  return static_cast<std::uint8_t>((sign | (segment << 4) | step) ^ a_toggle);
}

static_assert(decode_mu_at(0xFF) == 0 && decode_mu_at(0x00) == -32124);
static_assert(decode_mu_at(0x80) == 32124);
static_assert(encode_mu_at(0) == 0xFF && encode_mu_at(-32768) == 0x00);
static_assert(encode_mu_at(32767) == 0x80);
static_assert(decode_a_at(0xD5) == 8 && decode_a_at(0x55) == -8 && decode_a_at(0xAA) == 32256);
static_assert(encode_a_at(0) == 0xD5 && encode_a_at(-1) == 0x55 && encode_a_at(32767) == 0xAA);

}  // namespace barge::mix
