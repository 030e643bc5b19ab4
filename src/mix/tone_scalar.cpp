// SPDX-License-Identifier: Apache-2.0
#include "mix/tone_scalar.hpp"

namespace barge::mix {
namespace {

void sine(const Sine& sine, std::size_t count, Sample* out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = sine_at(sine, i);
}

}  // namespace

ToneKernels scalar_tone() noexcept {
  return {sine};
}

}  // namespace barge::mix
