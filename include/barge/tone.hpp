// SPDX-License-Identifier: Apache-2.0
// Tones as values: what a notice sounds like, not who must hear it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <gsl/span>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// One stretch of a tone: a frequency, or silence where it is 0.
struct ToneSegment {
  std::uint16_t hertz = 0;
  std::chrono::milliseconds length{0};
};

/// A tone: its segments in order, repeated at an interval where that is not zero.
/// Source of the cadences: ITU-T E.180 and national practice.
struct Tone {
  std::string_view id;
  gsl::span<const ToneSegment> segments;
  std::chrono::milliseconds repeat{0};  ///< from start to start; 0 plays once
  std::int16_t level_dbm0 = -18;
};

/// The time that one playing takes.
/// Thread: any. Realtime-safe: yes.
constexpr std::chrono::milliseconds length(const Tone& tone) noexcept {
  std::chrono::milliseconds total{0};
  for (const ToneSegment& segment : tone.segments)
    total += segment.length;
  return total;
}

/// The frequency in Hz at a time since the tone began; 0 is silence.
/// Thread: any. Realtime-safe: yes.
constexpr std::uint16_t hertz_at(const Tone& tone, std::chrono::milliseconds at) noexcept {
  if (tone.repeat.count() > 0) at = at % tone.repeat;
  for (const ToneSegment& segment : tone.segments) {
    if (at < segment.length) return segment.hertz;
    at -= segment.length;
  }
  return 0;
}

BARGE_NAMESPACE_END
