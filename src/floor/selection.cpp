// SPDX-License-Identifier: Apache-2.0
// A call for a supervisor.
#include <algorithm>
#include <tuple>

#include "floor/impl.hpp"

namespace barge {
namespace {

/// Nobody supervises a call that it is on.
Status check_free(const Call& call, const PersonGid& supervisor) {
  const Seat* const seat = call.seat_of(supervisor);
  if (seat == nullptr) return Ok{};
  const std::string who = "`" + supervisor.text() + "` ";
  if (seat->person.role == Role::supervisor) {
    return Error{Errc::already_joined, who + "is on this call already"};
  }
  return Error{Errc::wrong_role, who + "is a party of this call"};
}

Error nothing_found(const PersonGid& supervisor) {
  return {Errc::unknown_id, "there is no such call for `" + supervisor.text() + "`"};
}

Call* next_of(const std::vector<Call*>& calls) {
  // Of those never supervised, the ones that were picked already come last: to whoever is refused
  // on one call, the next pick brings another.
  const auto order = [](const Call* call) {
    const bool now = call->supervised();
    return std::tuple(now, now ? std::optional<SteadyTime>() : call->last_supervised,
                      call->last_picked, call->number);
  };
  return *std::min_element(calls.begin(), calls.end(),
                           [&](const Call* a, const Call* b) { return order(a) < order(b); });
}

Call* cycle(const std::vector<Call*>& calls, const PersonGid& supervisor) {
  const auto is_new = [&](const Call* call) {
    return std::find(call->cycled.begin(), call->cycled.end(), supervisor) == call->cycled.end();
  };
  auto next = std::find_if(calls.begin(), calls.end(), is_new);
  if (next == calls.end()) {
    for (Call* const call : calls)
      call->cycled.erase(std::find(call->cycled.begin(), call->cycled.end(), supervisor));
    next = calls.begin();
  }
  (*next)->cycled.push_back(supervisor);
  return *next;
}

}  // namespace

Result<CallId> Floor::Impl::pick(const Selection& selection) {
  if (selection.supervisor.empty()) {
    return Error{Errc::invalid_argument, "a call is picked for a supervisor"};
  }
  catch_up();
  const auto call = choose(selection);
  if (!call) return call.error();
  call.value()->last_picked = ++picks_;
  return call.value()->id;
}

Result<Call*> Floor::Impl::choose(const Selection& selection) {
  const PersonGid& supervisor = selection.supervisor;
  if (const auto* const by = std::get_if<ByCall>(&selection.by)) return by_id(by->call, supervisor);
  if (const auto* const by = std::get_if<ByAgent>(&selection.by)) {
    return latest(supervisor, [&](const Call& call) { return call.has_agent(by->agent); });
  }
  if (const auto* const by = std::get_if<ByExtension>(&selection.by)) {
    return latest(supervisor, [&](const Call& call) {
      return std::any_of(call.seats.begin(), call.seats.end(),
                         [&](const Seat& seat) { return is_agent_at(seat, by->extension); });
    });
  }
  const auto of_queues = [&](const std::vector<std::string>& queues, const auto& which) {
    const std::vector<Call*> calls = queued(queues, supervisor);
    return calls.empty() ? Result<Call*>(nothing_found(supervisor)) : Result<Call*>(which(calls));
  };
  if (const auto* const by = std::get_if<RandomSample>(&selection.by)) {
    return of_queues(by->queues, [&](const auto& calls) {
      return calls[static_cast<std::size_t>(random_.below(calls.size()))];
    });
  }
  if (const auto* const by = std::get_if<Cycle>(&selection.by)) {
    return of_queues(by->queues, [&](const auto& calls) { return cycle(calls, supervisor); });
  }
  return of_queues(std::get<NextInQueue>(selection.by).queues, next_of);
}

Result<Call*> Floor::Impl::by_id(const CallGid& call, const PersonGid& supervisor) const {
  const auto found = by_gid_.find(call);
  if (found == by_gid_.end()) return nothing_found(supervisor);
  if (const Status free = check_free(*found->second, supervisor); !free) return free.error();
  return found->second;
}

/// The call opened last of those that are wanted and free for the supervisor.
template <class Wanted>
Result<Call*> Floor::Impl::latest(const PersonGid& supervisor, const Wanted& wanted) const {
  Result<Call*> found = nothing_found(supervisor);
  for (auto entry = calls_.rbegin(); entry != calls_.rend(); ++entry) {
    Call& call = *entry->second;
    if (call.attributes.internal || !wanted(call)) continue;
    const Status free = check_free(call, supervisor);
    if (free) return &call;
    found = free.error();
  }
  return found;
}

std::vector<Call*> Floor::Impl::queued(const std::vector<std::string>& queues,
                                       const PersonGid& supervisor) const {
  std::vector<Call*> found;
  for (const auto& [number, call] : calls_) {
    const bool wanted =
        queues.empty() || std::find(queues.begin(), queues.end(), call->queue) != queues.end();
    if (!wanted || call->attributes.internal) continue;
    if (!call->has(Role::agent) || !call->has(Role::customer)) continue;
    if (check_free(*call, supervisor)) found.push_back(call.get());
  }
  return found;
}

}  // namespace barge
