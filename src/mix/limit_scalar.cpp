// SPDX-License-Identifier: Apache-2.0
#include "mix/limit_scalar.hpp"

namespace barge::mix {
namespace {

std::uint32_t peak(const std::int32_t* total, std::size_t samples) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < samples; ++i)
    largest = std::max(largest, magnitude(total[i]));
  return static_cast<std::uint32_t>(largest);
}

void saturate_all(const std::int32_t* total, std::size_t samples, Sample* out) {
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = saturate(total[i]);
}

void scale_all(const std::int32_t* total, std::size_t samples, float gain, float step,
               Sample* out) {
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = scaled(total[i], gain, step, i);
}

}  // namespace

LimitKernels scalar_limit() noexcept {
  return {peak, saturate_all, scale_all};
}

}  // namespace barge::mix
