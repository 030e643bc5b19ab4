// SPDX-License-Identifier: Apache-2.0
// What is counted of the frames that flow: by whom, and when.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <barge/media.hpp>  // this namespace is declared there

namespace barge::media {

/// How much of the conversation a supervisor's leg pulled under one plan.
struct Listener {
  std::uint32_t slot = 0;
  std::atomic<std::uint64_t> samples{0};  ///< media alone writes it

  void add(std::uint64_t heard) noexcept {
    samples.store(samples.load(std::memory_order_relaxed) + heard, std::memory_order_relaxed);
  }
};

/// When a row was pulled and its leg was pushed: the start of the latest tick + 1; 0: never. And
/// whether that is too long ago. Media alone writes it; control reads it at any time.
struct Flow {
  std::atomic<std::uint64_t> pulled{0};
  std::atomic<std::uint64_t> pushed{0};
  std::uint64_t begun = 0;  ///< the position when the leg came
  std::atomic<bool> pull_missing{false};
  std::atomic<bool> push_missing{false};

  void continue_from(const Flow& before) noexcept {
    copy(before.pulled, pulled);
    copy(before.pushed, pushed);
    copy(before.pull_missing, pull_missing);
    copy(before.push_missing, push_missing);
  }

  /// Looks whether pushes and pulls are missing: more than so many samples have passed. Returns
  /// whether that has changed.
  bool look(std::uint64_t now, std::uint64_t patience) noexcept {
    const bool pulls = look(pulled, pull_missing, now, patience);
    return look(pushed, push_missing, now, patience) || pulls;
  }

 private:
  template <class T>
  static void copy(const std::atomic<T>& from, std::atomic<T>& to) noexcept {
    to.store(from.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
  bool look(const std::atomic<std::uint64_t>& latest, std::atomic<bool>& missing, std::uint64_t now,
            std::uint64_t patience) const noexcept {
    const bool is_missing =
        now > std::max(latest.load(std::memory_order_relaxed), begun) + patience;
    if (missing.load(std::memory_order_relaxed) == is_missing) return false;
    missing.store(is_missing, std::memory_order_relaxed);
    return true;
  }
};

}  // namespace barge::media
