// SPDX-License-Identifier: Apache-2.0
#include "search.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>

#include "expander.hpp"

namespace barge::explore {
namespace {

constexpr std::uint32_t no_node = ~std::uint32_t{0};
constexpr std::size_t most_violations = 24;
constexpr std::size_t chunk = 256;

class Search {
 public:
  Search(const Slice& slice, const Limits& limits) : slice_(slice), limits_(limits) {
    for (unsigned thread = 0; thread < limits.threads; ++thread)
      expanders_.push_back(std::make_unique<Expander>(slice, thread, limits.replay));
  }

  Found run() {
    for (std::uint16_t root = 0; root < slice_.roots.size(); ++root) {
      const Successor state = expanders_.front()->look_at(slice_.roots[root]);
      reach(state, no_node, root);
    }
    std::size_t done = 0, level_end = nodes_.size();
    while (done < nodes_.size() && has_time()) {
      if (done == level_end) {
        ++found_.depth;
        level_end = nodes_.size();
      }
      const std::size_t end = std::min(level_end, done + chunk);
      expand(done, end);
      done = end;
    }
    found_.complete = done == nodes_.size() && !cut_;
    found_.states = nodes_.size();
    found_.expanded = done;
    found_.seconds = seconds();
    found_.cpu_seconds = static_cast<double>(std::clock() - cpu_begin_) / CLOCKS_PER_SEC;
    found_.snapshot_bytes = expanders_.front()->snapshot_bytes();
    return std::move(found_);
  }

 private:
  struct Node {
    std::uint32_t parent;
    std::uint16_t action;  ///< of a root: its number
  };

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  bool has_time() const {
    return nodes_.size() < limits_.states && seconds() < limits_.seconds &&
           found_.violations.size() < most_violations;
  }

  std::vector<Action> path_to(std::uint32_t node) const {
    std::vector<Action> path;
    for (; nodes_[node].parent != no_node; node = nodes_[node].parent)
      path.push_back(slice_.alphabet[nodes_[node].action]);
    const std::vector<Action>& root = slice_.roots[nodes_[node].action];
    path.insert(path.end(), root.rbegin(), root.rend());
    std::reverse(path.begin(), path.end());
    return path;
  }

  /// The results are taken in in the order of the nodes, so that the number of threads is without
  /// meaning.
  void expand(std::size_t first, std::size_t end) {
    std::vector<Expansion> expansions(end - first);
    std::atomic<std::size_t> next{first};
    const auto work = [&](Expander& expander) {
      for (;;) {
        const std::size_t node = next.fetch_add(1, std::memory_order_relaxed);
        if (node >= end) return;
        expansions[node - first] = expander.expand(path_to(static_cast<std::uint32_t>(node)));
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < expanders_.size(); ++i)
      threads.emplace_back([&, i] { work(*expanders_[i]); });
    work(*expanders_.front());
    for (std::thread& thread : threads)
      thread.join();
    for (std::size_t i = 0; i < expansions.size(); ++i)
      take_in(static_cast<std::uint32_t>(first + i), expansions[i]);
  }

  void take_in(std::uint32_t node, const Expansion& expansion) {
    found_.transitions += expansion.transitions;
    if (!expansion.wrong.empty()) violate(expansion.wrong, path_to(node));
    for (const Successor& successor : expansion.successors)
      reach(successor, node, successor.action);
  }

  void reach(const Successor& state, std::uint32_t parent, std::uint16_t action) {
    if (!state.wrong.empty()) {
      std::vector<Action> path;
      if (parent != no_node) {
        path = path_to(parent);
        path.push_back(slice_.alphabet[action]);
      }
      return violate(state.wrong, path);
    }
    if (nodes_.size() >= limits_.states) {
      cut_ |= known_.count(state.hash) == 0;
      return;
    }
    if (!known_.insert(state.hash).second) return;
    nodes_.push_back({parent, action});
    found_.digest = (found_.digest ^ state.hash) * 0x100000001B3U;
  }

  void violate(const std::string& what, const std::vector<Action>& path) {
    if (!kinds_.insert(kind_of(what)).second) return;
    found_.violations.push_back({what, path, seconds()});
  }

  /// What is wrong, whoever it happens to.
  static std::string kind_of(const std::string& what) {
    const std::size_t hears = what.find(" hears ");
    return hears == std::string::npos ? what : what.substr(hears, 7);
  }

  const Slice& slice_;
  const Limits& limits_;
  std::vector<std::unique_ptr<Expander>> expanders_;
  std::vector<Node> nodes_;
  std::unordered_set<std::uint64_t> known_;
  std::set<std::string> kinds_;
  bool cut_ = false;  ///< a state was left out for want of room
  Found found_;
  const std::clock_t cpu_begin_ = std::clock();
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Found explore(const Slice& slice, const Limits& limits) {
  // What the library and this program make once must not lie in an arena.
  static_cast<void>(Expander(slice, 0, true).look_at({}));
  return Search(slice, limits).run();
}

}  // namespace barge::explore
