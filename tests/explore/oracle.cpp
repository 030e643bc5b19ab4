// SPDX-License-Identifier: Apache-2.0
#include "oracle.hpp"

namespace barge::explore {
namespace {

constexpr Seats without(Seats set, Seats others) {
  return static_cast<Seats>(set & ~others);
}

template <class Condition>
Seats those(const CallView& call, const Condition& condition) {
  Seats set = 0;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (call.persons[seat].here && condition(call.persons[seat])) {
      set = static_cast<Seats>(set | bit(seat));
    }
  }
  return set;
}

Seats with_role(const CallView& call, Role role) {
  return those(call, [&](const PersonView& person) { return person.role == role; });
}

Seats in_conversation(const CallView& call, std::uint32_t conversation) {
  return those(call, [&](const PersonView& person) { return person.conversation == conversation; });
}

bool speaks_openly(const Grant& grant) {
  return grant.mode == Mode::barge || grant.mode == Mode::takeover;
}

Seats replaced_by(const CallView& call, const Grant& grant) {
  if (grant.mode != Mode::takeover) return 0;
  const Seats all = grant.scope == AgentScope::all ? grant.authorised : Seats{0};
  return static_cast<Seats>(with_role(call, Role::agent) & (bit(grant.agent) | all));
}

/// Agents whom a takeover has put on hold.
Seats put_on_hold(const CallView& call) {
  Seats held = 0;
  for (const SessionView& session : call.sessions) {
    if (session.now.disposition == Disposition::listen) continue;
    held = static_cast<Seats>(held | replaced_by(call, session.now));
  }
  return held;
}

/// The customers' only company is never shut off: who took over, or who barged in where nobody took
/// over, while no agent can speak.
bool is_shielded(const CallView& call, const Grant& grant) {
  if (!call.shielded) return false;
  const Seats silent =
      static_cast<Seats>(replaced_in(call) | those(call, [](const PersonView& person) {
                           return person.hold != Hold::none;
                         }));
  if (without(with_role(call, Role::agent) & in_conversation(call, 0), silent)) return true;
  bool taken_over = false;
  for (const SessionView& session : call.sessions)
    taken_over |= session.now.mode == Mode::takeover;
  return taken_over ? grant.mode != Mode::takeover : !speaks_openly(grant);
}

/// Whom the session lets its supervisor hear, in the call itself and in consultations.
Seats ear_of(const CallView& call, const SessionView& session) {
  const Seats in_call = in_conversation(call, 0);
  const Seats supervisors = with_role(call, Role::supervisor);
  Seats side = all_seats;
  if (!speaks_openly(session.now)) {
    if (session.now.ear == Ear::customer_side) side = with_role(call, Role::customer);
    if (session.now.ear == Ear::agent_side) side = without(side, with_role(call, Role::customer));
  }
  side &= static_cast<Seats>(session.now.authorised | supervisors);
  const bool consults = session.hears_consultations && !speaks_openly(session.now);
  return consults ? side : static_cast<Seats>(side & in_call);
}

/// Whom the session lets its supervisor speak to.
Seats voice_of(const CallView& call, const SessionView& session) {
  Seats reached = speaks_openly(session.now) ? all_seats : Seats{0};
  if (session.now.mode == Mode::whisper) reached = session.now.targets;
  reached &= static_cast<Seats>(session.now.authorised | with_role(call, Role::supervisor));
  return without(reached, session.resuming);
}

class Drawing {
 public:
  explicit Drawing(const CallView& call) : call_(call), in_call_(in_conversation(call, 0)) {}

  Matrix draw() {
    const Seats plain = plain_in(call_);
    for (std::size_t seat = 0; seat < seats; ++seat) {
      if (plain & bit(seat)) heard_[seat] = plain & in_call_;
    }
    for (std::size_t seat = 0; seat < seats; ++seat) {
      if (is_awake(seat)) add(seat);
    }
    strike();
    return heard_;
  }

 private:
  bool is_awake(std::size_t seat) const {
    const SessionView& session = call_.sessions[seat];
    return session.now.mode != Mode::off && !session.paused && !is_shielded(call_, session.now);
  }

  bool is_talking(std::size_t seat) const {
    return is_awake(seat) && call_.sessions[seat].talking && (in_call_ & bit(seat));
  }

  void add(std::size_t seat) {
    const SessionView& session = call_.sessions[seat];
    const Seats ear = ear_of(call_, session);
    const Seats supervisors = with_role(call_, Role::supervisor);
    heard_[seat] = static_cast<Seats>(heard_[seat] | without(ear, supervisors & in_call_));
    for (std::size_t other = 0; other < seats; ++other) {
      if (!(ear & supervisors & bit(other)) || !is_talking(other)) continue;
      const SessionView& voice = call_.sessions[other];
      const bool coached = session.now.agent == other && voice.now.mode >= Mode::whisper &&
                           !(voice.resuming & bit(seat));
      if (coached || (voice_of(call_, voice) & bit(seat))) {
        heard_[seat] = static_cast<Seats>(heard_[seat] | bit(other));
      }
    }
    if (!is_talking(seat)) return;
    const Seats reached = static_cast<Seats>(voice_of(call_, session) & plain_in(call_) & in_call_);
    for (std::size_t listener = 0; listener < seats; ++listener) {
      if (reached & bit(listener))
        heard_[listener] = static_cast<Seats>(heard_[listener] | bit(seat));
    }
  }

  void strike() {
    const Seats held =
        those(call_, [](const PersonView& person) { return person.hold != Hold::none; }) & in_call_;
    const Seats deaf = static_cast<Seats>(held | (put_on_hold(call_) & in_call_));
    const Seats quiet =
        static_cast<Seats>(those(call_, [](const PersonView& person) { return person.muted; }) |
                           those(call_, [](const PersonView& person) { return person.lost; }));
    for (std::size_t seat = 0; seat < seats; ++seat) {
      const PersonView& person = call_.persons[seat];
      heard_[seat] = without(heard_[seat], deaf | replaced_in(call_));
      if (deaf & bit(seat)) heard_[seat] = 0;
      if (person.conversation != 0) heard_[seat] = in_conversation(call_, person.conversation);
      heard_[seat] = without(heard_[seat], quiet | bit(seat));
      if (!person.here) heard_[seat] = 0;
    }
  }

  const CallView& call_;
  const Seats in_call_;
  Matrix heard_{};
};

}  // namespace

Seats plain_in(const CallView& call) {
  return static_cast<Seats>(with_role(call, Role::customer) | with_role(call, Role::agent));
}

Seats replaced_in(const CallView& call) {
  Seats replaced = 0;
  for (const SessionView& session : call.sessions)
    replaced = static_cast<Seats>(replaced | replaced_by(call, session.now));
  return replaced;
}

Seats replaced_twice_in(const CallView& call) {
  Seats once = 0, twice = 0;
  for (const SessionView& session : call.sessions) {
    const Seats replaced = replaced_by(call, session.now);
    twice = static_cast<Seats>(twice | (once & replaced));
    once = static_cast<Seats>(once | replaced);
  }
  return twice;
}

Matrix heard_in(const CallView& call) {
  return Drawing(call).draw();
}

Matrix could_hear_in(CallView call) {
  for (PersonView& person : call.persons)
    person.muted = false;
  for (SessionView& session : call.sessions) {
    session.talking = true;
    session.resuming = 0;
  }
  return heard_in(call);
}

}  // namespace barge::explore
