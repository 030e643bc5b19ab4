// SPDX-License-Identifier: Apache-2.0
// One call and its supervision: where media, policy and audit meet.
//
// A raise of privilege goes through fixed states, driven by poll():
//   requested → recorded → durable → obliged → judged again → applied
// It is audible only in the last one. A lowering closes first and is recorded afterwards.
//
// Calls on one bridge are serialised by the host; distinct bridges are independent. A call that
// overlaps another one changes nothing and says so. Nothing here waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <barge/audio.hpp>
#include <barge/audit.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/policy.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

struct BridgeConfig {
  CallGid call{};                   ///< required
  std::string queue{};              ///< the queue that the call came through, for the policy
  Format format{};                  ///< fixed for the bridge's life
  ObligationKinds dischargeable{};  ///< what the host will do when an ObligationDue asks for it
  std::uint32_t max_legs = 1024;    ///< at most 4096
  std::chrono::milliseconds audit_deadline{250};  ///< a record durable later than this denies
  std::chrono::milliseconds authorizer_deadline{2000};
  std::chrono::milliseconds obligation_deadline{30000};
  std::chrono::milliseconds drop_after{3000};  ///< from a takeover that drops to DropAgent
};

struct Joined {
  ParticipantId participant;
  LegId leg;  ///< for the media thread
};

/// What a supervisor wants. Only the mode is required.
struct ModeRequest {
  Mode mode = Mode::monitor;
  std::string reason{};
  ParticipantId agent{};                 ///< whom the session is bound to; default: the only agent
  std::vector<ParticipantId> targets{};  ///< who hears a whisper; default: the bound agent
  std::optional<Ear> ear{};              ///< default: as it is, and both sides at first
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  CommandId command{};  ///< the same id with the same content returns the first answer
};

enum class RaiseState : std::uint8_t {
  requested,  ///< the authorizer has not answered yet
  recorded,   ///< decided and appended to the audit log
  durable,    ///< the record is durable; obligations have started
  obliged,    ///< all obligations are fulfilled; being judged again
  applying,   ///< the plan is published; the media thread has not taken it up yet
  applied,
  denied
};

struct Requested {
  SessionId session;  ///< names it in events and records, also when it was denied at once
  RaiseState state = RaiseState::requested;
  std::optional<Decision> decision;  ///< absent for a lowering, and while the authorizer thinks
};

/// Names one obligation that waits for the host.
enum class ObligationId : std::uint64_t {};

enum class Fulfilment : std::uint8_t { fulfilled, failed };

enum class Cause : std::uint8_t {
  requested,
  forced,
  revoked,     ///< a later judgement denied it
  expired,     ///< a limit was reached
  agent_left,  ///< the bound agent or the target left
  party_joined,
  leg_lost,
  left,  ///< the supervisor left
  call_ended
};

/// The cause's stable name, as written in the audit log.
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(Cause cause) noexcept;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────

/// A mode is in force. For a raise `at` is its first open sample, for a lowering the first sample
/// at which everything that closed is exactly zero.
struct ModeApplied {
  SessionId session;
  ParticipantId supervisor;
  Mode from = Mode::off;
  Mode to = Mode::off;
  SampleIndex at;
  Cause cause = Cause::requested;
};

struct RequestDenied {
  SessionId session;
  ParticipantId supervisor;
  Mode mode = Mode::off;
  Decision decision;
};

/// A pending raise came to nothing without being denied.
struct RequestCancelled {
  SessionId session;
  ParticipantId supervisor;
  Mode mode = Mode::off;
  std::string why;  ///< "replaced", "lowered", "target_changed", "session_ended"
};

/// The host must do this and then call complete().
struct ObligationDue {
  SessionId session;
  ObligationId obligation{};
  ObligationKind kind = ObligationKind::visual;
  std::string id;  ///< of the tone or phrase, or whom to notify; empty for other kinds
  NoticeTo to = NoticeTo::agent;
  std::chrono::milliseconds repeat{0};  ///< of a tone: to be played again at this interval
  bool at_leave = false;                ///< of a tone: to be played when the session ends, too
  bool names_supervisor = false;        ///< of an indicator
  bool acknowledged = false;            ///< of an indicator: complete() once the screen confirms it
  std::string rule;
};

/// A takeover with Disposition::drop has lasted long enough: end the agent's leg and call leave().
struct DropAgent {
  SessionId session;
  ParticipantId agent;
};

/// The media thread reported the leg dead; its supervision is rolled back. Call leave().
struct LegLost {
  ParticipantId participant;
};

