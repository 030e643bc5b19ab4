// SPDX-License-Identifier: Apache-2.0
// Many threads raise flags as fast as they can, and drop some that are still queued; one visits
// them. No news is lost, and what was stored before a flag was raised is seen by its visit.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <barge/media.hpp>

#if BARGE_TEST_RELAXED
// The list itself, with its orders taken away. What it includes was included above.
#define memory_order_acquire memory_order_relaxed
#define memory_order_release memory_order_relaxed
#define memory_order_acq_rel memory_order_relaxed
#endif
#include "media/ready.hpp"
#if BARGE_TEST_RELAXED
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#endif

namespace {

using barge::media::ReadyFlag;
using barge::media::ReadyList;

constexpr std::size_t producers = 3;
constexpr std::size_t flags_each = 4;
constexpr std::uint64_t rounds = 30'000;

/// What one flag is raised for. Those of even index go to and fro, one letter at a time; the others
/// count on whether anybody looks or not.
struct Mail {
  std::uint64_t letter = 0;                ///< handed over by the flag alone
  std::atomic<std::uint64_t> answered{0};  ///< the letter that was read last
  std::atomic<std::uint64_t> count{0};
  std::uint64_t seen = 0;  ///< by the visitor
};

struct Office {
  std::shared_ptr<ReadyList> list = std::make_shared<ReadyList>();
  std::array<Mail, producers * flags_each> mail;
  std::uint64_t wrong = 0;

  void produce(std::size_t producer) {
    std::array<std::shared_ptr<ReadyFlag>, flags_each> flags;
    std::array<std::uint64_t, flags_each> written{};
    for (std::uint64_t round = 0; round < rounds; ++round) {
      for (std::size_t k = 0; k < flags_each; ++k) {
        const std::size_t index = producer * flags_each + k;
        if (round % 61 == 0) flags[k] = ReadyList::make_flag(list, index);
        Mail& own = mail[index];
        if (k % 2 == 0) {
          if (own.answered.load(std::memory_order_acquire) != written[k]) continue;
          own.letter = ++written[k];
        } else {
          own.count.fetch_add(1, std::memory_order_relaxed);
        }
        flags[k]->raise();
      }
      if (round % 16 == 0) std::this_thread::yield();
    }
  }

  void visit() {
    list->visit([&](std::uint64_t index) {
      Mail& own = mail[index];
      if (index % 2 != 0) {
        const std::uint64_t count = own.count.load(std::memory_order_relaxed);
        wrong += count < own.seen ? 1 : 0;
        own.seen = count;
        return;
      }
      wrong += own.letter == own.seen + 1 ? 0 : 1;
      own.seen = own.letter;
      own.answered.store(own.seen, std::memory_order_release);
    });
  }
};

}  // namespace

int main() {
  Office office;
  std::atomic<std::size_t> at_work{producers};
  std::vector<std::thread> threads;
  for (std::size_t producer = 0; producer < producers; ++producer) {
    threads.emplace_back([&, producer] {
      office.produce(producer);
      at_work.fetch_sub(1, std::memory_order_relaxed);
    });
  }
  while (at_work.load(std::memory_order_relaxed) != 0) {
    office.visit();
    std::this_thread::yield();
  }
  for (std::thread& thread : threads)
    thread.join();
  office.visit();
  std::uint64_t lost = 0, letters = 0;
  for (const Mail& own : office.mail) {
    lost += own.seen == std::max(own.letter, own.count.load()) ? 0 : 1;
    letters += own.letter;
  }
  std::printf("%llu letters, %llu wrong, %llu lost\n", static_cast<unsigned long long>(letters),
              static_cast<unsigned long long>(office.wrong), static_cast<unsigned long long>(lost));
  return office.wrong == 0 && lost == 0 && letters > 1000 ? 0 : 1;
}
