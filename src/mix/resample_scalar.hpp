// SPDX-License-Identifier: Apache-2.0
// What the drift kernels share: the coefficients of a block.
#pragma once

#include <algorithm>

#include "mix/resample.hpp"

namespace barge::mix {

/// Near the middle of a block each tap is value + slope · x, x being the way from the middle.
struct DriftBlock {
  std::size_t first;  // sample of the block's first output and tap
  float value[drift_taps];
  float slope[drift_taps];
};

inline DriftBlock drift_block_at(const DriftTaps& taps, DriftPath path, std::size_t output) {
  constexpr std::int64_t one = std::int64_t{1} << 32;
  constexpr std::int64_t segment_width = one / drift_segments;
  constexpr std::int64_t half_segment = segment_width / 2;
  constexpr std::int64_t half = drift_block / 2;
  const std::int64_t begin =
      path.fraction + static_cast<std::int64_t>(output) * (one + path.excess);
  const std::int64_t middle =
      (begin & (one - 1)) + half * path.excess;  // may leave [0, 1) a little
  const std::int64_t segment =
      std::clamp<std::int64_t>(middle / segment_width, 0, drift_segments - 1);
  const float x =
      static_cast<float>(middle - segment * segment_width - half_segment) / static_cast<float>(one);
  const auto& parabola = taps[static_cast<std::size_t>(segment)];
  DriftBlock block;
  block.first = static_cast<std::size_t>(begin >> 32);
  for (std::size_t k = 0; k < drift_taps; ++k) {
    const float bend = parabola[2][k] * x;
    block.value[k] = parabola[0][k] + (parabola[1][k] + bend) * x;
    block.slope[k] = parabola[1][k] + (bend + bend);
  }
  return block;
}

/// The way of a block's output from its middle.
inline float drift_offset(DriftPath path, std::size_t i) {
  constexpr std::size_t half = drift_block / 2;
  return (static_cast<float>(i) - static_cast<float>(half)) *
         (static_cast<float>(path.excess) / 4294967296.0F);
}

}  // namespace barge::mix
