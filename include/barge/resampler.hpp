// SPDX-License-Identifier: Apache-2.0
// Between the sampling rates of live audio, tick by tick.
#pragma once

#include <chrono>
#include <memory>

#include <barge/audio.hpp>
#include <barge/config.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

/// Converts one stream between two of 8, 16, 24, 32 and 48 kHz with a linear-phase polyphase filter
/// of 40 taps at the lower rate.
///
/// With frequencies relative to the lower rate (in brackets: where that is 8 kHz): -0.02 dB at
/// 0.425 (3.4 kHz), what would alias from above 0.575 (4.6 kHz) and the images of what lies below
/// 0.425 are below -90 dB. A constant stays that constant. Each output sample is the filter's exact
/// sum, rounded once and saturated, the same on every CPU.
class BARGE_API Resampler {
 public:
  /// A resampler whose past is silence. Fails with invalid_argument when a rate is 44.1 kHz or
  /// unknown, or when BARGE_FORCE_KERNEL names no kernel of this machine.
  /// Thread: control. Realtime-safe: no.
  static Result<Resampler> create(SampleRate from, SampleRate to);

  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;
  ~Resampler();

  /// Converts one frame of at most 60 ms. The sizes must be in the exact ratio of the rates
  /// (in.size() * to == out.size() * from) and not 0; how the stream is cut into frames does not
  /// change its samples. At equal rates it copies. The frames do not overlap.
  /// Returns false, fills `out` with silence and forgets `in` when the sizes are wrong.
  /// Thread: media. Realtime-safe: yes.
  bool process(Frame in, MutableFrame out) BARGE_REALTIME;

  /// Makes the past silence again.
  /// Thread: media. Realtime-safe: yes.
  void reset() BARGE_REALTIME;

  /// How much later a sound leaves than it enters, at every frequency: 20 samples of the lower rate
  /// (2.5 ms at 8 kHz), and 0 at equal rates.
  /// Thread: any. Realtime-safe: yes.
  std::chrono::nanoseconds delay() const noexcept;

 private:
  class BARGE_LOCAL Impl;
  explicit Resampler(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
