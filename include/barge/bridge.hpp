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

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <barge/audio.hpp>
#include <barge/audit.hpp>
#include <barge/bridge_config.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/events.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/policy.hpp>
#include <barge/result.hpp>
#include <barge/supervision.hpp>

BARGE_NAMESPACE_BEGIN

/// What the media thread counted.
struct MediaCounters {
  std::uint64_t ticks = 0;
  std::uint64_t refused = 0;  ///< pushes and pulls that were misuse, by their status
};

class BARGE_API Bridge {
 public:
  /// A bridge without parties. The authorizer, the sink and the clock must outlive it.
  /// Fails with invalid_argument, wrong_format for announcements of another rate.
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
  /// edge that is closed; up from zero at a supervisor's ear or voice it is a raise, and takes
  /// effect once that is permitted. Fails with unknown_id, stale_id.
  /// Thread: control. Realtime-safe: no.
  Status set_gain(ParticipantId listener, ParticipantId speaker, Gain gain);

  // ── Supervision ──

  /// Asks for a mode. Lowerings apply at once; raises are pending until poll() reports them. A new
  /// raise replaces a pending one. A denial is no error: see Requested::decision.
  /// Fails with unknown_id, stale_id, wrong_role, invalid_argument, command_reused,
  /// takeover_in_force, closed; nothing is changed then.
  /// Thread: control. Realtime-safe: no.
  Result<Requested> request(ParticipantId supervisor, const ModeRequest& request);

  /// Gives the agents back whom a takeover has replaced, and lowers the supervisor.
  /// Fails with wrong_role where it has taken over from nobody, agent_gone after the agent has
  /// left, not_a_lowering, unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Status hand_back(ParticipantId supervisor, Mode to = Mode::monitor);

  /// Opens or closes the voice of a session that asked for push-to-talk, within what it was
  /// permitted. Fails with wrong_role without such a session, unknown_id, stale_id.
  /// Thread: control. Realtime-safe: no.
  Status set_talking(ParticipantId supervisor, bool talking);

  /// Lowers a supervisor without asking anyone: rude, so it is recorded with its reason.
  /// Fails with not_a_lowering, unknown_id, stale_id, wrong_role.
  /// Thread: control. Realtime-safe: no.
  Status force(ParticipantId supervisor, Mode mode, std::string reason);

  // ── When the call moves: each is atomic on one tick ──

  /// Puts a party on hold: nobody hears it, and it hears the hold source, or nothing where the far
  /// end holds. Fails with unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Status hold(ParticipantId participant, Hold kind = Hold::local);

  /// Takes a party off hold. Supervisors who speak openly get a cue; their voice reaches the party
  /// after BridgeConfig::resume_delay: EdgeReopened. Fails with unknown_id, stale_id.
  /// Thread: control. Realtime-safe: no.
  Status resume(ParticipantId participant);

  /// Gives a party a new leg, after a re-INVITE or a move to another media server; sessions stay
  /// with the party. The former leg is refused. Fails with unknown_id, stale_id, closed.
  /// Thread: control. Realtime-safe: no.
  Result<Joined> replace_leg(ParticipantId participant);

  /// Gives an agent's place to another one, in one plan. Sessions follow the call or the agent, as
  /// they were asked to; those that stay are in monitor at most until they have been judged for the
  /// new agent and queue, and everybody has been noticed. A takeover stays with the customer.
  /// Customers whom this side held are off hold. To a supervisor: it becomes the agent, and its
  /// session ends. Fails with wrong_role, already_joined, too_many_legs,
  /// invalid_argument, unknown_id, stale_id, takeover_in_force where a takeover follows the agent,
  /// closed. Thread: control. Realtime-safe: no.
  Result<Joined> transfer(const Transfer& transfer);

  /// Lets two speak apart from the call, in one plan with the second one's joining. They hear each
  /// other and nobody else; what supervisors hear of it is in the terms of their permission. It
  /// ends when either leaves. Fails with invalid_argument for somebody who consults already, as
  /// join() does, unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Result<Consultation> consult(ParticipantId party, const Party& with);

  /// Ends a consultation: its parties are in the call again, which for a newcomer is to join it.
  /// Fails with unknown_id.
  /// Thread: control. Realtime-safe: no.
  Status end_consult(ConversationId conversation);

  /// Parks the call: customers are on hold, sessions wait and end at BridgeConfig::park_limit. A
  /// customer whom a takeover served is unattended. Thread: control. Realtime-safe: no.
  Status park();

  /// Retrieves a parked call. Fails with nothing_pending. Thread: control. Realtime-safe: no.
  Status retrieve();

  /// Moves all parties of the other bridge, which has to be of the same format, to this one, and
  /// closes it. Sessions go on among those for whom they were permitted, and are judged again for
  /// the rest; a supervisor of both keeps its leg here, and one session in the lower mode. Returns
  /// the new handles. On failure nothing has moved: too_many_legs, already_joined,
  /// invalid_argument, closed, concurrent_control. Thread: control. Realtime-safe: no.
  Result<std::vector<Moved>> merge(Bridge& other);

  /// What is known of the call has changed: sessions are judged again. From the tick on, card data
  /// is shielded, and after a withdrawal of consent nothing is recorded.
  /// Thread: control. Realtime-safe: no.
  Status set_attributes(const CallAttributes& attributes);

  // ── Sounds and recordings ──

  /// Plays a clip to chosen parties; ClipFinished reports its end.
  /// Fails with wrong_format for a clip of another rate, invalid_argument for an empty one or
  /// nobody to hear it, not_authorised where its supervisor may not speak to all of them,
  /// unknown_id, stale_id, too_many_legs, closed. Thread: control. Realtime-safe: no.
  Result<PlaybackId> play(const Playback& playback);

  /// Stops a clip. Fails with nothing_pending. Thread: control. Realtime-safe: no.
  Status stop(PlaybackId playback);

  /// Something for a recorder to pull on the media thread, like a leg, until the party leaves.
  /// The order in which taps come and go is without meaning. Fails with unknown_id, stale_id,
  /// closed. Thread: control. Realtime-safe: no.
  Result<LegId> tap(ParticipantId participant, Track track);

  /// Fails with nothing_pending. Thread: control. Realtime-safe: no.
  Status untap(LegId tap);

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

  /// Who is on the call as the asker may see it: a supervisor sees everybody; a plain party sees a
  /// supervisor whom it hears, or whom its indicator shows, by name only where that says so.
  /// Fails with unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Result<std::vector<ParticipantInfo>> roster(ParticipantId asker) const;

  /// Thread: control. Realtime-safe: no.
  MediaCounters media_counters() const;

  /// Ends all sessions and the media: every later tick is closed and silent. Idempotent; the
  /// destructor does the same.
  /// Thread: control. Realtime-safe: no.
  Status close();

 private:
  friend class FloorAccess;  // a floor looks at its bridges more closely
  class BARGE_LOCAL Impl;
  explicit Bridge(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
