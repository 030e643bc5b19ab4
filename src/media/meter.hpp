// SPDX-License-Identifier: Apache-2.0
// How loud a leg is and whether somebody speaks, in integers: the same on every CPU.
#pragma once

#include <atomic>
#include <cstdint>

#include <barge/media.hpp>  // this namespace is declared there

namespace barge::media {

/// SpeechDetection in samples and energies.
struct SpeechThresholds {
  std::uint64_t start = 0;  ///< energy of one frame at which it is loud
  std::uint64_t stop = 0;   ///< and below which it is quiet
  std::uint32_t onset = 0;  ///< samples
  std::uint32_t hangover = 0;
};

/// The meter of one leg. Media alone writes it.
struct Meter {
  std::atomic<std::uint64_t> energy{0};  ///< Σ sample² of the latest frame
  /// The sample index of the latest start or stop of speech, doubled, + 1 for a start.
  std::atomic<std::uint64_t> change{0};
  std::uint32_t loud = 0;   ///< samples in a row
  std::uint32_t quiet = 0;  ///< samples in a row

  bool speaking() const noexcept { return (change.load(std::memory_order_relaxed) & 1) != 0; }

  void continue_from(const Meter& before) noexcept {
    energy.store(before.energy.load(std::memory_order_relaxed), std::memory_order_relaxed);
    change.store(before.change.load(std::memory_order_relaxed), std::memory_order_relaxed);
    loud = before.loud;
    quiet = before.quiet;
  }

  /// Takes in the frame that starts at this sample index. Returns whether speech has changed.
  bool update(std::uint64_t frame_energy, std::uint32_t samples, std::uint64_t start,
              const SpeechThresholds& thresholds) noexcept {
    energy.store(frame_energy, std::memory_order_relaxed);  // a value by itself
    loud = frame_energy >= thresholds.start ? loud + samples : 0;
    quiet = frame_energy < thresholds.stop ? quiet + samples : 0;
    const bool was = speaking();
    const bool goes_on = quiet == 0 || quiet < thresholds.hangover;
    const bool is = was ? goes_on : loud > 0 && loud >= thresholds.onset;
    if (was == is) return false;
    // release: pairs with control's acquire.
    change.store(2 * (start + samples) + (is ? 1 : 0), std::memory_order_release);
    quiet = 0;
    return true;
  }
};

}  // namespace barge::media
