// SPDX-License-Identifier: Apache-2.0
// One direction of a leg: pieces of any length come in on one thread, frames go out on another one,
// each by its own clock, at one rate.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <barge/audio.hpp>
#include <barge/config.hpp>
#include <barge/leg.hpp>

#include "leg/level_control.hpp"
#include "leg/sample_ring.hpp"
#include "signal/drift_resampler.hpp"

namespace barge::leg {

/// A number that one thread writes and any thread reads.
class Tally {
 public:
  // relaxed: each number is right by itself, and needs no read-modify-write with one writer.
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(std::uint64_t more) noexcept { set(get() + more); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Reading starts when the target remains behind a frame, and again so after the buffer ran dry.
/// INVARIANT: while it plays, at least a ramp's samples remain behind what was read, so that there
/// is always something left to fade out.
class ElasticBuffer {
 public:
  /// The share that means that nothing is missing.
  static constexpr Sample whole = INT16_MAX;

  explicit ElasticBuffer(const Pace& pace);

  // ── Writer ──
  bool write(Frame piece) BARGE_REALTIME;
  bool write_gap(std::size_t samples) BARGE_REALTIME;

  // ── Reader: always the same one of the two ──

  /// Fills a frame of `pace.read` samples. Returns how much of each sample is the source's own, in
  /// Q15, or nothing if all of them are wholly.
  Frame read(MutableFrame out) BARGE_REALTIME;

  /// Fills a frame if it is there as a whole.
  bool take(MutableFrame out) BARGE_REALTIME;

  LegFlow flow() const BARGE_REALTIME;

 private:
  struct Stretch {
    MutableFrame samples;
    MutableFrame shares;  ///< valid where something is missing
  };
  enum class Edge : bool { complete, faded };

  void append(std::size_t count) BARGE_REALTIME;
  void start(std::size_t count) BARGE_REALTIME;
  Edge play(Stretch to, std::int64_t excess, std::size_t reserve) BARGE_REALTIME;
  Edge run_dry(Stretch to) BARGE_REALTIME;
  Edge splice(Stretch to, std::size_t skip, Edge edge) BARGE_REALTIME;
  std::size_t best_skip(Frame played, std::int64_t excess, std::size_t most) BARGE_REALTIME;
  Edge load(Position from, Stretch to) const BARGE_REALTIME;
  Edge fade(Position from, Stretch to, Gap gap, Edge edge) const BARGE_REALTIME;
  void advance(Position position) BARGE_REALTIME;
  std::size_t resample(MutableFrame out) BARGE_REALTIME;
  void drop_used() BARGE_REALTIME;
  Frame shares_of_frame() BARGE_REALTIME;
  void count(Frame shares) BARGE_REALTIME;

  const Pace pace_;
  const std::size_t ramp_;
  const std::size_t span_;  ///< how far from the excess the best splice is looked for
  const std::vector<Sample> rising_;
  SampleRing ring_;

  // Reader only.
  LevelControl control_;
  signal::DriftResampler drift_;
  Position end_ = 0;       ///< of what is there for this read
  Position position_ = 0;  ///< of the next sample to be played
  bool playing_ = false;
  bool fades_in_ = false;
  Gap before_start_;
  std::vector<Sample> line_;    ///< what the drift resampler is shown
  std::vector<Sample> shares_;  ///< of the line's samples
  std::size_t kept_;            ///< samples in the line
  std::size_t used_ = 0;        ///< of these, by the last read
  std::size_t faded_ = 0;       ///< from this place in the line on nothing is missing
  std::vector<Sample> spare_;
  std::vector<Sample> spare_shares_;

  Tally pieces_, samples_, overflows_, lost_;                           // of the writer
  Tally frames_, missing_, concealed_, underruns_, splices_, skipped_;  // of the reader
  std::atomic<std::int64_t> level_{0};
  std::atomic<std::int32_t> drift_ppb_{0};
};

}  // namespace barge::leg
