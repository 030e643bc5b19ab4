// SPDX-License-Identifier: Apache-2.0
// One sample of the limiter: the definition that all kernels share for their tails.
#pragma once

#include <cmath>
#include <cstdlib>

#include "mix/limit.hpp"
#include "mix/rows_scalar.hpp"

namespace barge::mix {

inline Sample scaled(std::int32_t total, float gain, float step, std::size_t i) noexcept {
  const float product = static_cast<float>(total) * (gain + step * static_cast<float>(i));
  return saturate(static_cast<std::int32_t>(std::nearbyint(product)));
}

}  // namespace barge::mix
