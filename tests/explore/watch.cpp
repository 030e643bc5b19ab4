// SPDX-License-Identifier: Apache-2.0
#include "watch.hpp"

#include <algorithm>

namespace barge::explore {

Watch::Watch(World& world) : world_(world), lines_(look()) {}

void Watch::complain(std::string what) {
  if (wrong_.empty()) wrong_ = std::move(what);
}

Lines Watch::look() const {
  Lines lines;
  for (const ParticipantInfo& info : world_.bridge().participants().value()) {
    Line& line = lines[world_.seat_of(info.id)];
    line = {true,
            info.person.role,
            info.muted,
            info.hold,
            static_cast<std::uint32_t>(info.conversation),
            info.mode,
            info.session,
            info.pending,
            info.paused};
  }
  return lines;
}

bool Watch::act(const Action& action) {
  if (action.verb == Verb::tick || action.verb == Verb::tick_without) {
    if (action.who != nobody && !lines_[action.who].here) return false;
    count_phrases(world_.tick(action.who), action.who);
    return true;
  }
  const Lines before = lines_;
  const Seats lost_before = lost_unread_;
  const Outcome outcome = world_.perform(action);
  if (!outcome.enabled) return false;
  lines_ = look();
  check_outcome(outcome);
  follow_command(action, outcome);
  follow_returns(action, before);
  note_started(action, outcome);
  if (action.verb == Verb::poll) {
    follow_events(outcome.events);
    follow_raises();
    const auto next = world_.bridge().next_deadline();
    if (next && *next <= world_.clock.steady()) {
      complain("the next deadline is over already after poll()");
    }
  }
  follow_modes();
  if (!(lost_before & bit(action.who))) check_lowering(action, outcome, before);
  const bool is_script = action.verb == Verb::time || action.verb == Verb::answers ||
                         action.verb == Verb::audit || action.verb == Verb::lose;
  if (action.verb == Verb::lose) lost_unread_ = static_cast<Seats>(lost_unread_ | bit(action.who));
  if (!is_script) lost_unread_ = 0;
  if (world_.sink.wrong != nullptr) complain(world_.sink.wrong);
  check_customers();
  return true;
}

void Watch::check_outcome(const Outcome& outcome) {
  if (outcome.error == Errc::concurrent_control) complain("an error: concurrent_control");
  if (outcome.error == Errc::closed) complain("an error: closed");
  for (const Event& event : outcome.events) {
    if (const auto* const fault = std::get_if<Fault>(&event))
      complain("a fault: " + fault->message);
  }
}

// ── What commands do at once ────────────────────────────────────────────────────────────────────

void Watch::follow_command(const Action& action, const Outcome& outcome) {
  if (outcome.error) return;
  switch (action.verb) {
    case Verb::request:
      follow_request(action, outcome);
      break;
    case Verb::talk:
    case Verb::hush:
      sides_[action.who].talking = action.verb == Verb::talk;
      break;
    case Verb::leave:
      forget(action.who);
      break;
    case Verb::transfer:
      follow_transfer(action);
      break;
    default:
      break;
  }
}

/// A lowering is in force at once, for those for whom the session was authorised before.
void Watch::follow_request(const Action& action, const Outcome& outcome) {
  Side& side = sides_[action.who];
  if (outcome.answer->state != RaiseState::applying) {
    if (action.grant.mode >= side.now.mode) return;
    side.now.mode = action.grant.mode;  // what is lower comes at once
    side.now.targets = action.grant.targets;
    return;
  }
  const Seats authorised = side.now.authorised;
  if (action.grant.push_to_talk != side.now.push_to_talk) side.talking = !action.grant.push_to_talk;
  side.now = action.grant;
  side.now.authorised = authorised;
}

void Watch::follow_transfer(const Action& action) {
  for (Side& side : sides_) {
    if (side.now.agent != action.who || side.now.mode == Mode::takeover) continue;
    side.now.agent = action.other;
    side.now.authorised = static_cast<Seats>(side.now.authorised & ~bit(action.other));
  }
  forget(action.who);
}

/// Somebody has left.
void Watch::forget(Seat seat) {
  const auto keep = static_cast<Seats>(~bit(seat));
  const auto forget_in = [&](Grant& grant) {
    if (grant.agent == seat) grant.agent = nobody;
    grant.targets &= keep;
    grant.authorised &= keep;
  };
  for (Side& side : sides_) {
    forget_in(side.now);
    side.resuming &= keep;
  }
  for (Raise& raise : raises_) {
    forget_in(raise.to);
    raise.phrased[seat] = 0;
  }
  sides_[seat] = {};
  had_company_ &= keep;
  world_.sink.unattended &= keep;
}

/// Whoever is back from hold is not reached at once by those who speak openly. An agent to whom the
/// call is transferred comes to it anew.
void Watch::follow_returns(const Action& action, const Lines& before) {
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const bool returned = before[seat].here && lines_[seat].here &&
                          before[seat].hold != Hold::none && lines_[seat].hold == Hold::none;
    const bool succeeds = action.verb == Verb::transfer && action.other == seat;
    if (!returned || succeeds) continue;
    for (std::size_t other = 0; other < seats; ++other) {
      Side& side = sides_[other];
      const bool reaches =
          (side.now.authorised & bit(seat)) || lines_[seat].role == Role::supervisor;
      if (side.now.mode < Mode::barge || lines_[other].paused || other == seat || !reaches)
        continue;
      side.resuming = static_cast<Seats>(side.resuming | bit(seat));
      side.reached_at[seat] = world_.clock.steady() + std::chrono::milliseconds(300);
    }
  }
}

