// SPDX-License-Identifier: Apache-2.0
// The control side of one call. Its parts are spread over files by what they do:
//   membership.cpp  who is on the call
//   view.cpp        who may see it
//   request.cpp     what a supervisor asks for
//   inquiry.cpp     asking the authorizer, and what its answer comes to
//   raise.cpp       the fixed states that a raise goes through
//   notice.cpp      what is due before a raise
//   review.cpp      judging a session again
//   lowering.cpp    what closes at once
//   takeover.cpp    in the agent's place, and who is left for the customer
//   moves.cpp       hold, consultation, park, new legs
//   transfer.cpp    another agent
//   merge.cpp       another call
//   attributes.cpp  consent, card data
//   sounds.cpp      what the bridge plays, and what recorders get
//   report.cpp      what the media thread brings about
//   watch.cpp       what passing time brings about
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <barge/bridge.hpp>

#include "bridge/compile.hpp"
#include "bridge/journal.hpp"
#include "bridge/roster.hpp"
#include "bridge/session.hpp"
#include "bridge/situation.hpp"
#include "media/engine.hpp"

namespace barge {

/// How long before a permission may end by itself it is asked what comes after.
inline constexpr std::chrono::seconds review_ahead{2};

class Bridge::Impl {  // NOLINT(clang-analyzer-optin.performance.Padding): by meaning
 public:
  Impl(BridgeConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock);

  // The public operations; bridge.cpp keeps them from overlapping.
  Result<Joined> join(Person person, Ears ears);
  Status leave(ParticipantId participant);
  Status set_muted(ParticipantId participant, bool muted);
  Status set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted);
  Status set_gain(ParticipantId listener, ParticipantId speaker, Gain gain);
  Result<Requested> request(ParticipantId supervisor, const ModeRequest& request);
  Status hand_back(ParticipantId supervisor, Mode to);
  Status set_talking(ParticipantId supervisor, bool talking);
  Status force(ParticipantId supervisor, Mode mode, std::string reason);
  Status hold(ParticipantId participant, Hold kind);
  Status resume(ParticipantId participant);
  Result<Joined> replace_leg(ParticipantId participant);
  Result<Joined> transfer(const Transfer& transfer);
  Result<Consultation> consult(ParticipantId party, const Party& with);
  Status end_consult(ConversationId conversation);
  Status park();
  Status retrieve();
  Result<std::vector<Moved>> merge(Impl& other);
  Status set_attributes(const CallAttributes& attributes);
  Result<PlaybackId> play(const Playback& playback);
  Status stop(PlaybackId playback);
  Result<LegId> tap(ParticipantId participant, Track track);
  Status untap(LegId tap);
  Status set_policy(Authorizer& authorizer);
  Status complete(ObligationId obligation, Fulfilment fulfilment);
  std::vector<Event> poll();
  std::optional<SteadyTime> next_deadline() const;
  std::vector<ParticipantInfo> participants() const;
  bool is_applying(const Session& session) const;
  Result<std::vector<ParticipantInfo>> roster(ParticipantId asker) const;
  Status close();

  /// Ends every control call: what it changed becomes the next plan.
  void publish();

  const std::shared_ptr<media::Engine>& engine() const noexcept { return engine_; }

  /// Set while a control call runs.
  std::atomic<bool> busy{false};

 private:
  friend class FloorAccess;

  /// A change of mode that is published and waits for the media thread.
  struct Change {
    std::uint64_t revision = 0;
    ModeApplied applied;
    Settings before;
    Settings after;
    bool raise = false;
    std::string reason;
  };

  /// What a published plan's fallbacks mean, and which of its routings have been reported applied.
  struct Published {
    std::uint64_t revision = 0;
    std::vector<Fallback> fallbacks;
    std::vector<bool> reported;
  };

  /// The media thread took a routing into force.
  struct Report {
    std::uint64_t revision = 0;
    Fallback fallback;
    SampleIndex at;
  };

  /// An event that waits for the sample index at which its plan is taken up.
  struct Awaited {
    std::uint64_t revision = 0;
    Event event;
  };

  enum class Purpose : std::uint8_t { notice, periodic, leave_tone, cue, hold_source, clip };

  /// A sound that is in the plan.
  struct Playing {
    Sound sound;
    Purpose purpose = Purpose::clip;
    SessionId session;
    std::string notice{};                     ///< the id of a tone or phrase
    PlaybackId playback{};                    ///< of a clip
    std::optional<std::uint64_t> stops_with;  ///< the plan in which nobody hears it any more
    std::optional<SampleIndex> from;          ///< of its first playing, as media has reported it
    std::optional<SampleIndex> to;
  };

