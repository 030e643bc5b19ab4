// SPDX-License-Identifier: Apache-2.0
// Samples from one thread to another, wait-free, with marks where some are missing.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <barge/audio.hpp>

namespace barge::leg {

/// Counts samples since the first one that was written.
using Position = std::uint64_t;

/// What lies in [begin, end) was never there. Where both are equal the stream is torn.
struct Gap {
  Position begin = 0;
  Position end = 0;
};

class SampleRing {
 public:
  explicit SampleRing(std::size_t at_least) : samples_(power_of_two(at_least)) {}

  // ── Writer ──

  /// Appends all of the samples, or none where they do not fit; then the stream is torn here.
  bool write(Frame samples) noexcept {
    const Position tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, samples.size()) || (torn_ && !mark({tail, tail}))) return tear();
    const std::size_t at = tail & mask();
    const std::size_t first = std::min(samples.size(), samples_.size() - at);
    std::copy_n(samples.data(), first, samples_.data() + at);
    std::copy_n(samples.data() + first, samples.size() - first, samples_.data());
    return publish(tail + samples.size());
  }

  /// Appends silence that is marked as a gap.
  bool write_gap(std::size_t samples) noexcept {
    const Position tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, samples) || !mark({tail, tail + samples})) return tear();
    for (std::size_t i = 0; i < samples; ++i)
      samples_[(tail + i) & mask()] = 0;
    return publish(tail + samples);
  }

  // ── Reader ──

  /// Behind the last sample that may be copied.
  Position end() const noexcept {
    return tail_.load(std::memory_order_acquire);  // pairs with publish()
  }

  void copy(Position from, MutableFrame out) const noexcept {
    const std::size_t at = from & mask();
    const std::size_t first = std::min(out.size(), samples_.size() - at);
    std::copy_n(samples_.data() + at, first, out.data());
    std::copy_n(samples_.data(), out.size() - first, out.data() + first);
  }

  /// The oldest gap that was not dropped, then the next ones; null behind the last. Those that
  /// begin before end() are all there.
  const Gap* gap(std::size_t i) const noexcept {
    const std::size_t at = gap_head_.load(std::memory_order_relaxed) + i;
    if (at == gap_tail_.load(std::memory_order_acquire)) return nullptr;  // pairs with mark()
    return &gaps_[at % gaps_.size()];
  }

  void drop_gap() noexcept {
    const std::size_t head = gap_head_.load(std::memory_order_relaxed);
    gap_head_.store(head + 1, std::memory_order_release);  // pairs with the acquire in mark()
  }

  /// Gives back the room of everything before the position.
  void release(Position position) noexcept {
    head_.store(position, std::memory_order_release);  // pairs with the acquire in has_room()
  }

 private:
  static std::size_t power_of_two(std::size_t at_least) noexcept {
    std::size_t size = 1;
    while (size < at_least)
      size *= 2;
    return size;
  }
  std::size_t mask() const noexcept { return samples_.size() - 1; }

  bool has_room(Position tail, std::size_t samples) const noexcept {
    // acquire: what is overwritten was copied before release().
    return tail - head_.load(std::memory_order_acquire) + samples <= samples_.size();
  }

  bool mark(Gap gap) noexcept {
    const std::size_t tail = gap_tail_.load(std::memory_order_relaxed);
    // acquire: pairs with drop_gap().
    if (tail - gap_head_.load(std::memory_order_acquire) == gaps_.size()) return false;
    gaps_[tail % gaps_.size()] = gap;
    gap_tail_.store(tail + 1, std::memory_order_release);  // pairs with the acquire in gap()
    return true;
  }

  bool publish(Position tail) noexcept {
    torn_ = false;
    tail_.store(tail, std::memory_order_release);  // pairs with the acquire in end()
    return true;
  }

  bool tear() noexcept {
    torn_ = true;
    return false;
  }

  // Writer and reader do not share cache lines.
  alignas(64) std::atomic<Position> tail_{0};
  std::atomic<std::size_t> gap_tail_{0};
  bool torn_ = false;
  alignas(64) std::atomic<Position> head_{0};
  std::atomic<std::size_t> gap_head_{0};
  alignas(64) std::vector<Sample> samples_;
  std::array<Gap, 32> gaps_{};
};

}  // namespace barge::leg
