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
///
/// Where there is a lead, it stands for the segments in the first playing: it sounds at the tone's
/// start and never again, and the segments begin one interval after that start. Without an interval
/// the first playing is the only one. What is longer than the interval is cut.
/// Source of the cadences: ITU-T E.180 and national practice.
struct Tone {
  std::string_view id;
  gsl::span<const ToneSegment> segments;
  std::chrono::milliseconds repeat{0};  ///< from start to start; 0 plays once
  std::int16_t level_dbm0 = -18;
  gsl::span<const ToneSegment> lead{};
};

/// The time that the first playing takes: until whoever listens has heard the tone once.
/// Thread: any. Realtime-safe: yes.
constexpr std::chrono::milliseconds length(const Tone& tone) noexcept {
  std::chrono::milliseconds total{0};
  for (const ToneSegment& segment : tone.lead.empty() ? tone.segments : tone.lead)
    total += segment.length;
  return total;
}

/// The frequency in Hz at a time since the tone began; 0 is silence.
/// Thread: any. Realtime-safe: yes.
constexpr std::uint16_t hertz_at(const Tone& tone, std::chrono::milliseconds at) noexcept {
  const bool repeats = tone.repeat.count() > 0;
  const bool leads = !tone.lead.empty() && (!repeats || at < tone.repeat);
  if (repeats) at = at % tone.repeat;
  for (const ToneSegment& segment : leads ? tone.lead : tone.segments) {
    if (at < segment.length) return segment.hertz;
    at -= segment.length;
  }
  return 0;
}

/// The tones that barge knows by their ids: recorder warnings, overrides, and its own `join`,
/// `leave` and `cue`. They live as long as the program. Where each comes from, and how sure that
/// is, stands in data/tones.json, which they are made of. Thread: any. Realtime-safe: yes.
BARGE_API gsl::span<const Tone> known_tones() noexcept;

/// The known tone with this id, or null.
/// Thread: any. Realtime-safe: yes.
BARGE_API const Tone* find_tone(std::string_view id) noexcept;

BARGE_NAMESPACE_END
