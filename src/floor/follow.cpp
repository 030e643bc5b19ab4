// SPDX-License-Identifier: Apache-2.0
// To an agent's next call.
#include <algorithm>

#include "bridge/floor_access.hpp"
#include "floor/impl.hpp"

namespace barge {

Status Floor::Impl::follow(Following following) {
  if (following.supervisor.id.empty() || following.agent.empty()) {
    return Error{Errc::invalid_argument, "a supervisor and the agent that it follows need ids"};
  }
  if (following.supervisor.role != Role::supervisor) {
    return Error{Errc::wrong_role, "`" + following.supervisor.id.text() + "` is no supervisor"};
  }
  begin_following(std::move(following));
  return Ok{};
}

void Floor::Impl::begin_following(Following following) {
  for (const auto& [number, call] : calls_) {
    if (call->has_agent(following.agent)) touch(*call);
  }
  const auto known =
      std::find_if(followings_.begin(), followings_.end(), [&](const Following& other) {
        return other.supervisor.id == following.supervisor.id && other.agent == following.agent;
      });
  if (known == followings_.end()) {
    followings_.push_back(std::move(following));
  } else {
    *known = std::move(following);
  }
}

Status Floor::Impl::unfollow(const PersonGid& supervisor) {
  const auto first = std::remove_if(
      followings_.begin(), followings_.end(),
      [&](const Following& following) { return following.supervisor.id == supervisor; });
  if (first == followings_.end()) {
    return Error{Errc::nothing_pending, "`" + supervisor.text() + "` follows nobody"};
  }
  followings_.erase(first, followings_.end());
  return Ok{};
}

/// Brings those to the call who have waited for one of its agents.
void Floor::Impl::lead_followers(Call& call) {
  const auto there = [&](const Following& following) { return lead(following, call); };
  followings_.erase(std::remove_if(followings_.begin(), followings_.end(), there),
                    followings_.end());
}

/// Whether the following has come to its end.
bool Floor::Impl::lead(const Following& following, Call& call) {
  if (!call.has_agent(following.agent)) return false;
  const PersonGid& supervisor = following.supervisor.id;
  const Seat* const seat = call.seat_of(supervisor);
  if (seat != nullptr && seat->person.role != Role::supervisor) return false;  // its own call
  for (const Watched& session : call.sessions) {
    if (session.supervisor.id == supervisor) return true;
  }
  auto followed = join(following, call);
  if (followed) {
    tell(call, std::move(*followed));
  } else {
    tell(call, Fault{followed.error().code, followed.error().message});
  }
  touch(call);
  return true;
}

Result<Followed> Floor::Impl::join(const Following& following, Call& call) const {
  const Seat* const seat = call.seat_of(following.supervisor.id);
  Followed followed{following.supervisor.id, following.agent, {}, {}};
  if (seat == nullptr) {
    const auto joined = call.bridge.join(following.supervisor);
    if (!joined) return joined.error();
    followed.joined = joined.value();
  } else {
    const FloorAccess bridge(call.bridge);
    const Member* const member = bridge ? bridge.roster().get(seat->id) : nullptr;
    if (member != nullptr) followed.joined = {member->id, member->leg, member->right_ear};
  }
  ModeRequest request;
  request.reason = following.reason;
  request.agent = call.seat_of(following.agent)->id;
  request.follow = Follow::agent;
  auto requested = call.bridge.request(followed.joined.participant, request);
  if (!requested) {
    if (seat == nullptr) static_cast<void>(call.bridge.leave(followed.joined.participant));
    return requested.error();
  }
  followed.requested = std::move(*requested);
  return followed;
}

}  // namespace barge
