// SPDX-License-Identifier: Apache-2.0
// One sample of a row: the definition that all kernels share for their tails.
#pragma once

#include <algorithm>
#include <cstdint>

#include "mix/kernels.hpp"

namespace barge::mix {

inline Sample saturate(std::int32_t value) noexcept {
  return static_cast<Sample>(std::clamp<std::int32_t>(value, INT16_MIN, INT16_MAX));
}

/// round(sample · weight) with the weight in Q15, halves upwards.
inline std::int32_t scale(Sample sample, Sample weight) noexcept {
  return (sample * weight + (1 << 14)) >> 15;
}

inline Sample sum_at(const Sources& sources, std::size_t i) noexcept {
  std::int32_t total = 0;
  for (std::size_t s = 0; s < sources.steady + sources.opening; ++s)
    total += sources.frames[s][i];
  return saturate(total);
}

inline Sample fade_at(const Sources& sources, const Window& window, std::size_t i) noexcept {
  const Sample* const* frame = sources.frames;
  std::int32_t total = 0;
  for (std::size_t s = 0; s < sources.steady; ++s)
    total += (*frame++)[i];
  for (std::size_t s = 0; s < sources.opening; ++s)
    total += scale((*frame++)[i], window.rising[i]);
  for (std::size_t s = 0; s < sources.closing; ++s)
    total += scale((*frame++)[i], window.falling[i]);
  return saturate(total);
}

}  // namespace barge::mix
