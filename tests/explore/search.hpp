// SPDX-License-Identifier: Apache-2.0
// Breadth first over the states of a bridge. A state is reached by its path: it is built once, and
// put back before each of the actions that lead on from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "alphabet.hpp"

namespace barge::explore {

struct Limits {
  std::size_t states = 1'000'000;
  double seconds = 1e9;
  unsigned threads = 1;
  bool replay = false;  ///< builds each state from the beginning for each action: slow, and simple
};

struct Violation {
  std::string what;
  std::vector<Action> path;
  double seconds = 0;
};

struct Found {
  std::size_t states = 0;
  std::size_t expanded = 0;
  std::size_t transitions = 0;
  std::size_t depth = 0;
  bool complete = false;
  double seconds = 0;
  double cpu_seconds = 0;    ///< of all threads together
  std::uint64_t digest = 0;  ///< of all states, in the order in which they were found
  std::size_t snapshot_bytes = 0;
  std::vector<Violation> violations;  ///< one of each kind, by the shortest path
};

Found explore(const Slice& slice, const Limits& limits);

}  // namespace barge::explore
