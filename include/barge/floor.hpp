// SPDX-License-Identifier: Apache-2.0
// Every live call of a node, and who supervises it.
//
//   Floor floor = Floor::create({}, authorizer, sink).value();
//   const CallId call = floor.open(config).value();
//   floor.bridge(call).value()->join(agent);                // one call: see bridge.hpp
//   …
//   const CallId next = floor.pick({supervisor.id, NextInQueue{{"sales"}}}).value();
//   …
//   for (const FloorEvent& event : floor.poll_ready())      // 50 times a second, say
//     if (const auto* help = event.get_if<HelpRequested>()) show(help->supervisor, *help);
//
// poll_ready() looks at those bridges only that have something: idle calls cost nothing.
//
// Control calls on a floor and on its bridges are serialised by the host; one that overlaps another
// changes nothing and says so. The bridges' media ports run on any threads. A host with several
// control threads has a floor for each, and caps that all of them share: FloorConfig::usage.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <barge/audit.hpp>
#include <barge/bridge.hpp>
#include <barge/call_attributes.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/desk.hpp>
#include <barge/ids.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/policy.hpp>
#include <barge/result.hpp>
#include <barge/usage.hpp>

BARGE_NAMESPACE_BEGIN

struct FloorConfig {
  /// Where uses are counted for caps across calls; null: the floor counts its own. Floors that
  /// share one share their caps. It must outlive the floor.
  UsageCounts* usage = nullptr;
  std::optional<std::uint64_t> seed{};  ///< of random samples; absent: from the clock
  /// Calls that are over and still take wrap-ups; the oldest are forgotten first.
  std::size_t remembered_calls = 1000;
  /// How long to wait for whether a supervisor may be told of a call; then it is not told.
  std::chrono::milliseconds authorizer_deadline{2000};
};

struct LiveCall {
  CallId id{};
  CallGid gid{};
  std::string queue{};
  CallAttributes attributes{};
  SteadyTime opened{};
  std::vector<PersonGid> customers{};
  std::vector<PersonGid> agents{};
  bool supervised = false;                      ///< a session is in force
  std::optional<SteadyTime> last_supervised{};  ///< when a session was last in force
};

struct LiveAgent {
  Person person{};
  std::vector<CallId> calls{};  ///< in the order in which they were opened
};

/// A session in force.
struct Supervision {
  SessionGid session{};
  PersonGid supervisor{};
  CallId call{};
  PersonGid agent{};
  Mode mode = Mode::off;
  SteadyTime since{};  ///< when this mode came into force
};

/// A request for help that is open.
struct OpenHelp {
  HelpId id{};
  CallId call{};
  HelpRequest request{};
  SteadyTime since{};
};

/// What stands on a wallboard.
struct FloorCounters {
  std::size_t calls = 0;
  std::size_t agents = 0;
  std::size_t supervised_calls = 0;
  std::size_t monitoring = 0;  ///< sessions in force, by mode
  std::size_t whispering = 0;
  std::size_t barging = 0;
  std::size_t taken_over = 0;
  std::size_t help_open = 0;
  std::size_t unattended_customers = 0;
  // Since the floor was made.
  std::uint64_t raises_requested = 0;
  std::uint64_t raises_denied = 0;
  std::uint64_t raises_applied = 0;
};

class BARGE_API Floor {
 public:
  /// A floor without calls. The authorizer, the sink and the clock serve all its bridges and must
  /// outlive it. Fails with invalid_argument.
  /// Thread: control. Realtime-safe: no.
  static Result<Floor> create(FloorConfig config, Authorizer& authorizer, AuditSink& sink,
                              const Clock& clock = system_clock());

  Floor(Floor&&) noexcept;
  Floor& operator=(Floor&&) noexcept;
  /// Closes every call.
  ~Floor();

  // ── Calls ──

  /// Opens a bridge for a call. Without counts of its own it shares the floor's.
  /// Fails with invalid_argument for a call that is open already, and as Bridge::create does.
  /// Thread: control. Realtime-safe: no.
  Result<CallId> open(BridgeConfig config);

  /// Ends a call and closes its bridge, whose last events come with the next poll_ready().
  /// Fails with unknown_id, stale_id. Thread: control. Realtime-safe: no.
  Status close(CallId call);

  /// The call's bridge, never null. Whoever reaches a bridge here has it polled next time; so ask
  /// anew for each turn of work. It is there until the call is closed, or a poll_ready() finds that
  /// it was merged into another one. Fails with unknown_id, stale_id.
  /// Thread: control. Realtime-safe: no.
  Result<Bridge*> bridge(CallId call);

  /// The live call of a global id. Fails with unknown_id. Thread: control. Realtime-safe: no.
  Result<CallId> find(const CallGid& call) const;

  /// The calls that a person is on, in whatever role, in the order in which they were opened.
  /// Fails with concurrent_control. Thread: control. Realtime-safe: no.
  Result<std::vector<CallId>> calls_of(const PersonGid& person) const;

  /// The calls that have an agent at this extension, in the order in which they were opened.
  /// Fails with concurrent_control. Thread: control. Realtime-safe: no.
  Result<std::vector<CallId>> calls_at(const std::string& extension) const;

