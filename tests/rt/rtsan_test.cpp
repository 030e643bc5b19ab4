// SPDX-License-Identifier: Apache-2.0
// RealtimeSanitizer is there and ends a media call that could wait.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "rt/realtime_guard.hpp"

namespace barge::test {
namespace {

/// Called through volatile pointers, so that the optimiser cannot take the calls away.
void* (*volatile allocate)(std::size_t) = std::malloc;
void (*volatile release)(void*) = std::free;
void* (*volatile make_new)(std::size_t) = ::operator new;

template <class Violation>
void guarded(const Violation& violation) {
  const MediaCall inside;
  violation();
}

#define EXPECT_REPORTED(function, ...) \
  EXPECT_DEATH(guarded(__VA_ARGS__), "real-time unsafe function `" function "`")

TEST(RealtimeSanitizerDeathTest, ReportsMemory) {
  void* const memory = allocate(8);
  EXPECT_REPORTED("malloc", [] { release(allocate(8)); });
  EXPECT_REPORTED("malloc", [] { ::operator delete(make_new(8)); });
  EXPECT_REPORTED("free", [&] { release(memory); });
  release(memory);
}

TEST(RealtimeSanitizerDeathTest, ReportsLocksAndThreads) {
  std::mutex mutex;
  EXPECT_REPORTED("pthread_mutex_lock", [&] { const std::lock_guard lock(mutex); });
  mutex.lock();
  EXPECT_REPORTED("pthread_mutex_unlock", [&] { mutex.unlock(); });
  mutex.unlock();
  pthread_t thread{};
  EXPECT_REPORTED("pthread_create", [&] {
    pthread_create(
        &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
  });
}

TEST(RealtimeSanitizerDeathTest, ReportsFilesSocketsAndSleep) {
  EXPECT_REPORTED("open", [] { close(open("/dev/null", O_RDONLY)); });
  EXPECT_REPORTED("close", [] { close(-1); });
  EXPECT_REPORTED("puts", [] { std::puts("heard"); });
  EXPECT_REPORTED("socket", [] { close(socket(AF_INET, SOCK_DGRAM, 0)); });
  EXPECT_REPORTED("send", [] { static_cast<void>(send(-1, "", 0, 0)); });
  EXPECT_REPORTED("nanosleep", [] {
    const timespec instant{0, 1};
    nanosleep(&instant, nullptr);
  });
}

TEST(RealtimeSanitizer, LetsEverythingPassOutsideAndInOtherThreads) {
  { const MediaCall inside; }
  std::mutex mutex;
  const std::lock_guard lock(mutex);
  release(allocate(8));
  std::thread other([] { std::vector<int>(100).resize(1000); });
  other.join();
}

}  // namespace
}  // namespace barge::test