/// A connected customer has nobody who can speak to it.
struct CustomerUnattended {
  ParticipantId customer;
};

struct SessionEnded {
  SessionId session;
  ParticipantId supervisor;
  Cause cause = Cause::left;
};

/// A fixed point that turns sample indexes into times: at the start and after a stall.
struct Anchor {
  SampleIndex sample;
  SteadyTime steady;
  WallTime wall;
};

/// Something that the host's operators should know.
struct Fault {
  Errc code = Errc::invalid_argument;
  std::string message;
};

using Event = std::variant<ModeApplied, RequestDenied, RequestCancelled, ObligationDue, DropAgent,
                           LegLost, CustomerUnattended, SessionEnded, Anchor, Fault>;

/// One line of the roster.
struct ParticipantInfo {
  ParticipantId id{};
  LegId leg{};
  Person person{};
  bool muted = false;
  Mode mode = Mode::off;  ///< in force; for supervisors
  std::optional<SessionId> session{};
  std::optional<RaiseState> pending{};
};

/// What the media thread counted.
struct MediaCounters {
  std::uint64_t ticks = 0;
  std::uint64_t refused = 0;  ///< pushes and pulls that did not return ok
};

class BARGE_API Bridge {
 public:
  /// A bridge without parties. The authorizer, the sink and the clock must outlive it.
  /// Fails with invalid_argument.
  /// Thread: control. Realtime-safe: no.
  static Result<Bridge> create(BridgeConfig config, Authorizer& authorizer, AuditSink& sink,
                               const Clock& clock = system_clock());

  Bridge(Bridge&&) noexcept;
  Bridge& operator=(Bridge&&) noexcept;
  ~Bridge();

  /// The handle for the media thread. There is one media thread for a bridge at any time.
  /// Thread: control. Realtime-safe: no.
  MediaPort media_port() const;

  /// Adds a party. It hears and is heard from the next tick on, as its role and mode say. Running
  /// sessions are judged again before they reach it.
  /// Fails with already_joined, too_many_legs, invalid_argument, closed.
  /// Thread: control. Realtime-safe: no.
  Result<Joined> join(Person person);

  /// Removes a party and ends its session; always allowed. Returns unknown_id or stale_id
  /// otherwise. Thread: control. Realtime-safe: no.
  Status leave(ParticipantId participant);

  /// Mutes or un-mutes a party for everybody. Not a raise: it opens nothing that was not
  /// authorised. Thread: control. Realtime-safe: no.
  Status set_muted(ParticipantId participant, bool muted);

  /// Asks for a mode. Lowerings apply at once; raises are pending until poll() reports them. A new
  /// raise replaces a pending one. A denial is no error: see Requested::decision.
  /// Fails with unknown_id, stale_id, wrong_role, invalid_argument, command_reused,
  /// takeover_in_force, closed; nothing is changed then.
  /// Thread: control. Realtime-safe: no.
  Result<Requested> request(ParticipantId supervisor, const ModeRequest& request);

  /// Lowers a supervisor without asking anyone: rude, so it is recorded with its reason.
  /// Fails with not_a_lowering, unknown_id, stale_id, wrong_role.
  /// Thread: control. Realtime-safe: no.
  Status force(ParticipantId supervisor, Mode mode, std::string reason);

  /// Replaces the authorizer, which must outlive the bridge, and judges every session in force or
  /// pending again.
  /// Thread: control. Realtime-safe: no.
  Status set_policy(Authorizer& authorizer);

  /// Reports what became of an obligation. Fails with nothing_pending.
  /// Thread: control. Realtime-safe: no.
  Status complete(ObligationId obligation, Fulfilment fulfilment);

  /// Advances everything that waits for answers, durability, deadlines or the media thread, and
  /// returns what happened, oldest first.
  /// Thread: control. Realtime-safe: no.
  std::vector<Event> poll();

  /// When poll() has something to do by the mere passing of time.
  /// Thread: control. Realtime-safe: no.
  std::optional<SteadyTime> next_deadline() const;

  /// Who is on the call.
  /// Thread: control. Realtime-safe: no.
  Result<std::vector<ParticipantInfo>> participants() const;

  /// Thread: control. Realtime-safe: no.
  MediaCounters media_counters() const;

  /// Ends all sessions and the media: every later tick is closed and silent. Idempotent; the
  /// destructor does the same.
  /// Thread: control. Realtime-safe: no.
  Status close();

 private:
  class BARGE_LOCAL Impl;
  explicit Bridge(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
