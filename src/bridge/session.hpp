// SPDX-License-Identifier: Apache-2.0
// A supervisor's session: what is in force, and the raise that is on its way.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <barge/bridge.hpp>

namespace barge {

/// What a session is, or is to become. Owns what SessionState borrows.
struct Settings {
  Mode mode = Mode::off;
  ParticipantId agent;
  Ear ear = Ear::both;
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  Follow follow = Follow::call;
  bool push_to_talk = false;
  std::vector<ParticipantId> targets;
  std::vector<ParticipantId> authorised;

  SessionState view(ParticipantId supervisor) const {
    return {supervisor, mode, agent, ear, disposition, scope, targets, authorised};
  }
};

/// The settings in a lower mode. A whisper is to the agent, as far as it may be.
inline Settings lowered(Settings settings, Mode mode) {
  const bool begins = mode == Mode::whisper && settings.mode > Mode::whisper;
  settings.mode = mode;
  if (begins) settings.targets.clear();
  if (begins && contains(settings.authorised, settings.agent)) settings.targets = {settings.agent};
  if (mode == Mode::whisper && settings.targets.empty()) settings.mode = Mode::monitor;
  return settings;
}

/// What both terms give: a later judgement takes away, and gives nothing that was not asked for.
Terms narrower(const Terms& a, const Terms& b);

inline void erase_id(std::vector<ParticipantId>& ids, ParticipantId id) {
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

/// A question about a session, with what has been answered of it. Where agents are to stay as
/// listeners, each of them needs a grant as well.
struct Inquiry {
  std::optional<AuthorizerTicket> open;  ///< about the supervisor
  std::optional<Decision> decision;
  std::vector<AuthorizerTicket> listeners;
  bool agents_may_listen = true;
  bool ahead = false;  ///< about the instant at which the permission in force may end
  SteadyTime deadline;
};

/// One thing that has to be done before a raise may go on: by the host, or by the bridge itself.
struct Duty {
  ObligationDue due;
  bool fulfilled = false;
  bool played = false;  ///< by the bridge
  LegId sound;          ///< which it is, once it has begun
};

/// A gain that waits for a permission.
struct GainRaise {
  ParticipantId listener;
  ParticipantId speaker;
  Gain gain;
};

/// A raise between its request and its plan.
struct Pending {
  Settings to;
  std::string reason;
  Cause cause = Cause::requested;
  RaiseState state = RaiseState::requested;
  Inquiry inquiry;                    ///< in states requested and obliged
  std::optional<Inquiry> recheck;     ///< in between, after the facts have changed
  std::optional<AuditTicket> record;  ///< in state recorded
  Decision decision;                  ///< from state recorded on
  std::vector<Duty> duties;           ///< from state durable on
  std::vector<GainRaise> gains;
  SteadyTime deadline;  ///< of the state it is in
  SteadyTime give_up;   ///< of the whole, however often it begins again
};

/// What the host and the bridge did for a mode that was raised to.
struct Discharged {
  Mode mode = Mode::off;
  Obligations obligations;
};

struct Session {
  SessionId id;
  SessionGid gid;
  ParticipantId supervisor;
  PersonGid supervisor_gid;
  Settings now;
  std::optional<Pending> pending;
  std::optional<Inquiry> review;         ///< the session in force is being judged again
  std::optional<Inquiry> promotion;      ///< from barge to takeover, since the agent has left
  std::optional<WallTime> reviewed_for;  ///< the valid_until that was asked about last

  bool talking = true;
  bool paused = false;
  std::vector<ParticipantId> resuming;  ///< back from hold, not reached yet
  std::vector<SteadyTime> resume_at;    ///< of each of them
  Terms terms;                          ///< of the permission in force

  /// The settings as the rules see them, in this session as it is now.
  SessionState state(const Settings& settings) const {
    SessionState state = settings.view(supervisor);
    state.consult = terms.consult;
    state.talking = talking;
    state.paused = paused;
    state.resuming = resuming;
    return state;
  }
  SessionState state() const { return state(now); }

  bool joined = false;     ///< has been in force at least once
  bool on_record = false;  ///< its session.joined is written and its session.left is not
  bool ended = false;      ///< over; kept until its last record is written
  bool unattended_barge = false;
  std::string reason;  ///< of the raise in force
  std::optional<Decision> last_denial;
  std::vector<AuditTicket> late_records;  ///< decisions that became durable too late, if ever
  std::uint64_t sequence = 0;
  std::uint64_t revision = 0;           ///< of the plan that its last change of mode came with
  std::vector<Discharged> discharged;   ///< by mode; the last one is in force
  std::optional<SteadyTime> extend_at;  ///< when to ask again for a newcomer
  Revocation on_revoke;
  std::optional<Revocation> owed;  ///< once the customer has somebody else
  SteadyTime joined_at;
  std::uint64_t heard = 0;  ///< samples of conversation, under plans that are gone
  std::chrono::steady_clock::duration whisper_used{0};
  std::optional<SteadyTime> whisper_since;
  std::optional<std::chrono::seconds> max_session;
  std::optional<std::chrono::seconds> max_whisper;
  std::optional<WallTime> valid_until_wall;
  std::optional<SteadyTime> valid_until;
  std::optional<SteadyTime> revoked_at;  ///< when the grace of a revocation is over
  std::optional<SteadyTime> drop_at;     ///< when a takeover that drops becomes final
  PersonGid agent_gid;                   ///< of the agent bound last, who may have left

  /// What passing time will make of the session. The sample index is fixed when the limit is set:
  /// a later plan must not move what the media thread may have acted upon.
  struct Limit {
    SteadyTime at;
    Mode then = Mode::off;
    std::uint64_t sample = 0;
  };
  std::vector<Limit> limits;  ///< by time
  std::chrono::steady_clock::duration whispered(SteadyTime at) const {
    return whisper_used + (whisper_since ? at - *whisper_since : SteadyTime::duration{0});
  }
  bool in_force() const noexcept { return !ended && now.mode != Mode::off; }
};

}  // namespace barge
