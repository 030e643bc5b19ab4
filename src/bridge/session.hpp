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
  std::vector<ParticipantId> targets;
  std::vector<ParticipantId> authorised;

  SessionState view(ParticipantId supervisor) const {
    return {supervisor, mode, agent, ear, disposition, scope, targets, authorised};
  }
};

inline void erase_id(std::vector<ParticipantId>& ids, ParticipantId id) {
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

/// One thing that the host has to do before a raise may go on.
struct Duty {
  ObligationId id{};
  bool fulfilled = false;
};

/// A raise between its request and its plan.
struct Pending {
  Settings to;
  std::string reason;
  Cause cause = Cause::requested;
  RaiseState state = RaiseState::requested;
  std::optional<AuthorizerTicket> question;  ///< in states requested and obliged
  std::optional<AuditTicket> record;         ///< in state recorded
  Decision decision;                         ///< from state recorded on
  std::vector<Duty> duties;                  ///< from state durable on
  SteadyTime deadline;                       ///< of the state it is in
};

struct Session {
  SessionId id;
  SessionGid gid;
  ParticipantId supervisor;
  PersonGid supervisor_gid;
  Settings now;
  std::optional<Pending> pending;
  std::optional<AuthorizerTicket> review;  ///< the session in force is being judged again
  SteadyTime review_deadline;

  bool joined = false;     ///< has been in force at least once
  bool on_record = false;  ///< its session.joined is written and its session.left is not
  bool ended = false;      ///< over; kept until its last record is written
  std::string reason;      ///< of the raise in force
  std::optional<Decision> last_denial;
  std::vector<AuditTicket> late_records;  ///< decisions that became durable too late, if ever
  std::uint64_t sequence = 0;
  std::uint64_t revision = 0;           ///< of the plan that its last change of mode came with
  Obligations discharged;               ///< what the host did for the raise in force
  std::optional<SteadyTime> extend_at;  ///< when to ask again for a newcomer
  Revocation on_revoke;
  SteadyTime joined_at;
  std::optional<SampleIndex> joined_sample;  ///< once the media thread has taken it up
  std::chrono::steady_clock::duration whisper_used{0};
  std::optional<SteadyTime> whisper_since;
  std::optional<std::chrono::seconds> max_session;
  std::optional<std::chrono::seconds> max_whisper;
  std::optional<SteadyTime> valid_until;
  std::optional<SteadyTime> drop_at;  ///< when a takeover that drops becomes final

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
};

}  // namespace barge