  // membership.cpp
  Status check_join(const Person& person) const;
  void begin(Member& member);
  void party_joined();
  void forget_party(ParticipantId party);
  void remove_party(const Member& member);
  void leave_session(Session& session, ParticipantId agent);
  Result<EdgeSetting*> edge(ParticipantId listener, ParticipantId speaker);
  Session* edge_session(ParticipantId listener, ParticipantId speaker);

  // request.cpp
  Result<Requested> decide(const Member& supervisor, const ModeRequest& request);
  Result<Settings> resolve(const Member& supervisor, const ModeRequest& request) const;
  Result<ParticipantId> resolve_agent(const Session* session, const ModeRequest& request) const;
  Status check_parties(const Member& supervisor, const Settings& settings) const;
  bool coaches(ParticipantId coach, ParticipantId other) const;
  void remember(ParticipantId supervisor, const ModeRequest& request, const Requested& answer);

  // inquiry.cpp
  AccessRequest question(const Session& session, const Settings& settings,
                         const std::string& reason) const;
  AccessRequest listener_question(const Settings& settings, const Member& agent) const;
  Inquiry inquire(const Session& session, const Settings& settings, const std::string& reason,
                  std::optional<WallTime> as_of = {});
  bool is_answered(Inquiry& inquiry);
  Decision judgement(const Inquiry& inquiry, const Session& session, const Settings& settings,
                     const std::string& reason) const;
  void enforce(Decision& decision, const Session& session, const AccessRequest& request) const;
  void enforce_call(Decision& decision, const Session& session, Mode mode) const;
  Use use_of(const Session& session, const Settings& settings) const;
  bool has_room(const Session& session, const Settings& settings,
                const Obligations& obligations) const;
  bool take_room(const Session& session, const Settings& settings, const Obligations& obligations);
  void withdraw(Inquiry& inquiry);
  void withdraw(std::optional<Inquiry>& inquiry);

  // raise.cpp
  void propose(Session& session, Settings to, std::string reason, Cause cause);
  void begin_again(Session& session);
  void advance(Session& session);
  bool advance_requested(Session& session);
  bool advance_recorded(Session& session);
  bool advance_durable(Session& session);
  bool advance_obliged(Session& session);
  bool advance_recheck(Session& session);
  std::optional<AuditTicket> record_decision(Session& session, const Decision& decision,
                                             const AccessRequest& request);
  void apply(Session& session, const Inquiry& inquiry, const Decision& decision);
  void deny(Session& session, const Decision& decision);
  void deny(Session& session, DecisionCode code);
  void cancel(Session& session, std::string why);
  void drop_pending(Session& session);
  void extend(Session& session);
  void extend_all();

  // notice.cpp
  bool plays(ObligationKind kind, const std::string& id) const;
  ObligationKinds needed_from_host(const Obligations& obligations) const;
  void start_duties(Session& session);
  void start_next_notice(Session& session);
  std::optional<Sound> sound_of(const ObligationDue& due) const;
  std::vector<ParticipantId> listeners_of(const Session& session, const ObligationDue& due) const;
  void finish_notice(Session& session, Duty& duty, const Playing& playing);
  void fail_notices(Session& session);
  void stop_notices(const Session& session);
  void keep_periodic(Session& session);
  void return_to_periodic(const Session& session);
  void play_leave_tones(const Session& session);

  // review.cpp
  void judge_again(Session& session);
  void judge_all_again();
  void judge_pending_again();
  void ask_again(Session& session);
  void review(Session& session);
  void advance_review(Session& session);
  void watch_validity();
  void revoke(Session& session, const Revocation& revocation);
  void accept(Session& session, const Decision& decision);

  // lowering.cpp
  void lower(Session& session, Settings to, Cause cause, std::string reason = {});
  void lower_to(Session& session, Mode mode, Cause cause, std::string reason = {});
  void settle(Session& session, Settings to);
  void settle_duties(Session& session);
  void set_limits(Session& session);
  void sweep();

  // takeover.cpp
  Status check_takeover(const Member& supervisor, const Settings& settings) const;
  bool agent_is_replaced(const Session* except, const Settings& settings) const;
  bool may_replace_now(const Session& session) const;
  void watch_barges();
  void promote(Session& session);
  void advance_promotion(Session& session);
  bool attends_alone(const Session& session) const;
  bool attended(const Scene& scene, const PartyState& customer) const;
  std::vector<SessionState> speaking_states(const Session* except) const;
  bool is_needed(const Session& session) const;
  void watch_customers() noexcept { customers_watched_ = true; }
  void look_after_customers();
  void report_customers();
  void report_unattended(ParticipantId customer);
  void watch_drops();

