// SPDX-License-Identifier: Apache-2.0
// The host's side of a tick: frames, and memcpy of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <barge/audio.hpp>

namespace barge::bench {

/// Items on cache lines of their own, zeroed.
template <class T>
class Aligned {
 public:
  explicit Aligned(std::size_t count) : memory_(count + line) {
    const std::size_t over = reinterpret_cast<std::uintptr_t>(memory_.data()) / sizeof(T) % line;
    first_ = memory_.data() + (line - over) % line;
  }
  T* data() const noexcept { return first_; }
  T& operator[](std::size_t i) const noexcept { return first_[i]; }

 private:
  static constexpr std::size_t line = 64 / sizeof(T);
  std::vector<T> memory_;
  T* first_;
};

/// Where a host may keep what goes out: behind all that comes in, or leg by leg.
enum class Layout { apart, beside };

/// A frame in and one out for each leg. White noise; at 16 bits of loudness two legs together clip.
class Frames {
 public:
  Frames(std::size_t legs, std::size_t samples, int loudness_bits = 14,
         Layout layout = Layout::apart)
      : legs_(legs),
        samples_(samples),
        step_(layout == Layout::apart ? samples : 2 * samples),
        to_out_(layout == Layout::apart ? legs * samples : samples),
        memory_(2 * legs * samples) {
    std::uint32_t noise = 1;
    for (std::size_t leg = 0; leg < legs; ++leg) {
      for (std::size_t i = 0; i < samples; ++i) {
        noise = noise * 1664525U + 1013904223U;
        in(leg)[i] = static_cast<Sample>(static_cast<std::int32_t>(noise) >> (32 - loudness_bits));
      }
    }
  }
  std::size_t legs() const noexcept { return legs_; }
  std::size_t samples() const noexcept { return samples_; }
  Sample* in(std::size_t leg) const noexcept { return &memory_[leg * step_]; }
  Sample* out(std::size_t leg) const noexcept { return in(leg) + to_out_; }

 private:
  std::size_t legs_, samples_;
  std::size_t step_, to_out_;
  Aligned<Sample> memory_;
};

}  // namespace barge::bench
