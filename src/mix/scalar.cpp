// SPDX-License-Identifier: Apache-2.0
#include "mix/scalar.hpp"

#include <cmath>

namespace barge::mix {
namespace {

void sum(const Sources& sources, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = sum_at(sources, i);
}

void fade(const Sources& sources, const Window& window, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = fade_at(sources, window, i);
}

}  // namespace

Kernels scalar_kernels() noexcept {
  return {"scalar", sum, fade};
}

std::vector<Sample> rising_window(std::size_t samples) {
  std::vector<Sample> window(samples);
  const double step = std::acos(-1.0) / static_cast<double>(samples + 1);
  for (std::size_t i = 0; i < samples; ++i) {
    const double weight = 0.5 - 0.5 * std::cos(step * static_cast<double>(i + 1));
    window[i] = static_cast<Sample>(std::lround(32767.0 * weight));
  }
  return window;
}

}  // namespace barge::mix
