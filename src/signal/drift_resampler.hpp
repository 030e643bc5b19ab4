// SPDX-License-Identifier: Apache-2.0
// Follows a source whose clock is not the bridge's: a little more or less than one sample in for
// each sample out, at a position kept exactly, with no block ever dropped or inserted.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barge/audio.hpp>

#include "mix/resample.hpp"

namespace barge::signal {

/// The caller keeps the source's samples in order, in one piece. Each call is shown the oldest of
/// them that are still wanted and answers how many of these may be dropped:
///
///   const std::size_t used = drift.process({oldest, kept}, out, ppb);
///   oldest += used, kept -= used;
///
/// With `history` samples of silence put before the very first one of the source, the first output
/// is that first one. An output is available `delay` samples after its input: `delay` later ones
/// must be there.
class DriftResampler {
 public:
  static constexpr std::size_t taps = mix::drift_taps;
  static constexpr std::size_t history = taps / 2 - 1;  ///< samples kept from before the position
  static constexpr std::size_t delay = taps / 2;        ///< samples from behind the position
  static constexpr std::int32_t max_ppb = 500'000;      ///< 500 ppm

  /// Starts at a whole sample: a copy until it is given a rate.
  /// Thread: control. Realtime-safe: no.
  DriftResampler();

  /// How many samples process() must be shown for so many output samples, at any rate; always more
  /// than it uses up. It is `out_samples + taps` below 2000 samples.
  /// Thread: any. Realtime-safe: yes.
  static constexpr std::size_t needed(std::size_t out_samples) noexcept {
    return out_samples + taps + out_samples / 2000;
  }

  /// Fills `out` from `available`, taking 1 + ppb/10⁹ samples for each: positive when the source's
  /// clock is fast. The rate is limited to ±max_ppb. Returns how many samples of the front are used
  /// up: out.size(), or a few more or fewer.
  /// At 0 what is left of a fraction of a sample goes at `settling_ppb`; once it is gone out[i] is
  /// available[history + i] exactly, as it was before the first rate was given.
  /// Silence, and 0, when fewer than needed(out.size()) samples are available, or out has more than
  /// 2880. Artefacts are below -80 dB for tones up to 0.425 of the sampling rate.
  /// Thread: media. Realtime-safe: yes.
  std::size_t process(Frame available, MutableFrame out, std::int32_t ppb) BARGE_REALTIME;

  /// Half a sample takes 50,000 outputs. Ten times faster, the bend where it begins and ends would
  /// be an artefact of its own: -72 dB at 1 kHz.
  static constexpr std::int32_t settling_ppb = 10'000;

  /// Back to a whole sample: the next output is that of a new one.
  /// Thread: media. Realtime-safe: yes.
  void reset() BARGE_REALTIME;

 private:
  std::size_t follow(const Sample* from, Sample* to, std::size_t count,
                     std::int64_t excess) noexcept;
  std::size_t settle(const Sample* from, Sample* to, std::size_t count) noexcept;

  const mix::DriftTaps* taps_;
  mix::ResampleKernels kernels_;
  std::uint32_t fraction_ = 0;  // of a sample, behind the position, in 2⁻³²
};

}  // namespace barge::signal
