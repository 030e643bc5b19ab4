// SPDX-License-Identifier: Apache-2.0
// Which bridges have something, and what they tell.
#include <algorithm>

#include "floor/impl.hpp"

namespace barge {

std::vector<FloorEvent> Floor::Impl::poll_ready() {
  for (const std::uint64_t number : due()) {
    const auto call = calls_.find(number);
    if (call != calls_.end()) poll(*call->second);
  }
  advance_questions();
  return std::exchange(events_, {});
}

/// The calls that have something, in the order of opening.
std::vector<std::uint64_t> Floor::Impl::due() {
  std::vector<std::uint64_t> due = std::exchange(touched_, {});
  due.insert(due.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  ready_->visit([&](std::uint64_t number) { due.push_back(number); });
  if (!deadlines_.empty()) {
    const SteadyTime now = clock_->steady();
    for (const auto& [deadline, number] : deadlines_) {
      if (deadline > now) break;
      due.push_back(number);
    }
  }
  std::sort(due.begin(), due.end());
  due.erase(std::unique(due.begin(), due.end()), due.end());
  return due;
}

void Floor::Impl::poll(Call& call) {
  take_events(call);
  call.touched = false;
  if (call.closed) return end(call, Cause::merged);
  watch_help(call, HelpEnd::agent_left);
  lead_followers(call);
  if (call.waits) waiting_.push_back(call.number);
  const auto deadline = call.bridge.next_deadline();
  if (deadline == call.deadline) return;
  if (call.deadline) deadlines_.erase({*call.deadline, call.number});
  call.deadline = deadline;
  if (deadline) deadlines_.insert({*deadline, call.number});
}

void Floor::Impl::take_events(Call& call) {
  if (call.touched) observe(call);  // whoever has a session that ends now
  std::vector<Event> events = call.bridge.poll();
  observe(call);
  for (Event& event : events) {
    take(call, event);
    tell(call, std::move(event));
  }
  const auto came_to_nothing = [](const Watched& session) {
    return !session.on_bridge && !session.joined;
  };
  auto& sessions = call.sessions;
  sessions.erase(std::remove_if(sessions.begin(), sessions.end(), came_to_nothing), sessions.end());
}

void Floor::Impl::take(Call& call, const Event& event) {
  if (const auto* const applied = std::get_if<ModeApplied>(&event)) take(call, *applied);
  if (const auto* const ended = std::get_if<SessionEnded>(&event)) finish_session(call, *ended);
  if (std::holds_alternative<RequestDenied>(event)) ++raises_denied_;
}

void Floor::Impl::take(Call& call, const ModeApplied& applied) {
  const bool raised = applied.to >= applied.from && applied.to != Mode::off;
  if (raised) ++raises_applied_;
  Watched* const session = call.session(applied.session);
  if (session == nullptr) return;
  const SteadyTime now = clock_->steady();
  if (session->mode != applied.to) session->since = now;
  session->mode = applied.to;
  if (!session->joined) session->joined = now;
  if (applied.to <= session->highest) return;
  session->highest = applied.to;
  session->highest_reason = session->reason;
}

void Floor::Impl::finish_session(Call& call, const SessionEnded& ended) {
  const auto found =
      std::find_if(call.sessions.begin(), call.sessions.end(),
                   [&](const Watched& session) { return session.id == ended.session; });
  if (found == call.sessions.end()) return;
  const Watched session = std::move(*found);
  call.sessions.erase(found);
  if (session.joined) {
    const SteadyTime now = clock_->steady();
    const auto lasted = now - *session.joined;
    call.over.push_back(
        {session.gid, session.supervisor.id, session.agent, session.highest, session.highest_reason,
         std::chrono::duration_cast<std::chrono::milliseconds>(lasted), ended.cause});
    call.last_supervised = now;
  }
  if (!ended.follows.empty()) begin_following({session.supervisor, ended.follows, session.reason});
}

void Floor::Impl::tell(const Call& call, decltype(FloorEvent::what) what) {
  events_.push_back({call.id, call.gid, std::move(what)});
}

std::optional<SteadyTime> Floor::Impl::next_deadline() const {
  std::optional<SteadyTime> next;
  if (!deadlines_.empty()) next = deadlines_.begin()->first;
  for (const Question& question : questions_)
    next = next ? std::min(*next, question.deadline) : question.deadline;
  return next;
}

Status Floor::Impl::set_policy(Authorizer& authorizer) {
  catch_up();
  ask_again(authorizer);
  Status all = Ok{};
  for (const auto& [number, call] : calls_) {
    if (const Status set = call->bridge.set_policy(authorizer); !set) all = set;
    touch(*call);
  }
  return all;
}

}  // namespace barge
