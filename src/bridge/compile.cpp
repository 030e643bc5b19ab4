// SPDX-License-Identifier: Apache-2.0
#include "bridge/compile.hpp"

#include <map>

namespace barge {
namespace {

using media::Plan;
using media::Routing;

/// Finds equal rows and says what each row is.
void classify_rows(Routing& routing) {
  std::map<std::vector<std::uint32_t>, std::vector<std::size_t>> listeners;
  for (std::size_t slot = 0; slot < routing.rows.size(); ++slot) {
    const auto first = routing.speakers.begin() + routing.rows[slot].first;
    listeners[{first, first + routing.rows[slot].count}].push_back(slot);
  }
  std::uint32_t id = 0;
  for (const auto& [speakers, slots] : listeners) {
    if (!speakers.empty()) ++id;
    RowKind kind = slots.size() > 1 ? RowKind::shared : RowKind::own;
    if (speakers.empty()) kind = RowKind::silence;
    if (speakers.size() == 1) kind = RowKind::copy;
    for (const std::size_t slot : slots) {
      routing.rows[slot].kind = kind;
      routing.rows[slot].id = speakers.empty() ? 0 : id;
    }
  }
}

std::unique_ptr<Routing> compile_routing(const Roster& roster,
                                         const std::vector<SessionState>& sessions) {
  const std::vector<PartyState> parties = roster.party_states();
  const Scene scene{parties, sessions};
  auto routing = std::make_unique<Routing>();
  routing->rows.resize(roster.slots().size());
  for (const PartyState& listener : parties) {
    Routing::RowSpec& row = routing->rows[listener.id.slot()];
    row.first = static_cast<std::uint32_t>(routing->speakers.size());
    for (const PartyState& speaker : parties) {
      if (hears(scene, listener, speaker)) routing->speakers.push_back(speaker.id.slot());
    }
    row.count = static_cast<std::uint32_t>(routing->speakers.size()) - row.first;
  }
  classify_rows(*routing);
  return routing;
}

std::vector<SessionState> views(const std::vector<Session>& sessions) {
  std::vector<SessionState> states;
  for (const Session& session : sessions) {
    if (session.now.mode != Mode::off) states.push_back(session.now.view(session.supervisor));
  }
  return states;
}

/// The session states with the changes of a fallback made.
std::vector<SessionState> views_after(const std::vector<Session>& sessions,
                                      const Fallback& fallback) {
  std::vector<SessionState> states;
  for (const Session& session : sessions) {
    SessionState state = session.now.view(session.supervisor);
    for (const FallbackSession& change : fallback.sessions) {
      if (change.session == session.id) state.mode = change.to;
    }
    if (state.mode != Mode::off) states.push_back(state);
  }
  return states;
}

class Compiler {
 public:
  Compiler(const Roster& roster, const std::vector<Session>& sessions)
      : roster_(roster), sessions_(sessions), plan_(std::make_unique<Plan>()) {}

  CompiledPlan run() {
    add_slots();
    plan_->routings.push_back(compile_routing(roster_, views(sessions_)));
    add_last_resort();
    add_expiries();
    add_losses();
    return {std::move(plan_), std::move(fallbacks_)};
  }

 private:
  void add_slots() {
    const std::size_t count = roster_.slots().size();
    plan_->legs.resize(count);
    plan_->lost = std::make_unique<std::atomic<bool>[]>(count);
    plan_->scratch.frames.resize(count);
    plan_->scratch.gathered.resize(2 * count);
    for (const auto& member : roster_.slots()) {
      if (!member) continue;
      plan_->legs[member->leg.slot()] = member->leg;
      plan_->lost[member->leg.slot()].store(member->lost, std::memory_order_relaxed);
    }
  }

  std::uint32_t add(Fallback fallback) {
    fallback.routing = static_cast<std::uint32_t>(plan_->routings.size());
    plan_->routings.push_back(compile_routing(roster_, views_after(sessions_, fallback)));
    fallbacks_.push_back(std::move(fallback));
    return fallbacks_.back().routing;
  }

  void add_last_resort() {
    Fallback all;
    for (const Session& session : sessions_) {
      if (session.now.mode != Mode::off) all.sessions.push_back({session.id, Mode::off});
    }
    add(std::move(all));
  }

  /// One routing for each instant at which a limit is reached, with all before it reached as well.
  void add_expiries() {
    std::map<std::uint64_t, std::vector<FallbackSession>> by_time;
    for (const Session& session : sessions_) {
      for (const Session::Limit& limit : session.limits) {
        by_time[limit.sample].push_back({session.id, limit.then});
      }
    }
    Fallback reached;
    for (const auto& [sample, fallen] : by_time) {
      for (const FallbackSession& session : fallen)
        reached.lower(session);
      plan_->expiries.push_back({sample, add(reached)});
    }
  }

  void add_losses() {
    for (const Session& session : sessions_) {
      if (session.now.mode != Mode::takeover) continue;
      if (plan_->on_loss.empty()) plan_->on_loss.resize(plan_->legs.size(), Plan::main);
      plan_->on_loss[session.supervisor.slot()] =
          add({Plan::main, Cause::leg_lost, {{session.id, Mode::off}}});
    }
  }

  const Roster& roster_;
  const std::vector<Session>& sessions_;
  std::unique_ptr<Plan> plan_;
  std::vector<Fallback> fallbacks_;
};

}  // namespace

CompiledPlan compile_plan(const Roster& roster, const std::vector<Session>& sessions) {
  return Compiler(roster, sessions).run();
}

std::unique_ptr<media::Plan> compile_closed_plan() {
  auto plan = std::make_unique<Plan>();
  plan->closed = true;
  plan->routings.push_back(std::make_unique<Routing>());
  return plan;
}

}  // namespace barge
