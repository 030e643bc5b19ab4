// SPDX-License-Identifier: Apache-2.0
// Memory for the media state of thousands of bridges: side by side on huge pages, so that a tick
// does not wait for page tables.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <new>
#include <vector>

#include <sys/mman.h>

namespace barge::bench {

/// The upstream of a pool: gives out large blocks and keeps them until its end.
class HugePages final : public std::pmr::memory_resource {
 public:
  HugePages() = default;
  HugePages(const HugePages&) = delete;
  HugePages& operator=(const HugePages&) = delete;
  ~HugePages() override {
    for (const Mapping& mapping : mappings_)
      munmap(mapping.start, mapping.size);
  }

 private:
  struct Mapping {
    void* start;
    std::size_t size;
  };
  static constexpr std::size_t page = std::size_t{2} << 20;

  void* do_allocate(std::size_t bytes, std::size_t) override {
    const std::size_t size = (bytes + page - 1) / page * page;
    // One page more than asked for has room for an aligned start.
    void* const start =
        mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    mappings_.push_back({start, size + page});
    std::size_t room = size + page;
    void* aligned = start;
    std::align(page, size, aligned, room);
    madvise(aligned, size, MADV_HUGEPAGE);  // without them it is only slower
    return aligned;
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::vector<Mapping> mappings_;
};

}  // namespace barge::bench
