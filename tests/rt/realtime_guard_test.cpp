// SPDX-License-Identifier: Apache-2.0
// The guard ends a media call that could wait, and nothing else.
#include "rt/realtime_guard.hpp"

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace barge::test {
namespace {

/// Called through volatile pointers, so that the optimiser cannot take the calls away.
void* (*volatile allocate)(std::size_t) = std::malloc;
void* (*volatile resize)(void*, std::size_t) = std::realloc;
void (*volatile release)(void*) = std::free;
void* (*volatile make_new)(std::size_t) = ::operator new;

TEST(RealTimeGuardDeathTest, EndsAMediaCallThatAllocates) {
  const auto guarded = [](const auto& violation) {
    const MediaCall inside;
    violation();
  };
  void* const memory = allocate(8);
  EXPECT_DEATH(guarded([] { release(allocate(8)); }), "malloc inside a media call");
  EXPECT_DEATH(guarded([] { ::operator delete(make_new(8)); }), "malloc inside a media call");
  EXPECT_DEATH(guarded([&] { release(resize(memory, 800)); }), "realloc inside a media call");
  EXPECT_DEATH(guarded([&] { release(memory); }), "free inside a media call");
  EXPECT_DEATH(guarded([] { std::vector<int>(static_cast<std::size_t>(std::rand()) + 1).at(0); }),
               "malloc inside a media call");
  release(memory);
}

TEST(RealTimeGuardDeathTest, EndsAMediaCallThatLocksOrAsksForTheTime) {
  const auto guarded = [](const auto& violation) {
    const MediaCall inside;
    violation();
  };
  std::mutex mutex;
  EXPECT_DEATH(guarded([&] { const std::lock_guard lock(mutex); }),
               "pthread_mutex_lock inside a media call");
  EXPECT_DEATH(guarded([&] { static_cast<void>(mutex.try_lock()); }),
               "pthread_mutex_trylock inside a media call");
  EXPECT_DEATH(guarded([] { static_cast<void>(std::chrono::steady_clock::now()); }),
               "clock_gettime inside a media call");
}

TEST(RealTimeGuard, LetsEverythingPassOutsideAndInOtherThreads) {
  { const MediaCall inside; }
  std::mutex mutex;
  const std::lock_guard lock(mutex);
  release(allocate(8));
  std::thread other([] {
    std::vector<int> numbers(100);
    numbers.resize(1000);
  });
  other.join();
}

}  // namespace
}  // namespace barge::test
