// SPDX-License-Identifier: Apache-2.0
// The frames of one tick by address: whether an output overlaps any of them costs the same however
// many there are and however they lie.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <gsl/span>

#include <barge/audio.hpp>

namespace barge::media {

/// A hash table over blocks of memory that are at least one frame long, in memory that the plan
/// holds. Frames of neighbouring blocks stand in the table one by one.
class FrameIndex {
 public:
  /// The entries for so many frames: a power of 2, at most a quarter full.
  static constexpr std::size_t entries_for(std::size_t frames) noexcept {
    std::size_t entries = 4;
    while (entries < 4 * frames)
      entries *= 2;
    return entries;
  }

  FrameIndex(gsl::span<const Sample*> entries, std::size_t frame_samples) noexcept
      : entries_(entries.data()),
        mask_(entries.size() - 1),
        bytes_(frame_samples * sizeof(Sample)) {
    while ((std::size_t{1} << block_bits_) < bytes_)
      ++block_bits_;
  }

  void build(gsl::span<const Sample* const> frames) noexcept {
    std::fill_n(entries_, mask_ + 1, nullptr);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const Sample* const frame = frames.data()[i];
      if (frame != nullptr) *place(block_of(frame)) = frame;
    }
  }

  bool overlaps(const Sample* out) noexcept {
    const std::uintptr_t block = block_of(out);
    const std::uintptr_t begin = address(out);
    for (const std::uintptr_t near : {block - 1, block, block + 1}) {
      for (std::size_t i = hash(near); entries_[i] != nullptr; i = (i + 1) & mask_) {
        const std::uintptr_t frame = address(entries_[i]);
        if (frame < begin + bytes_ && begin < frame + bytes_) return true;
      }
    }
    return false;
  }

 private:
  static std::uintptr_t address(const Sample* sample) noexcept {
    return reinterpret_cast<std::uintptr_t>(sample);
  }
  std::uintptr_t block_of(const Sample* frame) const noexcept {
    return address(frame) >> block_bits_;
  }
  std::size_t hash(std::uintptr_t block) const noexcept {
    constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;
    return static_cast<std::size_t>(block * golden_ratio >> 40) & mask_;
  }
  const Sample** place(std::uintptr_t block) noexcept {
    std::size_t i = hash(block);
    while (entries_[i] != nullptr)
      i = (i + 1) & mask_;
    return entries_ + i;
  }

  const Sample** entries_;
  std::size_t mask_;
  std::size_t bytes_;
  unsigned block_bits_ = 0;
};

}  // namespace barge::media
