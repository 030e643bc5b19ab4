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

std::vector<SessionState> states_of(const std::vector<Session>& sessions) {
  std::vector<SessionState> states;
  for (const Session& session : sessions) {
    if (session.now.mode != Mode::off) states.push_back(session.state());
  }
  return states;
}

/// What lowered() is to settings. A fallback never opens anything.
void lower(SessionState& state, Mode mode) {
  const bool begins_whisper = mode == Mode::whisper && state.mode > Mode::whisper;
  state.mode = std::min(state.mode, mode);
  if (begins_whisper) state.mode = Mode::monitor;  // until control says to whom
}

/// The session states with the changes of a fallback made.
std::vector<SessionState> states_after(const std::vector<Session>& sessions,
                                       const Fallback& fallback) {
  std::vector<SessionState> states;
  for (const Session& session : sessions) {
    SessionState state = session.state();
    for (const FallbackSession& change : fallback.sessions) {
      if (change.session == session.id) lower(state, change.to);
    }
    if (state.mode != Mode::off) states.push_back(state);
  }
  return states;
}

gsl::span<const Sample> samples_of(const std::shared_ptr<const std::vector<Sample>>& clip) {
  if (clip == nullptr) return {};
  return {clip->data(), clip->size()};
}

class Compiler {
 public:
  Compiler(const Situation& situation, const PlanOptions& options)
      : situation_(situation),
        roster_(situation.roster),
        sessions_(situation.sessions),
        options_(options),
        plan_(media::make_plan(roster_.slots().size() + situation.taps.size(), options.memory)) {}

  CompiledPlan run() {
    add_slots();
    add_ears();
    add_players();
    const std::vector<SessionState> states = states_of(sessions_);
    hearings_.push_back(hearing_of(situation_, states, options_.whisper_duck));
    if (!states.empty()) plan_->patience = options_.flow_patience;
    add_listeners(states);
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
    std::vector<LegId> legs(slots.size(), Plan::no_leg);
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      if (!slots[slot]) continue;
      legs[slot] = slots[slot]->leg;
      plan_->lost[slot].store(slots[slot]->lost, std::memory_order_relaxed);
      plan_->any_lost |= slots[slot]->lost;
    }
    plan_->legs = plan_->keep(legs);
    plan_->frames = plan_->make<const Sample*>(slots.size());
  }

  /// In the order of the rows of a Hearing.
  void add_ears() {
    std::vector<LegId> ears;
    for (const auto& member : roster_.slots()) {
      if (member && member->right_ear) ears.push_back(member->right_ear);
    }
    for (const Tap& tap : situation_.taps)
      ears.push_back(tap.id);
    const std::size_t legs = plan_->legs.size();
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < ears.size(); ++i) {
      const std::size_t slot = ears[i].slot() - media::most_legs;
      if (slot >= rows.size()) rows.resize(slot + 1, media::nowhere);
      rows[slot] = static_cast<std::uint32_t>(legs + i);
    }
    plan_->ears = plan_->keep(ears);
    plan_->ear_rows = plan_->keep(rows);
    plan_->flow = plan_->make<media::Flow>(legs + ears.size());
    for (const auto& member : roster_.slots()) {
      if (member) plan_->flow[member->leg.slot()].begun = member->first_sample;
    }
  }

  void add_players() {
    plan_->players = plan_->make<media::Player>(situation_.sounds.size());
    plan_->settles |= !situation_.sounds.empty();
    for (std::size_t i = 0; i < situation_.sounds.size(); ++i) {
      const Sound& sound = situation_.sounds[i];
      media::Player& player = plan_->players[i];
      player.id = sound.id;
      player.first = samples_of(sound.first);
      player.again = samples_of(sound.again);
      player.repeat = sound.repeat;
      player.must_arrive = sound.must_arrive;
      player.paused = sound.paused;
      player.scratch = plan_->make<Sample>(options_.frame_samples);
      std::vector<std::uint32_t> targets;
      for (const ParticipantId target : sound.targets) {
        if (roster_.get(target) != nullptr) targets.push_back(target.slot());
      }
      player.targets = plan_->keep(targets);
    }
  }

  /// A supervisor's hearing counts where it hears somebody of a conversation between a customer and
  /// an agent for which it was permitted.
  void add_listeners(const std::vector<SessionState>& states) {
    const std::vector<PartyState> parties = roster_.party_states();
    const Scene scene{parties, states, situation_.shielded};
    std::vector<std::uint32_t> slots;
    for (const SessionState& session : states) {
      const auto converses = [&](Role role) {
        return std::any_of(parties.begin(), parties.end(), [&](const PartyState& party) {
          return party.role == role && party.conversation == ConversationId::main &&
                 !on_hold(scene, party) && contains(session.authorised, party.id);
        });
      };
      if (!converses(Role::customer) || !converses(Role::agent)) continue;
      const std::uint32_t slot = session.supervisor.slot();
      if (hears_plain_party(slot, parties)) slots.push_back(slot);
    }
    plan_->listeners = plan_->make<media::Listener>(slots.size());
    plan_->settles |= !slots.empty();
    for (std::size_t i = 0; i < slots.size(); ++i)
      plan_->listeners[i].slot = slots[i];
  }

  /// In the call itself, with either ear.
  bool hears_plain_party(std::uint32_t listener, const std::vector<PartyState>& parties) const {
    const Hearing& hearing = hearings_.front();
    return std::any_of(hearing.rows.begin(), hearing.rows.end(), [&](const Hearing::Row& row) {
      if (row.owner != listener) return false;
      const SpeakerSet heard = hearing.heard_in(row);
      return std::any_of(parties.begin(), parties.end(), [&](const PartyState& party) {
        return party.role != Role::supervisor && party.conversation == ConversationId::main &&
               has(heard, party.id.slot());
      });
    });
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
      plan_->limiters = plan_->make<media::Limiter>(slots + plan_->ears.size());
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
        hearing_of(situation_, states_after(sessions_, fallback), options_.whisper_duck));
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

  const Situation& situation_;
  const Roster& roster_;
  const std::vector<Session>& sessions_;
  const PlanOptions& options_;
  media::PlanPtr plan_;
  std::vector<Hearing> hearings_;  ///< of each routing
  std::vector<Fallback> fallbacks_;
};

}  // namespace

CompiledPlan compile_plan(const Situation& situation, const PlanOptions& options) {
  return Compiler(situation, options).run();
}

media::PlanPtr compile_closed_plan(std::pmr::memory_resource* memory) {
  auto plan = media::make_plan(0, memory);
  plan->closed = true;
  plan->routings = plan->make<media::Routing>(1);
  return plan;
}

}  // namespace barge
