// SPDX-License-Identifier: Apache-2.0
// How loud a leg is, and when somebody speaks. Everything that decides is an integer, so that every
// CPU decides the same.
#pragma once

#include <chrono>
#include <cstdint>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// The energy of one frame.
struct Level {
  std::uint64_t energy = 0;  ///< Σ sample², exact
  std::uint32_t samples = 0;
};

/// The level in dBFS, where a full-scale sine has 0 (AES17); −infinity for silence.
/// Thread: any. Realtime-safe: no.
BARGE_API double dbfs(Level level) noexcept;

/// The mean of sample² at a level of `dbfs`, from −90 to 0; a full-scale sine has 2^29.
/// Thread: any. Realtime-safe: yes.
constexpr std::uint64_t mean_square_at(int dbfs) noexcept {
  std::uint64_t mean = std::uint64_t{1} << 60;  // 31 more bits than 2^29, to be shifted out
  for (; dbfs < 0; ++dbfs)
    mean = mean / 1000000000 * 794328235 + mean % 1000000000 * 794328235 / 1000000000;
  return mean >> 31;
}

/// When a leg counts as speaking.
struct SpeechDetection {
  int threshold_dbfs = -42;                 ///< −80 to −10; quiet is 6 dB less
  std::chrono::milliseconds onset{20};      ///< loud for so long: it speaks; 0 to 1000
  std::chrono::milliseconds hangover{300};  ///< quiet for so long: it has stopped; 0 to 10000
};

static_assert(mean_square_at(0) == 536870912 && mean_square_at(-10) == 53687091);
static_assert(mean_square_at(-42) == 33874 && mean_square_at(-90) == 0);

BARGE_NAMESPACE_END
