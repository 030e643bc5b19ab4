// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include <barge/usage.hpp>

BARGE_NAMESPACE_BEGIN

namespace {

using namespace std::chrono_literals;

using Times = std::vector<WallTime>;

/// How many of the times are in the hour before.
std::size_t in_hour_before(WallTime at, const Times& times) {
  return static_cast<std::size_t>(
      std::count_if(times.begin(), times.end(), [&](WallTime time) { return time > at - 1h; }));
}

}  // namespace

struct MemoryUsage::State {
  using What = std::pair<PersonGid, Mode>;  // an agent, and a mode taken up with it
  struct Taken {
    What what;
    WallTime at;
  };
  std::map<SessionGid, PersonGid> supervisors;  // of the sessions that are running
  std::map<What, Times> times;
  std::deque<Taken> order;  // in which they were taken

  void forget_before(WallTime start) {
    for (; !order.empty() && order.front().at <= start; order.pop_front()) {
      const auto found = times.find(order.front().what);
      found->second.erase(found->second.begin());
      if (found->second.empty()) times.erase(found);
    }
  }
};

MemoryUsage::MemoryUsage() : state_(std::make_unique<State>()) {}
MemoryUsage::~MemoryUsage() = default;

bool MemoryUsage::has_room(const Use& use, const UseLimits& limits) const {
  if (limits.concurrent) {
    const auto beside = std::count_if(
        state_->supervisors.begin(), state_->supervisors.end(), [&](const auto& running) {
          return running.second == use.supervisor && running.first != use.session;
        });
    if (static_cast<std::size_t>(beside) >= *limits.concurrent) return false;
  }
  if (!limits.per_agent_per_hour) return true;
  const auto times = state_->times.find({use.agent, use.mode});
  const std::size_t taken =
      times == state_->times.end() ? 0 : in_hour_before(use.at, times->second);
  return taken < *limits.per_agent_per_hour;
}

bool MemoryUsage::begin(const Use& use, const UseLimits& limits) {
  if (!has_room(use, limits)) return false;
  state_->forget_before(use.at - 1h);
  state_->supervisors[use.session] = use.supervisor;
  state_->times[{use.agent, use.mode}].push_back(use.at);
  state_->order.push_back({{use.agent, use.mode}, use.at});
  return true;
}

void MemoryUsage::end(const SessionGid& session) {
  state_->supervisors.erase(session);
}

BARGE_NAMESPACE_END
