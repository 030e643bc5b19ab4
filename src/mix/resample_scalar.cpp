// SPDX-License-Identifier: Apache-2.0
#include "mix/resample_scalar.hpp"

#include <cmath>

#include "mix/rows_scalar.hpp"

namespace barge::mix {
namespace {

void convert(const FilterBank& bank, const Sample* samples, std::size_t periods, Sample* out) {
  const std::size_t taps = 2 * bank.pairs;
  for (std::size_t p = 0; p < periods; ++p) {
    for (std::size_t r = 0; r < bank.out_step; ++r) {
      const Sample* from = samples + p * bank.in_step;
      std::int64_t sum = 1 << (tap_bits - 1);
      for (std::size_t k = 0; k < taps; ++k)
        sum += std::int64_t{bank.taps[r * taps + k]} * from[k];
      *out++ = saturate(static_cast<std::int32_t>(sum >> tap_bits));
    }
  }
}

void drift(const DriftTaps& taps, DriftPath path, const Sample* samples, std::size_t count,
           Sample* out) {
  for (std::size_t i = 0; i < count; i += drift_block) {
    const DriftBlock block = drift_block_at(taps, path, i);
    for (std::size_t lane = 0; lane < std::min(drift_block, count - i); ++lane) {
      const Sample* from = samples + block.first + lane;
      float even = 0, odd = 0, even_slope = 0, odd_slope = 0;
      for (std::size_t k = 0; k < drift_taps; k += 2) {
        even += block.value[k] * static_cast<float>(from[k]);
        even_slope += block.slope[k] * static_cast<float>(from[k]);
        odd += block.value[k + 1] * static_cast<float>(from[k + 1]);
        odd_slope += block.slope[k + 1] * static_cast<float>(from[k + 1]);
      }
      const float value = even + odd + (even_slope + odd_slope) * drift_offset(path, lane);
      out[i + lane] = saturate(static_cast<std::int32_t>(std::lrint(value)));
    }
  }
}

}  // namespace

ResampleKernels scalar_resample() noexcept {
  return {convert, drift};
}

}  // namespace barge::mix
