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
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <barge/audio.hpp>
#include <barge/audit.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/events.hpp>
#include <barge/ids.hpp>
#include <barge/level.hpp>
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
  Overload overload = Overload::saturate;
  /// Measures levels and reports who speaks; absent: neither costs anything.
  std::optional<SpeechDetection> speech{};
  /// Where the media thread's state of this bridge lives. With thousands of bridges, a pool on huge
  /// pages keeps them from waiting for memory. It is used by the bridge's control thread, and by
  /// whoever drops the bridge's last port; if those are several threads it has to be synchronised.
  /// It must outlive bridge and ports, and must not fail.
  std::pmr::memory_resource* media_memory = std::pmr::new_delete_resource();
  /// The gain of the customers in an agent's ear while a supervisor whispers to that agent.
  Gain whisper_duck{};
};

/// One ear or two. The left one, which is also the only one, is the leg itself.
enum class Ears : std::uint8_t {
  mono,
  stereo  ///< left: all but the customers; right: all but the agents
};

struct Joined {
  ParticipantId participant;
  LegId leg;        ///< for the media thread
  LegId right_ear;  ///< of a stereo listener: pulled like a leg, never pushed
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

/// One line of the roster.
struct ParticipantInfo {
  ParticipantId id{};
  LegId leg{};
  Person person{};
  bool muted = false;
  Mode mode = Mode::off;  ///< in force; for supervisors
  std::optional<SessionId> session{};
  std::optional<RaiseState> pending{};
  Level level{};          ///< of its latest frame; where speech is detected
  bool speaking = false;  ///< where speech is detected
};

/// What the media thread counted.
struct MediaCounters {
  std::uint64_t ticks = 0;
  std::uint64_t refused = 0;  ///< pushes and pulls that were misuse, by their status
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
  Result<Joined> join(Person person, Ears ears = Ears::mono);

  /// Removes a party and ends its session; always allowed. Returns unknown_id or stale_id
  /// otherwise. Thread: control. Realtime-safe: no.
  Status leave(ParticipantId participant);

  /// Mutes or un-mutes a party for everybody. Not a raise: it opens nothing that was not
  /// authorised. Thread: control. Realtime-safe: no.
  Status set_muted(ParticipantId participant, bool muted);

  /// Mutes or un-mutes one party for one listener. Opens nothing that was not authorised.
  /// Fails with unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Status set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted);

  /// Sets how loud the listener hears the speaker, for as long as both stay. A gain never opens an
  /// edge that is closed. Fails with unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Status set_gain(ParticipantId listener, ParticipantId speaker, Gain gain);

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