  // moves.cpp
  void record_move(const char* move, const Member& member, std::vector<AuditField> more = {});
  void take_off_hold(bool (*is_meant)(const Member&));
  void open_later(ParticipantId party);
  void watch_resumes();
  void leave_conversation(Member& member);

  // transfer.cpp
  Status check_transfer(const Transfer& transfer);
  Status check_successor(const Transfer& transfer);
  void hand_over(Session& session, ParticipantId from, ParticipantId to);
  void become_agent(Member& member);

  // merge.cpp
  class NewIds;
  Status check_merge(const Impl& other) const;
  void adopt_parties(const Impl& other, NewIds& now);
  void adopt_session(Impl& other, Session& session, const NewIds& now,
                     std::vector<Change>& underway);
  std::optional<Pending> take_pending(Session& session);
  void forget_changes(SessionId session);

  // attributes.cpp
  void combine_attributes(const CallAttributes& others);
  void record_attributes(const CallAttributes& before);
  void follow_attributes();
  void follow_attributes(Session& session);
  bool refuses_consent() const noexcept;

  // sounds.cpp
  LegId start(Sound sound, Purpose purpose, SessionId session, std::string notice = {});
  void fade(Playing& playing);
  void stop_sounds(Purpose purpose, SessionId session);
  void cue(const Session& session);
  void update_hold_source();
  void update_clips();
  std::vector<Sound> heard_sounds() const;
  Status check_playback(const Playback& playback);
  void forget_listener(ParticipantId party);
  void remove_taps(ParticipantId party);
  void collect_sounds(const media::Plan& plan);
  void finish_sounds();
  void note_notice(const Playing& playing);

  // report.cpp
  void advance_session(Session& session);
  void replan() noexcept { replan_ = true; }
  std::uint64_t next_revision() const noexcept { return revision_ + 1; }
  void catch_up();
  void collect_reports();
  void collect_routings(const media::Plan& plan, Published& published);
  void collect_losses(const media::Plan& plan);
  void count_heard(const media::Plan& plan);
  std::uint64_t heard_samples(const Session& session) const;
  void read_reports();
  void finish_changes(const Report& report);
  void fall_back(const Report& report);
  void read_losses();
  void finish(const Change& change, SampleIndex at);
  void record_change(Session& session, const Change& change, SampleIndex at);
  void record_takeover(Session& session, const Change& change, SampleIndex at);
  PersonGid follows(const Session& session, const Change& change) const;
  void mark_supervision(SampleIndex at);
  std::chrono::seconds heard(const Session& session) const;

  // watch.cpp
  void watch_limits();
  void watch_extensions();
  void watch_late_records();
  void watch_media_clock();
  void watch_speech();
  void watch_flow();
  void note_flow(Member& member, bool pushed, bool pulled);
  const media::Plan* newest_plan_with(const Member& member) const;

  Session* find_session(SessionId id);
  Session* session_of(ParticipantId supervisor);
  const Session* session_of(ParticipantId supervisor) const;
  Session& add_session(const Member& supervisor);
  void shut(Cause cause);
  /// The sessions in force as the rules see them.
  std::vector<SessionState> session_states() const;
  std::string gid_of(ParticipantId id) const;

  BridgeConfig config_;
  const PlanOptions plan_options_;
  Authorizer* authorizer_;
  const Clock* clock_;
  Journal journal_;
  std::shared_ptr<media::Engine> engine_;
  media::PlanPtr closed_plan_;  ///< made early: the end must not depend on memory

  Roster roster_;
  std::vector<Session> sessions_;
  std::vector<std::uint32_t> session_generations_;
  std::uint64_t sessions_made_ = 0;
  std::uint64_t obligations_made_ = 0;
  std::uint64_t playbacks_made_ = 0;
  std::uint32_t conversations_made_ = 0;
  std::vector<ParticipantId> unattended_;
  bool customers_watched_ = false;
  std::optional<SteadyTime> parked_until_;

  std::vector<Playing> playing_;
  std::vector<Tap> taps_;

  struct Command {
    ParticipantId supervisor;
    ModeRequest content;
    Requested answer;
  };
  std::map<CommandId, Command> commands_;
  std::deque<CommandId> command_order_;

  bool replan_ = false;
  std::uint64_t revision_ = 0;          ///< of the plan that was published last
  std::uint64_t applied_revision_ = 0;  ///< of the newest plan that media has mixed under
  std::vector<Change> changes_;
  std::vector<Awaited> awaited_;
  std::vector<Published> published_;
  std::vector<Report> reports_;
  std::vector<LegId> losses_;
  std::optional<Anchor> anchor_;
  std::uint64_t flow_changes_ = 0;
  bool marked_supervised_ = false;
  std::vector<Event> events_;
  bool closed_ = false;
};

}  // namespace barge
