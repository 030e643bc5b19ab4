// SPDX-License-Identifier: Apache-2.0
#include "arena.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace barge::explore {
namespace {

constexpr std::size_t arena_bytes = std::size_t{8} << 20;
constexpr std::size_t unit = 16;  // blocks begin and end at multiples of it
constexpr std::size_t most_aligned = 64;

thread_local Arena* in_use = nullptr;

std::byte* reserve() {
  void* const region = ::mmap(nullptr, arena_bytes * Arena::most_arenas, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) std::abort();
  return static_cast<std::byte*>(region);
}

std::byte* region() {
  static std::byte* const begin = reserve();
  return begin;
}

bool in_region(const void* block) {
  const auto* const at = static_cast<const std::byte*>(block);
  return at >= region() && at < region() + arena_bytes * Arena::most_arenas;
}

std::size_t round_up(std::size_t size, std::size_t to) {
  return (size + to - 1) / to * to;
}

/// Stands right before a block.
struct BlockHead {
  std::size_t list = 0;
  std::size_t unused = 0;
};
static_assert(sizeof(BlockHead) == unit);

}  // namespace

Arena::Arena(std::size_t index) : base_(region() + index * arena_bytes) {
  if (index >= most_arenas) std::abort();
  clear();
}

void Arena::clear() {
  new (base_) Head();
  head().used = round_up(sizeof(Head), unit);
}

void Arena::save(std::vector<std::byte>& into) const {
  into.assign(base_, base_ + head().used);
}

void Arena::restore(const std::vector<std::byte>& from) {
  std::memcpy(base_, from.data(), from.size());
}

std::size_t Arena::used() const {
  return head().used;
}

void* Arena::take(std::size_t size, std::size_t alignment) {
  if (alignment > most_aligned) std::abort();
  const bool aligned = alignment > unit;
  const std::size_t bytes = std::max(round_up(size, unit), unit);
  // Blocks of one size and kind of alignment share a list; large ones are not used again.
  const std::size_t list = bytes / unit < sizes ? bytes / unit + (aligned ? sizes : 0) : 0;
  if (list != 0 && head().free[list] != nullptr) {
    void* const block = head().free[list];
    std::memcpy(&head().free[list], block, sizeof(void*));
    return block;
  }
  const std::size_t at = round_up(head().used + unit, aligned ? most_aligned : unit);
  if (at + bytes > arena_bytes) {
    std::fputs("an arena is full\n", stderr);
    std::abort();
  }
  head().used = at + bytes;
  new (base_ + at - unit) BlockHead{list};
  return base_ + at;
}

void Arena::give(void* block) {
  BlockHead block_head;
  std::memcpy(&block_head, static_cast<std::byte*>(block) - unit, sizeof(block_head));
  if (block_head.list == 0) return;
  std::memcpy(block, &head().free[block_head.list], sizeof(void*));
  head().free[block_head.list] = block;
}

bool Arena::owns(const void* block) const {
  const auto* const at = static_cast<const std::byte*>(block);
  return at >= base_ && at < base_ + arena_bytes;
}

Arena::Use::Use(Arena* arena) : before_(in_use) {
  in_use = arena;
}

Arena::Use::~Use() {
  in_use = before_;
}

namespace {

void* allocate(std::size_t size, std::size_t alignment) {
  if (in_use != nullptr) return in_use->take(size, alignment);
  const std::size_t whole = round_up(std::max<std::size_t>(size, 1), alignment);
  void* const block = alignment <= 16 ? std::malloc(whole) : std::aligned_alloc(alignment, whole);
  if (block == nullptr) std::abort();
  return block;
}

void release(void* block) {
  if (block == nullptr) return;
  if (!in_region(block)) return std::free(block);
  if (in_use != nullptr && in_use->owns(block)) in_use->give(block);
}

}  // namespace
}  // namespace barge::explore

using barge::explore::allocate;
using barge::explore::release;

void* operator new(std::size_t size) {
  return allocate(size, 16);
}
void* operator new[](std::size_t size) {
  return allocate(size, 16);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete[](void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  release(block);
}