  /// A call for a supervisor to join. Fails with unknown_id where there is none of this selection,
  /// wrong_role for one that the supervisor is a party of, already_joined for one that it is on as
  /// a supervisor. Thread: control. Realtime-safe: no.
  Result<CallId> pick(const Selection& selection);

  // ── What goes on ──

  /// Advances every bridge that has something, and returns what happened; of one call, oldest
  /// first. Call it when next_deadline() is reached, when the authorizer or the sink has an answer,
  /// and often enough to take up what media threads report: each 20 ms is usual.
  /// Thread: control. Realtime-safe: no.
  std::vector<FloorEvent> poll_ready();

  /// When poll_ready() has something to do by the mere passing of time.
  /// Thread: control. Realtime-safe: no.
  std::optional<SteadyTime> next_deadline() const;

  /// All live calls, in the order in which they were opened. Fails with concurrent_control.
  /// Thread: control. Realtime-safe: no.
  Result<std::vector<LiveCall>> calls() const;

  /// All agents on live calls, by id. Fails with concurrent_control.
  /// Thread: control. Realtime-safe: no.
  Result<std::vector<LiveAgent>> agents() const;

  /// All sessions in force, call by call. Fails with concurrent_control.
  /// Thread: control. Realtime-safe: no.
  Result<std::vector<Supervision>> sessions() const;

  /// Fails with concurrent_control. Thread: control. Realtime-safe: no.
  Result<FloorCounters> counters() const;

  /// Replaces the authorizer, which must outlive the floor, for all calls, and judges every session
  /// again. Thread: control. Realtime-safe: no.
  Status set_policy(Authorizer& authorizer);

  // ── Supervisors ──

  /// A supervisor is there to be told of help requests and risks; again: with other roles or
  /// queues. Fails with invalid_argument without an id, wrong_role.
  /// Thread: control. Realtime-safe: no.
  Status sign_on(Person supervisor);

  /// It is told of nothing more, and follows nobody. Sessions go on.
  /// Fails with unknown_id. Thread: control. Realtime-safe: no.
  Status sign_off(const PersonGid& supervisor);

  /// Makes a supervisor follow an agent: as soon as the agent is on a call, it joins that, asks for
  /// monitor, and Followed tells. A session that ended because its agent left does so by itself
  /// where it asked for Follow::agent. One following leads to one call.
  /// Fails with invalid_argument without ids, wrong_role. Thread: control. Realtime-safe: no.
  Status follow(Following following);

  /// The supervisor follows nobody any more. Fails with nothing_pending.
  /// Thread: control. Realtime-safe: no.
  Status unfollow(const PersonGid& supervisor);

  /// Who waits for whose next call. Fails with concurrent_control.
  /// Thread: control. Realtime-safe: no.
  Result<std::vector<Following>> followings() const;

  // ── During a call ──

  /// An agent on the call asks for help. Every supervisor who is signed on, or signs on while it is
  /// open, and for whom the authorizer permits monitor, is told: HelpRequested. Again: the same id.
  /// Fails with unknown_id, stale_id, wrong_role for somebody who is no agent of the call.
  /// Thread: control. Realtime-safe: no.
  Result<HelpId> request_help(CallId call, HelpRequest request);

  /// Fails with nothing_pending for one that is not open. Thread: control. Realtime-safe: no.
  Status cancel_help(HelpId help);

  /// A supervisor takes it over. Fails with nothing_pending for one that is not open,
  /// not_authorised for somebody who was not told. Thread: control. Realtime-safe: no.
  Status accept_help(HelpId help, const PersonGid& supervisor);

  /// Fails with concurrent_control. Thread: control. Realtime-safe: no.
  Result<std::vector<OpenHelp>> open_help() const;

  /// Records a risk, and tells the supervisors signed on who may monitor the call: RiskFlagged.
  /// Fails with unknown_id, stale_id, invalid_argument. Thread: control. Realtime-safe: no.
  Status flag_risk(CallId call, RiskFlag flag);

  /// Records what an assistant showed an agent, and tells the supervisors signed on who may monitor
  /// the call: GuidanceShown. Fails with unknown_id, stale_id, wrong_role for somebody who is no
  /// agent of the call. Thread: control. Realtime-safe: no.
  Status note_guidance(CallId call, Guidance guidance);

  // ── After a call, or before its end ──

  /// Records how the call went; Debrief tells of it once the call is over. The latest one counts.
  /// Fails with unknown_id for a call that is neither live nor remembered.
  /// Thread: control. Realtime-safe: no.
  Status record_wrapup(const CallGid& call, Wrapup wrapup);

  /// Records an answer to a survey. Fails with unknown_id as above, invalid_argument.
  /// Thread: control. Realtime-safe: no.
  Status record_satisfaction(const CallGid& call, const Satisfaction& satisfaction);

  /// Records that somebody wrote about the call. Fails with unknown_id as above, invalid_argument.
  /// Thread: control. Realtime-safe: no.
  Status note_coaching(const CallGid& call, const CoachingNote& note);

 private:
  class BARGE_LOCAL Impl;
  explicit Floor(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
