// SPDX-License-Identifier: Apache-2.0
// One sample of the limiter: the definition that all kernels share for their tails.
#pragma once

#include <cmath>

#include "mix/limit.hpp"
#include "mix/rows_scalar.hpp"

namespace barge::mix {

/// x, or −x − 1 where x is negative: above INT16_MAX for whatever needs more than 16 bits.
inline std::int32_t magnitude(std::int32_t x) noexcept {
  return x < 0 ? ~x : x;
}

inline Sample scaled(std::int32_t total, float gain, float step, std::size_t i) noexcept {
  const float product = static_cast<float>(total) * (gain + step * static_cast<float>(i));
  return saturate(static_cast<std::int32_t>(std::nearbyint(product)));
}

}  // namespace barge::mix
