// SPDX-License-Identifier: Apache-2.0
// Plans go through the mailbox as fast as two threads can. Media reads every field of what it
// takes; control frees what comes back.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>

#include "media/plan.hpp"

#if BARGE_TEST_RELAXED
// The mailbox itself, with its orders taken away. What it includes was included above.
#include <array>
#define memory_order_acquire memory_order_relaxed
#define memory_order_release memory_order_relaxed
#define memory_order_acq_rel memory_order_relaxed
#endif
#include "media/mailbox.hpp"
#if BARGE_TEST_RELAXED
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#endif

namespace {

using barge::media::Mailbox;
using barge::media::Plan;
using barge::media::PlanPtr;

constexpr std::size_t legs = 16;
constexpr std::uint64_t enough = 10'000;  // plans taken

PlanPtr make_plan(std::uint64_t revision) {
  PlanPtr plan = barge::media::make_plan(legs, std::pmr::new_delete_resource());
  plan->revision = revision;
  std::vector<barge::LegId> ids;
  for (std::size_t slot = 0; slot < legs; ++slot)
    ids.emplace_back(static_cast<std::uint32_t>(slot), static_cast<std::uint32_t>(revision));
  plan->legs = plan->keep(ids);
  plan->frames = plan->make<const barge::Sample*>(1);
  return plan;
}

/// Whether all of the plan is of one revision.
bool is_whole(const Plan& plan) {
  if (plan.legs.size() != legs) return false;
  for (const barge::LegId leg : plan.legs) {
    if (leg.generation() != static_cast<std::uint32_t>(plan.revision)) return false;
  }
  return true;
}

struct Media {
  Mailbox& mailbox;
  std::atomic<bool>& done;
  std::atomic<std::uint64_t> taken{0};
  std::uint64_t torn = 0;
  std::uint64_t out_of_order = 0;

  void run() {
    Plan* current = nullptr;
    while (!done.load(std::memory_order_relaxed)) {
      Plan* const next = mailbox.take();
      if (next != nullptr) {
        taken.fetch_add(1, std::memory_order_relaxed);
        if (current != nullptr && current->revision >= next->revision) ++out_of_order;
        if (current != nullptr) mailbox.retire(current);
        current = next;
      } else {
        std::this_thread::yield();  // on a machine with one free core the other side has to run
      }
      if (current == nullptr) continue;
      if (!is_whole(*current)) ++torn;
      current->frames[0] = nullptr;
    }
    PlanPtr{current};
  }
};

}  // namespace

int main() {
  Mailbox mailbox;
  std::atomic<bool> done{false};
  Media media{mailbox, done, {0}};
  std::thread thread([&] { media.run(); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::uint64_t posted = 0;
  while (media.taken.load(std::memory_order_relaxed) < enough &&
         std::chrono::steady_clock::now() < end) {
    while (Plan* const back = mailbox.reap())
      PlanPtr{back};
    PlanPtr{mailbox.post(make_plan(++posted).release())};
    if (posted % 8 == 0) std::this_thread::yield();
  }
  done.store(true, std::memory_order_relaxed);
  thread.join();
  while (Plan* const back = mailbox.reap())
    PlanPtr{back};
  PlanPtr{mailbox.post(nullptr)};
  std::printf("%llu posted, %llu taken, %llu torn, %llu out of order\n",
              static_cast<unsigned long long>(posted),
              static_cast<unsigned long long>(media.taken.load()),
              static_cast<unsigned long long>(media.torn),
              static_cast<unsigned long long>(media.out_of_order));
  return media.torn == 0 && media.out_of_order == 0 && media.taken >= enough ? 0 : 1;
}
