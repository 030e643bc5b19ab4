// SPDX-License-Identifier: Apache-2.0
// Sine tones in blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barge/audio.hpp>

namespace barge::mix {

/// A sine of which 2^32 steps of phase are one period.
struct Sine {
  std::uint32_t phase = 0;   ///< of the first sample
  std::uint32_t step = 0;    ///< from a sample to the next one
  float amplitude = 0;       ///< the peak, 0 to 32766
  std::uint32_t dither = 0;  ///< the position of the first sample in the dither
};

struct ToneKernels {
  /// out = round(amplitude · sin(phase + i · step) + dither), the sine within 2^-20. The dither is
  /// white and less than one step wide: without it the rounding of a sine that repeats after a few
  /// samples is a distortion, with it a noise.
  void (*sine)(const Sine&, std::size_t count, Sample* out) = nullptr;
};

ToneKernels scalar_tone() noexcept;
ToneKernels highway_tone(std::int64_t target);

}  // namespace barge::mix
