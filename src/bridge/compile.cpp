// SPDX-License-Identifier: Apache-2.0
#include "bridge/compile.hpp"

#include <algorithm>
#include <map>

#include "bridge/hearing.hpp"
#include "bridge/routing.hpp"
#include "media/frame_index.hpp"

namespace barge {
namespace {

using media::Plan;

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
  Compiler(const Roster& roster, const std::vector<Session>& sessions, const PlanOptions& options)
      : roster_(roster),
        sessions_(sessions),
        options_(options),
        plan_(media::make_plan(roster.slots().size(), options.memory)) {}

  CompiledPlan run() {
    add_slots();
    hearings_.push_back(hearing_of(roster_, views(sessions_), options_.whisper_duck));
    add_last_resort();
    add_expiries();
    add_losses();
    compile_routings();
    add_scratch();
    return {std::move(plan_), std::move(fallbacks_)};
  }

 private:
  void add_slots() {
    const auto& slots = roster_.slots();
    plan_->lost = plan_->make<std::atomic<bool>>(slots.size());
    std::vector<LegId> legs(slots.size(), Plan::no_leg), right_ears;
    std::vector<std::uint32_t> right_rows;
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      if (!slots[slot]) continue;
      legs[slot] = slots[slot]->leg;
      if (slots[slot]->right_ear) {
        right_rows.resize(slots.size(), media::nowhere);
        right_rows[slot] = static_cast<std::uint32_t>(slots.size() + right_ears.size());
        right_ears.push_back(slots[slot]->right_ear);
      }
      plan_->lost[slot].store(slots[slot]->lost, std::memory_order_relaxed);
      plan_->any_lost |= slots[slot]->lost;
    }
    plan_->legs = plan_->keep(legs);
    plan_->right_ears = plan_->keep(right_ears);
    plan_->right_rows = plan_->keep(right_rows);
    plan_->frames = plan_->make<const Sample*>(slots.size());
  }

  void compile_routings() {
    plan_->routings = plan_->make<media::Routing>(hearings_.size());
    for (std::size_t i = 0; i < hearings_.size(); ++i)
      compile_routing(hearings_[i], *plan_, plan_->routings[i]);
  }

  /// Room for the largest row, and for what is carried from tick to tick.
  void add_scratch() {
    const std::size_t slots = plan_->legs.size();
    plan_->same = plan_->make<media::SetWord>(media::words_for(static_cast<std::uint32_t>(slots)));
    plan_->gathered = plan_->make<const Sample*>(3 * slots);  // plus, minus, and those that open
    plan_->terms = plan_->make<mix::Term>(2 * slots);         // now heard, and no longer heard
    constexpr std::size_t few = 8;
    if (slots > few) {
      plan_->frame_index = plan_->make<const Sample*>(media::FrameIndex::entries_for(slots));
    }
    if (options_.speech) plan_->meters = plan_->make<media::Meter>(slots);
    if (options_.overload == Overload::limit) {
      plan_->limiters = plan_->make<media::Limiter>(slots + plan_->right_ears.size());
    }
    std::size_t buses = 0;
    for (const media::Routing& routing : plan_->routings)
      buses = std::max(buses, routing.buses.size());
    plan_->bus_totals = plan_->make<std::int32_t>(buses * options_.frame_samples);
    plan_->bus_firsts = plan_->make<Sample>(buses * options_.frame_samples);
    plan_->bus_seconds = plan_->make<Sample>(buses * options_.frame_samples);
  }

  std::uint32_t add(Fallback fallback) {
    fallback.routing = static_cast<std::uint32_t>(hearings_.size());
    hearings_.push_back(
        hearing_of(roster_, views_after(sessions_, fallback), options_.whisper_duck));
    fallbacks_.push_back(std::move(fallback));
    return fallbacks_.back().routing;
  }

  void add_last_resort() {
    Fallback all;
    for (const Session& session : sessions_) {
      if (session.now.mode != Mode::off) all.sessions.push_back({session.id, Mode::off});
    }
    if (!all.sessions.empty()) add(std::move(all));
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
    std::vector<Plan::Expiry> expiries;
    for (const auto& [sample, fallen] : by_time) {
      for (const FallbackSession& session : fallen)
        reached.lower(session);
      expiries.push_back({sample, add(reached)});
    }
    plan_->expiries = plan_->keep(expiries);
  }

  void add_losses() {
    std::vector<std::uint32_t> on_loss;
    for (const Session& session : sessions_) {
      if (session.now.mode != Mode::takeover) continue;
      on_loss.resize(plan_->legs.size(), Plan::main);
      on_loss[session.supervisor.slot()] =
          add({Plan::main, Cause::leg_lost, {{session.id, Mode::off}}});
    }
    plan_->on_loss = plan_->keep(on_loss);
  }

  const Roster& roster_;
  const std::vector<Session>& sessions_;
  const PlanOptions& options_;
  media::PlanPtr plan_;
  std::vector<Hearing> hearings_;  ///< of each routing
  std::vector<Fallback> fallbacks_;
};

}  // namespace

CompiledPlan compile_plan(const Roster& roster, const std::vector<Session>& sessions,
                          const PlanOptions& options) {
  return Compiler(roster, sessions, options).run();
}

media::PlanPtr compile_closed_plan(std::pmr::memory_resource* memory) {
  auto plan = media::make_plan(0, memory);
  plan->closed = true;
  plan->routings = plan->make<media::Routing>(1);
  return plan;
}

}  // namespace barge
