// SPDX-License-Identifier: Apache-2.0
// Which calls are live, and what goes on there.
#include <algorithm>

#include "bridge/floor_access.hpp"
#include "floor/impl.hpp"

namespace barge {
namespace {

std::uint64_t seed_of(const FloorConfig& config, const Clock& clock) {
  if (config.seed) return *config.seed;
  const auto wall = static_cast<std::uint64_t>(clock.wall().time_since_epoch().count());
  return wall ^ static_cast<std::uint64_t>(clock.steady().time_since_epoch().count());
}

bool sits_the_same(const std::vector<Seat>& seats, const Roster& roster) {
  std::size_t seat = 0;
  for (const auto& member : roster.slots()) {
    if (!member) continue;
    if (seat == seats.size() || seats[seat].id != member->id) return false;
    if (seats[seat].person.role != member->person.role) return false;
    ++seat;
  }
  return seat == seats.size();
}

/// The session as it is watched from now on. It may be no more than asked for; or in force, if it
/// came with a call that was merged into this one.
Watched& watched(Call& call, const Session& session, const Roster& roster, SteadyTime now) {
  if (Watched* const known = call.session(session.id)) return *known;
  Watched& watched = call.sessions.emplace_back();
  watched.id = session.id;
  watched.gid = session.gid;
  watched.supervisor = roster.get(session.supervisor)->person;
  if (!session.on_record || !session.in_force()) return watched;
  watched.mode = watched.highest = session.now.mode;
  watched.highest_reason = session.reason;
  watched.since = now;
  watched.joined = now;
  return watched;
}

}  // namespace

Floor::Impl::Impl(FloorConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock)
    : config_(config),
      authorizer_(&authorizer),
      sink_(&sink),
      clock_(&clock),
      tally_(sink),
      random_(seed_of(config, clock)),
      ready_(std::make_shared<media::ReadyList>()) {}

Result<CallId> Floor::Impl::open(BridgeConfig config) {
  if (find(config.call)) {
    return Error{Errc::invalid_argument, "`" + config.call.text() + "` is open already"};
  }
  const CallGid gid = config.call;
  if (config.usage == nullptr) {
    config.usage = config_.usage == nullptr ? &own_usage_ : config_.usage;
  }
  auto bridge = Bridge::create(std::move(config), *authorizer_, tally_, *clock_);
  if (!bridge) return bridge.error();
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.push_back(nullptr);
    generations_.push_back(0);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  const CallId id(slot, ++generations_[slot]);
  auto call = std::make_unique<Call>(id, ++calls_opened_, gid, std::move(*bridge));
  call->opened = clock_->steady();
  FloorAccess::report_to(call->bridge, media::ReadyList::make_flag(ready_, call->number));
  slots_[slot] = call.get();
  by_gid_.emplace(gid, call.get());
  touch(*call);
  calls_.emplace(call->number, std::move(call));
  return id;
}

Status Floor::Impl::close(CallId call) {
  auto found = find(call);
  if (!found) return found.error();
  if (const Status closed = (*found)->bridge.close(); !closed) return closed.error();
  take_events(**found);
  end(**found, Cause::call_ended);
  return Ok{};
}

/// Takes a call whose bridge is closed off the floor.
void Floor::Impl::end(Call& call, Cause cause) {
  while (!call.sessions.empty())
    finish_session(call, {call.sessions.front().id, {}, cause, {}});
  watch_help(call, HelpEnd::call_ended);
  forget_questions([&](const Question& question) { return question.call == call.id; });
  remember(call);
  if (call.deadline) deadlines_.erase({*call.deadline, call.number});
  by_gid_.erase(call.gid);
  slots_[call.id.slot()] = nullptr;
  free_slots_.push_back(call.id.slot());
  calls_.erase(call.number);
}

Result<Call*> Floor::Impl::find(CallId call) {
  const bool known =
      call && call.slot() < slots_.size() && call.generation() <= generations_[call.slot()];
  if (!known) return Error{Errc::unknown_id, "there is no such call"};
  Call* const found = slots_[call.slot()];
  if (found == nullptr || found->id != call) return Error{Errc::stale_id, "the call is over"};
  return found;
}

/// The call as it is now.
Result<Call*> Floor::Impl::find_live(CallId call) {
  auto found = find(call);
  if (found && !look_at(**found)) return find(call);
  return found;
}

Result<CallId> Floor::Impl::find(const CallGid& call) {
  const auto found = by_gid_.find(call);
  if (found != by_gid_.end() && look_at(*found->second)) return found->second->id;
  return Error{Errc::unknown_id, "`" + call.text() + "` is no live call"};
}

Result<Bridge*> Floor::Impl::bridge(CallId call) {
  auto found = find(call);
  if (!found) return found.error();
  touch(**found);
  return &(*found)->bridge;
}

void Floor::Impl::touch(Call& call) {
  if (!std::exchange(call.touched, true)) touched_.push_back(call.number);
}

/// Looks at the calls whose hosts may have changed something since the last poll.
void Floor::Impl::catch_up() {
  // More may be touched meanwhile. NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    const auto call = calls_.find(touched_[i]);
    if (call != calls_.end()) look_at(*call->second);
  }
}

