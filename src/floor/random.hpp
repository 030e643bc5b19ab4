// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same everywhere for the same seed.
#pragma once

#include <cstdint>

namespace barge {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  /// A number below the limit, each equally likely. The limit is at least 1.
  std::uint64_t below(std::uint64_t limit) noexcept {
    const std::uint64_t uneven = (0 - limit) % limit;  // 2^64 modulo the limit
    std::uint64_t number = next();
    while (number < uneven)
      number = next();
    return number % limit;
  }

 private:
  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }
  std::uint64_t state_;
};

}  // namespace barge
