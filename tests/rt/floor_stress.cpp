// SPDX-License-Identifier: Apache-2.0
// usage: floor_stress [OPERATIONS [SEED [CALLS]]]
// Random operations on a floor of 1,000 calls whose media run on threads of their own. In the end
// every session has ended exactly once, nobody waits for anything, and all memory is free again.
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>
#include <string>

#include <malloc.h>

#include "rt/floor_centre.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BARGE_TEST_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BARGE_TEST_SANITIZED 1
#endif

#if BARGE_TEST_SANITIZED
// They have operators of their own, and know what is out; their own memory is in it.
#include <sanitizer/allocator_interface.h>

namespace {
constexpr std::int64_t own_bytes = 65'536;

std::int64_t bytes_out() {
  return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
}
}  // namespace
#else
namespace {
constexpr std::int64_t own_bytes = 0;
std::atomic<std::int64_t> counted{0};

std::int64_t bytes_out() {
  return counted.load();
}

void* take(std::size_t bytes, std::size_t alignment) {
  void* const memory =
      std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) std::abort();
  counted.fetch_add(static_cast<std::int64_t>(malloc_usable_size(memory)),
                    std::memory_order_relaxed);
  return memory;
}
void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  counted.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(memory)),
                    std::memory_order_relaxed);
  std::free(memory);
}
}  // namespace

void* operator new(std::size_t bytes) {
  return take(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}
#endif

namespace barge::test {
namespace {

/// Two working days; the second one leaves no more behind than the first.
bool run(std::uint64_t operations, std::uint64_t seed, std::size_t calls) {
  Centre centre(seed, calls);
  std::array<std::int64_t, 2> left{};
  for (std::int64_t& bytes : left) {
    centre.open_for_business();
    for (std::uint64_t i = 0; i < operations / 2 && !centre.failed; ++i)
      centre.step();
    centre.calm_down();
    centre.expect(centre.is_calm(), "somebody waits for ever");
    centre.close_all();
    centre.clock.advance(24h);
    bytes = bytes_out();
  }
  std::printf(
      "%zu sessions, %zu events, %llu records, %llu rounds of media, %lld bytes more\n",
      centre.log.sessions(), centre.events, static_cast<unsigned long long>(centre.log.records()),
      static_cast<unsigned long long>(centre.rounds), static_cast<long long>(left[1] - left[0]));
  centre.expect(left[1] - left[0] < 65'536, "memory grows");
  for (const std::string& fault : centre.log.faults())
    centre.expect(false, fault.c_str());
  return !centre.failed;
}

}  // namespace
}  // namespace barge::test

int main(int count, char** arguments) {
  const auto argument = [&](int at, unsigned long long otherwise) {
    return count > at ? std::strtoull(arguments[at], nullptr, 10) : otherwise;
  };
  const auto operations = argument(1, 10'000), seed = argument(2, std::random_device{}());
  const auto calls = static_cast<std::size_t>(argument(3, 1000));
  std::printf("floor_stress %llu %llu %zu\n", operations, seed, calls);
  std::fflush(stdout);
  bool passed = barge::test::run(100, seed, 10);  // what the program keeps for good
  const std::int64_t before = bytes_out();
  passed = barge::test::run(operations, seed, calls) && passed;
  const std::int64_t left = bytes_out() - before;
  const bool all_free = left <= own_bytes;
  if (!all_free) std::printf("FAILED: %lld bytes are left\n", static_cast<long long>(left));
  return passed && all_free ? 0 : 1;
}
