// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the limiter, on exact sums before they are saturated.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barge/audio.hpp>

namespace barge::mix {

struct LimitKernels {
  /// The largest of x ≥ 0 and of −x − 1 for x < 0: above INT16_MAX when a sum needs more than 16
  /// bits.
  std::uint32_t (*peak)(const std::int32_t* total, std::size_t samples) = nullptr;

  /// out[i] = sat16(total[i]).
  void (*saturate)(const std::int32_t* total, std::size_t samples, Sample* out) = nullptr;

  /// out[i] = sat16(round(total[i] · (gain + step · i))) in single precision, each operation
  /// rounded by itself, halves to even.
  void (*scale)(const std::int32_t* total, std::size_t samples, float gain, float step,
                Sample* out) = nullptr;
};

LimitKernels scalar_limit() noexcept;
LimitKernels highway_limit(std::int64_t target);

}  // namespace barge::mix
