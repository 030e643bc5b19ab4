// SPDX-License-Identifier: Apache-2.0
// Inputs and outputs for tests that compare kernels: any alignment, and nothing readable or
// writable beyond what a kernel may touch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <random>
#include <vector>

#include <barge/audio.hpp>

namespace barge::test {

using Random = std::mt19937;
inline constexpr Sample canary = 0x5A5A;
inline constexpr std::size_t border = 64;  // samples before and behind what may be written

inline std::size_t below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

/// Samples to cut frames from. Half of them are extremes, so that sums saturate in both directions.
inline const std::vector<Sample>& sample_pool() {
  static const std::vector<Sample> pool = [] {
    constexpr Sample extremes[] = {INT16_MIN, INT16_MIN + 1, INT16_MAX, INT16_MAX, -1, 0, 1, 16384};
    Random random(0);
    std::vector<Sample> samples(65536);
    for (Sample& sample : samples) {
      const bool extreme = random() % 2 == 0;
      sample = extreme ? extremes[random() % std::size(extremes)] : static_cast<Sample>(random());
    }
    return samples;
  }();
  return pool;
}

/// Frames that end exactly where the range ends, each in memory of its own at any alignment: a read
/// beyond a frame is a read beyond its allocation.
struct Inputs {
  Inputs(Random& random, std::size_t count, std::size_t end) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t offset = below(random, 33);
      const auto from =
          static_cast<std::ptrdiff_t>(below(random, sample_pool().size() - offset - end));
      const auto cut = sample_pool().begin() + from;
      auto& samples = memory.emplace_back(cut, cut + static_cast<std::ptrdiff_t>(offset + end));
      frames.push_back(samples.data() + offset);
    }
  }
  std::vector<std::vector<Sample>> memory;
  std::vector<const Sample*> frames;
};

/// An output between canaries, at any alignment.
class Output {
 public:
  Output(std::size_t offset, std::size_t length)
      : offset_(border + offset), memory_(offset_ + length + border, canary) {}
  Sample* data() { return memory_.data() + offset_; }
  Sample at(std::size_t i) const { return memory_[offset_ + i]; }
  /// Whether only the samples [first, last) may have been written.
  bool untouched_outside(std::size_t first, std::size_t last) const {
    const auto begin = memory_.begin() + static_cast<std::ptrdiff_t>(offset_ + first);
    const auto end = memory_.begin() + static_cast<std::ptrdiff_t>(offset_ + last);
    const auto whole = [](auto from, auto to) {
      return std::all_of(from, to, [](Sample s) { return s == canary; });
    };
    return whole(memory_.begin(), begin) && whole(end, memory_.end());
  }

 private:
  std::size_t offset_;
  std::vector<Sample> memory_;
};

}  // namespace barge::test
