// SPDX-License-Identifier: Apache-2.0
// Plans cross from control to media through one atomic pointer, and come back through a small ring.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

#include "media/plan.hpp"

namespace barge::media {

class Mailbox {
 public:
  /// Leaves a plan for media; returns the one that was never taken, if any. Control.
  Plan* post(Plan* plan) noexcept {
    // acq_rel: releases the new plan's contents to take(); acquires nothing of an untaken plan.
    return inbox_.exchange(plan, std::memory_order_acq_rel);
  }

  /// The newest plan, or null; taken only while there is room to give the old one back. Media.
  Plan* take() noexcept {
    // relaxed: an idle look; the exchange below synchronises with post().
    if (inbox_.load(std::memory_order_relaxed) == nullptr || !has_room()) return nullptr;
    return inbox_.exchange(nullptr, std::memory_order_acq_rel);
  }

  /// Gives a plan back. There is room: take() has seen to it. Media.
  void retire(Plan* plan) noexcept {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    ring_[tail % ring_.size()] = plan;
    tail_.store(tail + 1, std::memory_order_release);  // pairs with the acquire in reap()
  }

  /// A plan that media will never touch again, or null. Control.
  Plan* reap() noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return nullptr;  // pairs with retire()
    Plan* plan = ring_[head % ring_.size()];
    head_.store(head + 1, std::memory_order_release);  // pairs with the acquire in has_room()
    return plan;
  }

 private:
  bool has_room() const noexcept {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire) <
           ring_.size();
  }

  std::atomic<Plan*> inbox_{nullptr};
  std::array<Plan*, 4> ring_{};
  std::atomic<std::size_t> head_{0};
  std::atomic<std::size_t> tail_{0};
};

}  // namespace barge::media
