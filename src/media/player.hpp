// SPDX-License-Identifier: Apache-2.0
// Plays a sound of the bridge itself into the ticks of a plan.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

#include <gsl/span>

#include <barge/audio.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>  // this namespace is declared there

namespace barge::media {

/// No sample index.
inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// The player of one sound. Control fills in what is to be played and reads how far it is; whoever
/// frees the plan keeps the clips until then. Media does the rest.
class Player {
 public:
  LegId id;
  gsl::span<const Sample> first;           ///< what is played at first
  gsl::span<const Sample> again;           ///< and at every repetition
  std::uint64_t repeat = 0;                ///< samples from start to start; 0: once
  gsl::span<const std::uint32_t> targets;  ///< slots of legs
  bool must_arrive = false;   ///< until it has been played once, it starts again where a target
                              ///< misses any of it
  bool paused = false;        ///< waits at its beginning
  gsl::span<Sample> scratch;  ///< one frame

  // Stored in this order, the last with a release that pairs with control's acquire.
  std::atomic<std::uint64_t> started_at{never};  ///< where it began, or began again
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<std::uint64_t> finished_at{never};  ///< the tick boundary after its first playing

  /// Goes on where the former plan's player of the same sound is.
  void continue_from(const Player& before) noexcept {
    const std::uint64_t finished = before.finished_at.load(std::memory_order_relaxed);
    if (!paused) head_ = before.head_;
    if (!paused || finished != never) {
      started_at.store(before.started_at.load(std::memory_order_relaxed),
                       std::memory_order_relaxed);
    }
    restarts.store(before.restarts.load(std::memory_order_relaxed), std::memory_order_relaxed);
    finished_at.store(finished, std::memory_order_release);
  }

  /// The frame of this tick, or null for silence. It may be asked for again.
  const Sample* frame(std::size_t samples) noexcept {
    if (paused || is_over()) return nullptr;
    const gsl::span<const Sample> clip = clip_at(head_);
    if (head_.at + samples <= clip.size()) return clip.data() + head_.at;
    const bool begins_again = repeat != 0 && head_.at + samples > period(clip);
    if (head_.at >= clip.size() && !begins_again) return nullptr;
    fill(samples);
    return scratch.data();
  }

  /// Settles a tick that was mixed. Returns whether the sound has been played once by it.
  bool advance(std::uint64_t tick_start, std::size_t samples, bool arrived) noexcept {
    if (paused || is_over()) return false;
    const bool played_once = finished_at.load(std::memory_order_relaxed) != never;
    if (must_arrive && !arrived && !played_once) {
      head_ = {};
      started_at.store(never, std::memory_order_relaxed);
      // No read-modify-write: media is the only writer.
      restarts.store(restarts.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return false;
    }
    if (started_at.load(std::memory_order_relaxed) == never) {
      started_at.store(tick_start, std::memory_order_relaxed);
    }
    const bool ends = !played_once && head_.at + samples >= first.size();
    head_ = moved(head_, samples);
    if (ends) finished_at.store(tick_start + samples, std::memory_order_release);
    return ends;
  }

 private:
  /// A place in the sound.
  struct Head {
    std::uint64_t at = 0;  ///< samples from the start of this playing
    bool repeats = false;  ///< plays `again`
  };

  bool is_over() const noexcept {
    return repeat == 0 && finished_at.load(std::memory_order_relaxed) != never;
  }
  gsl::span<const Sample> clip_at(Head head) const noexcept { return head.repeats ? again : first; }
  /// A clip that is longer than the interval is played to its end.
  std::uint64_t period(gsl::span<const Sample> clip) const noexcept {
    return std::max<std::uint64_t>(repeat, clip.size());
  }

  Head moved(Head head, std::uint64_t samples) const noexcept {
    head.at += samples;
    while (repeat != 0 && head.at >= period(clip_at(head)))
      head = {head.at - period(clip_at(head)), true};
    return head;
  }

  /// A frame that a clip's end or a repetition's beginning lies in.
  void fill(std::size_t samples) noexcept {
    Head head = head_;
    for (std::size_t done = 0; done < samples;) {
      const gsl::span<const Sample> clip = clip_at(head);
      const bool sounds = head.at < clip.size();
      std::uint64_t length = samples - done;
      if (sounds) {
        length = std::min<std::uint64_t>(length, clip.size() - head.at);
        std::copy_n(clip.data() + head.at, length, scratch.data() + done);
      } else {
        if (repeat != 0) length = std::min(length, period(clip) - head.at);
        std::fill_n(scratch.data() + done, length, Sample{0});
      }
      done += static_cast<std::size_t>(length);
      head = moved(head, length);
    }
  }

  Head head_;
};

}  // namespace barge::media
