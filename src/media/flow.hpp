// SPDX-License-Identifier: Apache-2.0
// What is counted of the frames that flow: by whom, and when.
#pragma once

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

/// When a row was pulled and its leg was pushed: the start of the latest tick + 1; 0: never. Media
/// alone writes it; control reads it at any time.
struct Flow {
  std::atomic<std::uint64_t> pulled{0};
  std::atomic<std::uint64_t> pushed{0};

  void continue_from(const Flow& before) noexcept {
    pulled.store(before.pulled.load(std::memory_order_relaxed), std::memory_order_relaxed);
    pushed.store(before.pushed.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
};

}  // namespace barge::media
