// SPDX-License-Identifier: Apache-2.0
// Where a state leads to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alphabet.hpp"
#include "arena.hpp"
#include "state.hpp"
#include "watch.hpp"

namespace barge::explore {

struct Successor {
  std::uint64_t hash = 0;
  std::uint16_t action = 0;  ///< of the alphabet
  std::string wrong;
};

struct Expansion {
  std::vector<Successor> successors;
  std::string wrong;  ///< with the state itself
  std::size_t transitions = 0;
};

class Expander {
 public:
  Expander(const Slice& slice, std::size_t arena, bool replay);
  ~Expander();
  Expander(const Expander&) = delete;
  Expander& operator=(const Expander&) = delete;

  Expansion expand(const std::vector<Action>& path);
  /// The state at the path's end.
  Successor look_at(const std::vector<Action>& path);
  std::size_t snapshot_bytes() const { return snapshot_.size(); }

 private:
  struct Instance {
    explicit Instance(const Slice& slice) : world(slice), watch(world) {}
    World world;
    Watch watch;
  };
  Arena* memory() { return replay_ ? nullptr : &arena_; }
  void build(const std::vector<Action>& path);
  void put_back(const std::vector<Action>& path);
  bool step(const Action& action);
  Successor measure(const std::vector<Action>& path, const Action* action);
  void subtract_sounds(const std::vector<Action>& path, const Action* action, Rows& first,
                       Rows& second);
  std::string check_endings(const std::vector<Action>& path);

  const Slice& slice_;
  const std::vector<Naming> namings_;
  const bool replay_;
  Arena arena_;
  std::vector<std::byte> snapshot_;
  Instance* instance_ = nullptr;
};

}  // namespace barge::explore
