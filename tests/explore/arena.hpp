// SPDX-License-Identifier: Apache-2.0
// Memory that can be put back: whatever is allocated while an arena is in use lies in one block at
// a fixed address, so that a bridge with all it owns is copied aside, and brought back, byte by
// byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace barge::explore {

class Arena {
 public:
  static constexpr std::size_t most_arenas = 16;

  /// One of the process's arenas, empty.
  explicit Arena(std::size_t index);

  /// Forgets everything that was allocated.
  void clear();
  void save(std::vector<std::byte>& into) const;
  void restore(const std::vector<std::byte>& from);
  std::size_t used() const;

  void* take(std::size_t size, std::size_t alignment);
  void give(void* block);
  bool owns(const void* block) const;

  /// While one lives, this thread allocates in the arena; null: where everybody does.
  class Use {
   public:
    explicit Use(Arena* arena);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Arena* before_;
  };

 private:
  static constexpr std::size_t sizes = 512;
  /// At the beginning of the arena, so that it is saved with the rest.
  struct Head {
    std::size_t used = 0;
    std::array<void*, 2 * sizes> free{};
  };
  Head& head() const { return *reinterpret_cast<Head*>(base_); }

  std::byte* base_;
};

}  // namespace barge::explore