// ── What poll() tells ───────────────────────────────────────────────────────────────────────────

void Watch::follow_events(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (const auto* const denied = std::get_if<RequestDenied>(&event)) end_raise(denied->session);
    if (const auto* const gone = std::get_if<RequestCancelled>(&event)) end_raise(gone->session);
    if (const auto* const applied = std::get_if<ModeApplied>(&event)) follow_mode_applied(*applied);
    if (const auto* const ended = std::get_if<SessionEnded>(&event)) {
      const auto found = std::find(in_force_.begin(), in_force_.end(), ended->session);
      if (found == in_force_.end()) {
        complain("a session ended twice, or before it was in force");
      } else {
        in_force_.erase(found);
      }
    }
  }
  for (Side& side : sides_) {
    for (std::size_t seat = 0; seat < seats; ++seat) {
      if (side.reached_at[seat] > world_.clock.steady()) continue;
      side.resuming = static_cast<Seats>(side.resuming & ~bit(seat));
    }
  }
}

void Watch::follow_mode_applied(const ModeApplied& applied) {
  const bool known =
      std::find(in_force_.begin(), in_force_.end(), applied.session) != in_force_.end();
  if (applied.from == Mode::off) {
    if (known) return complain("a session came into force twice");
    in_force_.push_back(applied.session);
  } else if (!known) {
    complain("a change of a session that is not in force");
  }
  note_applied(applied);
}

void Watch::follow_raises() {
  for (std::size_t i = 0; i < raises_.size();) {
    const Raise raise = raises_[i];
    const bool newest = std::none_of(raises_.begin(), raises_.end(), [&](const Raise& other) {
      return other.session == raise.session && other.number > raise.number;
    });
    if (follow_raise(raise, newest)) {
      raises_.erase(raises_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

/// A mode may fall by itself. It rises with a raise, or where the agent has left a barge.
void Watch::follow_modes() {
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const Line& line = lines_[seat];
    Side& side = sides_[seat];
    if (!line.here || !line.session || line.session != side.session) {
      if (line.mode != Mode::off) complain("a session is in force that nobody asked for");
      side = {};
      side.session = line.session;
      side.now.mode = line.mode;
      continue;
    }
    if (line.mode > side.now.mode) {
      const auto& verdict =
          world_.authorizer.verdicts[seat][static_cast<std::size_t>(Mode::takeover)];
      const bool promoted = side.now.mode == Mode::barge && line.mode == Mode::takeover &&
                            verdict.permitted && verdict.step == world_.authorizer.step;
      if (!promoted) complain("a mode rose that nobody asked for");
      side.now.agent = nobody;
    }
    side.now.mode = line.mode;
  }
}

// ── Lowerings ───────────────────────────────────────────────────────────────────────────────────

/// What only takes away is never refused, and never waits.
void Watch::check_lowering(const Action& action, const Outcome& outcome, const Lines& before) {
  if (action.who == nobody) return;
  const Mode mode = before[action.who].mode;
  const Mode now = lines_[action.who].mode;
  if (action.verb == Verb::leave && outcome.error) complain("leave() refused");
  const bool supervises = before[action.who].role == Role::supervisor;
  if (action.verb == Verb::force && supervises && static_cast<Mode>(action.value) <= mode) {
    if (outcome.error) complain("force() refused");
    if (now > static_cast<Mode>(action.value)) complain("force() did not lower");
  }
  if (action.verb != Verb::request || !supervises || action.grant.mode >= mode) return;
  const Grant& asked = action.grant;
  const bool is_off = asked.mode == Mode::off;
  const bool is_plain = asked.mode == Mode::monitor && mode >= Mode::barge &&
                        asked.agent != nobody && asked.agent == sides_[action.who].now.agent;
  if (!is_off && !is_plain) return;
  if (outcome.error) return complain("a lowering refused");
  if (outcome.answer->state != RaiseState::applying || now != asked.mode) {
    complain("a lowering waits");
  }
}

}  // namespace barge::explore
