// SPDX-License-Identifier: Apache-2.0
// One sample of a sine: the definition that all kernels share for their tails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "mix/tone.hpp"

namespace barge::mix {

inline constexpr std::uint32_t quarter_period = 1U << 30;
inline constexpr float per_quarter = 1.0F / static_cast<float>(1U << 30);

// sin(π/2 · x) for x from -1 to 1: the odd polynomial with the least largest error, 5.9e-7.
inline constexpr float sine_terms[] = {1.5707910111F, -0.64589284937F, 0.079434344183F,
                                       -0.0043330950036F};

// A hash of the position, as a signed fraction of one step in 24 bits.
inline constexpr std::uint32_t dither_factors[] = {0x9E3779B1U, 0x85EBCA77U};
inline constexpr float per_dither = 1.0F / (1U << 24);

// 1.5 · 2^23: a float of this size has no bits behind the point, so that adding it rounds, halves
// to even, the same on every CPU; its bits minus those of the number alone are the integer.
inline constexpr float rounder = 12582912.0F;
inline constexpr std::int32_t rounder_bits = 0x4B400000;

inline float sine_of(std::uint32_t phase) noexcept {
  const std::uint32_t from_peak = phase - quarter_period;
  const std::uint32_t distance = (from_peak >> 31) != 0 ? 0U - from_peak : from_peak;
  const float x =
      static_cast<float>(static_cast<std::int32_t>(quarter_period - distance)) * per_quarter;
  const float square = x * x;
  float sum = sine_terms[3];
  for (int term = 2; term >= 0; --term)
    sum = sum * square + sine_terms[term];
  return sum * x;
}

inline float dither_of(std::uint32_t position) noexcept {
  std::uint32_t hash = position * dither_factors[0];
  hash = (hash ^ (hash >> 15)) * dither_factors[1];
  return static_cast<float>(static_cast<std::int32_t>(hash) >> 8) * per_dither;
}

inline Sample sine_at(const Sine& sine, std::size_t i) noexcept {
  const auto n = static_cast<std::uint32_t>(i);
  const float value = sine.amplitude * sine_of(sine.phase + n * sine.step);
  const float rounded = value + dither_of(sine.dither + n) + rounder;
  std::int32_t bits = 0;
  std::memcpy(&bits, &rounded, sizeof bits);
  return static_cast<Sample>(bits - rounder_bits);
}

}  // namespace barge::mix