/// Whether the call is live, as it is now; one that is not is taken off the floor.
bool Floor::Impl::look_at(Call& call) {
  if (call.touched) observe(call);
  if (!call.closed) return true;
  take_events(call);
  end(call, Cause::merged);
  return false;
}

void Floor::Impl::observe(Call& call) {
  const FloorAccess bridge(call.bridge);
  if (!bridge) return;  // its poll() says so
  call.queue = bridge.config().queue;
  call.attributes = bridge.config().attributes;
  call.unattended_customers = bridge.unattended_customers();
  call.closed = bridge.closed();
  call.waits = bridge.waits();
  const Roster& roster = bridge.roster();
  if (!sits_the_same(call.seats, roster)) {
    call.seats.clear();
    for (const auto& member : roster.slots()) {
      if (member) call.seats.push_back({member->id, member->person});
    }
  }
  for (Watched& known : call.sessions)
    known.on_bridge = false;
  for (const Session& session : bridge.sessions()) {
    Watched& known = watched(call, session, roster, clock_->steady());
    known.on_bridge = true;
    known.reason = session.reason;
    if (const Member* const agent = roster.get(session.now.agent)) known.agent = agent->person.id;
  }
}

template <class Wanted>
std::vector<CallId> Floor::Impl::calls_with(const Wanted& wanted) {
  catch_up();
  std::vector<CallId> found;
  for (const auto& [number, call] : calls_) {
    if (std::any_of(call->seats.begin(), call->seats.end(), wanted)) found.push_back(call->id);
  }
  return found;
}

std::vector<CallId> Floor::Impl::calls_of(const PersonGid& person) {
  return calls_with([&](const Seat& seat) { return seat.person.id == person; });
}

std::vector<CallId> Floor::Impl::calls_at(const std::string& extension) {
  return calls_with([&](const Seat& seat) { return is_agent_at(seat, extension); });
}

std::vector<LiveCall> Floor::Impl::calls() {
  catch_up();
  std::vector<LiveCall> live;
  live.reserve(calls_.size());
  for (const auto& [number, call] : calls_) {
    LiveCall& info = live.emplace_back();
    info.id = call->id;
    info.gid = call->gid;
    info.queue = call->queue;
    info.attributes = call->attributes;
    info.opened = call->opened;
    for (const Seat& seat : call->seats) {
      if (seat.person.role == Role::customer) info.customers.push_back(seat.person.id);
      if (seat.person.role == Role::agent) info.agents.push_back(seat.person.id);
    }
    info.supervised = call->supervised();
    info.last_supervised = call->last_supervised;
  }
  return live;
}

std::vector<LiveAgent> Floor::Impl::agents() {
  catch_up();
  std::map<PersonGid, LiveAgent> agents;
  for (const auto& [number, call] : calls_) {
    for (const Seat& seat : call->seats) {
      if (seat.person.role != Role::agent) continue;
      LiveAgent& agent = agents[seat.person.id];
      agent.person = seat.person;
      agent.calls.push_back(call->id);
    }
  }
  std::vector<LiveAgent> live;
  live.reserve(agents.size());
  for (auto& [id, agent] : agents)
    live.push_back(std::move(agent));
  return live;
}

std::vector<Supervision> Floor::Impl::sessions() {
  catch_up();
  std::vector<Supervision> running;
  for (const auto& [number, call] : calls_) {
    for (const Watched& session : call->sessions) {
      if (session.mode == Mode::off) continue;
      running.push_back({session.gid, session.supervisor.id, call->id, session.agent, session.mode,
                         session.since});
    }
  }
  return running;
}

FloorCounters Floor::Impl::counters() {
  FloorCounters counters;
  counters.calls = calls_.size();
  counters.agents = agents().size();
  for (const auto& [number, call] : calls_) {
    counters.supervised_calls += call->supervised() ? 1 : 0;
    counters.unattended_customers += call->unattended_customers;
    for (const Watched& session : call->sessions) {
      counters.monitoring += session.mode == Mode::monitor ? 1 : 0;
      counters.whispering += session.mode == Mode::whisper ? 1 : 0;
      counters.barging += session.mode == Mode::barge ? 1 : 0;
      counters.taken_over += session.mode == Mode::takeover ? 1 : 0;
    }
  }
  counters.help_open = help_.size();
  counters.raises_requested = tally_.raises_requested();
  counters.raises_denied = raises_denied_;
  counters.raises_applied = raises_applied_;
  return counters;
}

}  // namespace barge
