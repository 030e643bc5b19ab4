// SPDX-License-Identifier: Apache-2.0
// A block limiter: a row that would clip is turned down smoothly, and let go over half a second;
// one that has not been too loud for so long is left alone, bit for bit.
#pragma once

#include <cstdint>

#include <barge/media.hpp>  // this namespace is declared there

#include "mix/limit.hpp"

namespace barge::media {

/// The limiter of one row. It carries its gain from tick to tick.
class Limiter {
 public:
  bool idle() const noexcept { return gain_ == 1.0F; }

  /// Writes the exact sums as samples. A block of 2 ms sees the gain that its own peak needs from
  /// its first sample on, when the gain before it was low enough; the first block of a frame may
  /// have to come down within the block and saturates meanwhile.
  void apply(const mix::LimitKernels& kernels, const std::int32_t* total, std::size_t samples,
             std::size_t block, Sample* out) noexcept;

 private:
  float gain_ = 1.0F;
};

}  // namespace barge::media
