// SPDX-License-Identifier: Apache-2.0
// Watches how much remains in a queue after each read: how fast it has to be read so that it stays
// as it is, and what has to be cut out of it. Integers alone.
#pragma once

#include <cstdint>

namespace barge::leg {

/// Lengths in samples at `rate`.
struct Pace {
  std::uint32_t rate = 0;
  std::uint32_t written = 0;  ///< what mostly comes at a time
  std::uint32_t read = 0;     ///< what goes at a time
  std::uint32_t target = 0;   ///< what remains after the first read
};

/// Levels go up by whole packets and down by whole frames. So when one has risen by the smallest
/// step that the two make together, nobody can tell whether the reader stood still for as long or
/// packets that came just after a read now come just before it, the clocks drifting slowly. Up to
/// one step is therefore taken for drift, and read away a little faster than it comes; more than
/// that is cut out.
class LevelControl {
 public:
  explicit LevelControl(const Pace& pace) noexcept;

  /// The queue plays from now on. The clocks are the old ones; its usual level is found anew.
  void start() noexcept;

  /// The level after a read.
  void observe(std::int64_t level) noexcept;

  /// How many samples to cut out of a queue that will be at this level after the next read.
  std::int64_t excess(std::int64_t level) const noexcept;

  /// The excess was cut out.
  void spliced() noexcept;

  /// The rate for the next samples that are read, in 10⁻⁹ more than what comes out.
  std::int32_t next_ppb(std::uint32_t count) noexcept;
  bool is_steady() const noexcept { return ppb_ == wanted(); }
  std::int32_t drift_ppb() const noexcept { return integral_; }

 private:
  void end_window() noexcept;
  std::int32_t wanted() const noexcept;

  const Pace pace_;
  const std::uint32_t window_reads_;
  const std::uint32_t certain_reads_;
  const std::int64_t floor_;  ///< the lowest level that is usual
  const std::int64_t high_;   ///< above it there is excess, or by one step drift
  const std::int64_t step_;
  const std::int64_t far_too_high_;

  // The window in which the level is averaged.
  std::int64_t sum_ = 0;
  std::uint32_t reads_ = 0;
  bool knows_usual_ = false;
  std::int64_t usual_ = 0;  ///< the average level that is kept

  // After a start or a splice there was no time to drift: a step is excess as well.
  std::uint32_t watchful_reads_ = 0;

  // Reads in a row after which the level was high.
  std::uint32_t high_reads_ = 0;
  std::int64_t high_sum_ = 0;
  std::int64_t lowest_ = 0;
  std::int32_t integral_before_ = 0;

  std::int32_t integral_ = 0;  ///< the drift as far as it is known
  std::int32_t proportional_ = 0;
  std::int32_t ppb_ = 0;
  std::uint32_t calm_windows_ = 0;  ///< in a row in which there was nothing to correct
};

}  // namespace barge::leg
