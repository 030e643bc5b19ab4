// SPDX-License-Identifier: Apache-2.0
// What a supervisor asks for: what it means, whether it can be, and whether it is a raise.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {
namespace {

/// How many commands of a call are remembered, for a host that repeats one.
constexpr std::size_t most_commands = 4096;

bool same_content(const ModeRequest& a, const ModeRequest& b) {
  return a.mode == b.mode && a.reason == b.reason && a.agent == b.agent && a.targets == b.targets &&
         a.ear == b.ear && a.disposition == b.disposition && a.scope == b.scope &&
         a.follow == b.follow && a.push_to_talk == b.push_to_talk;
}

}  // namespace

Result<Requested> Bridge::Impl::request(ParticipantId supervisor, const ModeRequest& request) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  if (const auto known = commands_.find(request.command); known != commands_.end()) {
    const Command& command = known->second;
    if (command.supervisor == supervisor && same_content(command.content, request)) {
      return command.answer;
    }
    return Error{Errc::command_reused,
                 "command `" + request.command.text() + "` was used before with other content"};
  }
  catch_up();
  auto found = roster_.find(supervisor);
  if (!found) return found.error();
  if ((*found)->person.role != Role::supervisor) {
    return Error{Errc::wrong_role, "only a supervisor can ask for a mode"};
  }
  auto answer = decide(**found, request);
  if (answer && !request.command.empty()) remember(supervisor, request, *answer);
  sweep();
  return answer;
}

void Bridge::Impl::remember(ParticipantId supervisor, const ModeRequest& request,
                            const Requested& answer) {
  if (command_order_.size() == most_commands) {
    commands_.erase(command_order_.front());
    command_order_.pop_front();
  }
  commands_.emplace(request.command, Command{supervisor, request, answer});
  command_order_.push_back(request.command);
}

Result<Requested> Bridge::Impl::decide(const Member& supervisor, const ModeRequest& request) {
  auto resolved = resolve(supervisor, request);
  if (!resolved) return resolved.error();
  Settings to = std::move(*resolved);

  Session* session = session_of(supervisor.id);
  const Settings from = session == nullptr ? Settings{} : session->now;
  const std::vector<PartyState> parties = roster_.party_states();
  bool raise = is_raise(from.view(supervisor.id), to.view(supervisor.id), parties);
  // An agent on hold who is to listen is an observer, which takes a grant of its own.
  raise |= from.mode == Mode::takeover && to.mode == Mode::takeover &&
           from.disposition != Disposition::listen && to.disposition == Disposition::listen;
  if (!raise && from.mode != Mode::off && to.agent != from.agent) {
    raise = static_cast<bool>(request.agent);  // another agent is another question
    if (!raise) to.agent = from.agent;
  }
  if (!raise) {
    if (session == nullptr) return Requested{{}, RaiseState::applied, {}};
    cancel(*session, "lowered");
    if (from.mode == Mode::off) return Requested{session->id, RaiseState::applied, {}};
    lower(*session, std::move(to), Cause::requested, request.reason);
    extend(*session);
    return Requested{session->id, RaiseState::applying, {}};
  }

  if (const Status status = check_takeover(supervisor, to); !status) return status.error();
  if (session == nullptr) session = &add_session(supervisor);
  cancel(*session, "replaced");
  if (to.mode < from.mode) {  // is taken at once, whatever else is asked for with it
    Settings less = from;
    less.mode = to.mode;
    less.targets = to.targets;
    lower(*session, std::move(less), Cause::requested, request.reason);
  }
  propose(*session, std::move(to), request.reason, Cause::requested);
  if (!session->pending) return Requested{session->id, RaiseState::denied, session->last_denial};
  const Pending& pending = *session->pending;
  if (pending.state == RaiseState::requested) return Requested{session->id, pending.state, {}};
  return Requested{session->id, pending.state, pending.decision};
}

Result<Settings> Bridge::Impl::resolve(const Member& supervisor, const ModeRequest& request) const {
  const Session* const session = session_of(supervisor.id);
  Settings to;
  if (session != nullptr) to = session->now;
  to.mode = request.mode;
  if (request.mode == Mode::off) return to;

  auto agent = resolve_agent(session, request);
  if (!agent) return agent.error();
  to.agent = *agent;
  to.ear = request.ear.value_or(to.ear);
  to.disposition = request.disposition;
  to.scope = request.scope;
  to.follow = request.follow;
  to.push_to_talk = request.push_to_talk;
  to.targets = request.targets;
  if (to.mode == Mode::whisper && to.targets.empty() && to.agent) to.targets = {to.agent};
  if (session == nullptr || session->now.mode == Mode::off) to.authorised = roster_.plain_parties();
  // Naming a target whom the session was not judged for asks for more than is in force.
  for (const ParticipantId target : to.targets) {
    if (!contains(to.authorised, target)) to.authorised.push_back(target);
  }
  if (const Status status = check_parties(supervisor, to); !status) return status.error();
  return to;
}

Result<ParticipantId> Bridge::Impl::resolve_agent(const Session* session,
                                                  const ModeRequest& request) const {
  if (request.agent) return request.agent;
  if (session != nullptr && roster_.get(session->now.agent) != nullptr) return session->now.agent;
  const std::vector<ParticipantId> agents = roster_.agents();
  if (agents.size() == 1) return agents.front();
  if (agents.empty() && request.mode != Mode::takeover) return ParticipantId();
  if (agents.empty()) return Error{Errc::invalid_argument, "there is no agent to take over from"};
  return Error{Errc::invalid_argument, "the call has " + std::to_string(agents.size()) +
                                           " agents: the request has to name one"};
}

Status Bridge::Impl::check_parties(const Member& supervisor, const Settings& settings) const {
  std::vector<ParticipantId> named = settings.targets;
  if (settings.agent) named.push_back(settings.agent);
  for (const ParticipantId id : named) {
    if (roster_.get(id) == nullptr) {
      return Error{Errc::stale_id, "a participant that the request names is not on the call"};
    }
    if (id == supervisor.id) {
      return Error{Errc::invalid_argument, "nobody supervises oneself"};
    }
  }
  if (settings.mode == Mode::whisper && settings.targets.empty()) {
    return Error{Errc::invalid_argument, "a whisper needs a target"};
  }
  const auto circles = [&](ParticipantId id) { return coaches(id, supervisor.id); };
  if (std::any_of(named.begin(), named.end(), circles)) {
    return Error{Errc::invalid_argument, "a circle of supervisors who supervise each other"};
  }
  return Ok{};
}

/// Whether the coach's session concerns the other one, directly or through others.
bool Bridge::Impl::coaches(ParticipantId coach, ParticipantId other) const {
  std::vector<ParticipantId> reached{coach};
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const Session* const session = session_of(reached[next]);
    if (session == nullptr) continue;
    const Settings& settings = session->pending ? session->pending->to : session->now;
    std::vector<ParticipantId> concerned = settings.targets;
    concerned.push_back(settings.agent);
    for (const ParticipantId id : concerned) {
      if (id == other) return true;
      if (!contains(reached, id)) reached.push_back(id);
    }
  }
  return false;
}

}  // namespace barge
