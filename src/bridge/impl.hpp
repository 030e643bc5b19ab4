// SPDX-License-Identifier: Apache-2.0
// The control side of one call. Its parts are spread over files by what they do:
//   membership.cpp  who is on the call
//   request.cpp     what a supervisor asks for
//   raise.cpp       the fixed states that a raise goes through
//   review.cpp      judging a session in force again
//   lowering.cpp    what closes at once
//   report.cpp      what the media thread and the clock bring about
#pragma once

#include <atomic>
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
#include "media/engine.hpp"

namespace barge {

class Bridge::Impl {
 public:
  Impl(BridgeConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock);

  // The public operations; bridge.cpp keeps them from overlapping.
  Result<Joined> join(Person person, Ears ears);
  Status leave(ParticipantId participant);
  Status set_muted(ParticipantId participant, bool muted);
  Status set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted);
  Status set_gain(ParticipantId listener, ParticipantId speaker, Gain gain);
  Result<Requested> request(ParticipantId supervisor, const ModeRequest& request);
  Status force(ParticipantId supervisor, Mode mode, std::string reason);
  Status set_policy(Authorizer& authorizer);
  Status complete(ObligationId obligation, Fulfilment fulfilment);
  std::vector<Event> poll();
  std::optional<SteadyTime> next_deadline() const;
  std::vector<ParticipantInfo> participants() const;
  Status close();

  const std::shared_ptr<media::Engine>& engine() const noexcept { return engine_; }

  /// Set while a control call runs.
  std::atomic<bool> busy{false};

 private:
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

  // membership.cpp
  Status check_join(const Person& person) const;
  void forget_party(ParticipantId party);
  Result<EdgeSetting*> edge(ParticipantId listener, ParticipantId speaker);
  void watch_customers();
  bool attended(const Scene& scene, const PartyState& customer) const;

  // request.cpp
  Result<Requested> decide(const Member& supervisor, const ModeRequest& request);
  Result<Settings> resolve(const Member& supervisor, const ModeRequest& request) const;
  Result<ParticipantId> resolve_agent(const Session* session, const ModeRequest& request) const;
  Status check_parties(const Member& supervisor, const Settings& settings) const;
  Status check_takeover(const Member& supervisor, const Settings& settings) const;
  bool coaches(ParticipantId coach, ParticipantId agent) const;
  bool agent_is_replaced(const Session* except, const Settings& settings) const;

  // raise.cpp
  void propose(Session& session, Settings to, std::string reason, Cause cause);
  AccessRequest question(const Session& session, const Settings& settings,
                         const std::string& reason) const;
  void advance(Session& session);
  bool advance_requested(Session& session);
  bool advance_recorded(Session& session);
  bool advance_durable(Session& session);
  bool advance_obliged(Session& session);
  std::optional<Decision> answer(Session& session);
  void enforce(Decision& decision, const AccessRequest& request) const;
  std::optional<AuditTicket> record_decision(Session& session, const Decision& decision,
                                             const AccessRequest& request);
  void start_duties(Session& session);
  void add_duty(Session& session, ObligationDue due);
  void apply(Session& session, const Decision& decision);
  void deny(Session& session, const Decision& decision);
  void deny(Session& session, DecisionCode code);
  void cancel(Session& session, std::string why);
  void withdraw(std::optional<AuthorizerTicket>& question);
  void extend(Session& session);

  // review.cpp
  void review(Session& session);
  void advance_review(Session& session);
  void revoke(Session& session, const Revocation& revocation);
  void accept_limits(Session& session, const Decision& decision);

  // lowering.cpp
  void lower(Session& session, Settings to, Cause cause, std::string reason = {});
  void lower_to(Session& session, Mode mode, Cause cause, std::string reason = {});
  void settle(Session& session, Settings to);
  void set_limits(Session& session);
  void sweep();

  // report.cpp
  void publish();
  void catch_up();
  void collect_reports();
  void collect_routings(const media::Plan& plan, Published& published);
  void collect_losses(const media::Plan& plan);
  void read_reports();
  void finish_changes(const Report& report);
  void fall_back(const Report& report);
  void read_losses();
  void finish(const Change& change, SampleIndex at);
  void record_change(Session& session, const Change& change, SampleIndex at);
  void record_takeover(Session& session, const Change& change, SampleIndex at);
  void watch_limits();
  void watch_extensions();
  void watch_drops();
  void watch_late_records();
  void watch_media_clock();
  void watch_speech();
  const media::Meter* meter(const Member& member) const;

  Session* find_session(SessionId id);
  Session* session_of(ParticipantId supervisor);
  const Session* session_of(ParticipantId supervisor) const;
  Session& add_session(const Member& supervisor);

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
  std::vector<ParticipantId> unattended_;

  struct Command {
    ParticipantId supervisor;
    ModeRequest content;
    Requested answer;
  };
  std::map<CommandId, Command> commands_;

  std::uint64_t revision_ = 0;
  std::vector<Change> changes_;
  std::vector<Published> published_;
  std::vector<Report> reports_;
  std::vector<LegId> losses_;
  std::optional<Anchor> anchor_;
  std::vector<Event> events_;
  bool closed_ = false;
};

}  // namespace barge
