// SPDX-License-Identifier: Apache-2.0
// Tones as samples, tick by tick.
#pragma once

#include <memory>

#include <barge/audio.hpp>
#include <barge/config.hpp>
#include <barge/result.hpp>
#include <barge/tone.hpp>

BARGE_NAMESPACE_BEGIN

/// Plays one tone, as its segments, its lead and Tone::repeat say, exact to the sample however it
/// is cut into frames. Times are rounded down to samples from the beginning, so that 44.1 kHz never
/// drifts.
///
/// Each segment is a sine that starts at phase 0, within 1e-5 Hz, and rises and falls inside the
/// segment along a raised cosine of 5 ms (half the segment, where it is shorter than 10 ms). In
/// between its peak is level_dbm0 - 3.14 dB relative to 32768: 0 dBm0 as A-law defines it (ITU-T
/// G.711; that of mu-law is 0.06 dB less). Dither keeps every spurious tone below -85 dB relative
/// to a sine of -18 dBm0. The samples are the same on every CPU.
class BARGE_API ToneGenerator {
 public:
  /// A generator at the tone's beginning. It keeps nothing of the tone. Fails with invalid_argument
  /// when the rate is unknown, a frequency is not below half of it, a segment or the interval is
  /// negative or longer than a day, the level is not from -60 to 3 dBm0, or BARGE_FORCE_KERNEL
  /// names no kernel of this machine. Thread: control. Realtime-safe: no.
  static Result<ToneGenerator> create(const Tone& tone, SampleRate rate);

  ToneGenerator(ToneGenerator&&) noexcept;
  ToneGenerator& operator=(ToneGenerator&&) noexcept;
  ~ToneGenerator();

  /// Overwrites `out`, of any length, with the next samples: silence between the segments and after
  /// the end.
  /// Thread: media. Realtime-safe: yes.
  void fill(MutableFrame out) BARGE_REALTIME;

  /// Whether the tone has been played to its end. One that repeats never is.
  /// Thread: media. Realtime-safe: yes.
  bool finished() const BARGE_REALTIME;

  /// Goes back to the beginning; the samples that follow are those of a new generator.
  /// Thread: media. Realtime-safe: yes.
  void rewind() BARGE_REALTIME;

 private:
  class BARGE_LOCAL Impl;
  explicit ToneGenerator(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
