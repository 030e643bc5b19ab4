// SPDX-License-Identifier: Apache-2.0
// What stands behind a floor. Its parts are spread over files by what they do:
//   floor.cpp      one control call at a time
//   calls.cpp      which calls are live, and what goes on there
//   poll.cpp       which bridges have something, and what they tell
//   selection.cpp  a call for a supervisor
//   follow.cpp     to an agent's next call
//   desk.cpp       help, risks, guidance
//   eligible.cpp   who may be told
//   aftermath.cpp  what is said of a call afterwards
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <barge/floor.hpp>

#include "floor/call.hpp"
#include "floor/random.hpp"
#include "floor/tally.hpp"
#include "media/ready.hpp"

namespace barge {

class Floor::Impl {
 public:
  Impl(FloorConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock);

  // The public operations; floor.cpp keeps them from overlapping.
  Result<CallId> open(BridgeConfig config);
  Status close(CallId call);
  Result<Bridge*> bridge(CallId call);
  Result<CallId> find(const CallGid& call);
  std::vector<CallId> calls_of(const PersonGid& person);
  std::vector<CallId> calls_at(const std::string& extension);
  Result<CallId> pick(const Selection& selection);
  std::vector<FloorEvent> poll_ready();
  std::optional<SteadyTime> next_deadline() const;
  std::vector<LiveCall> calls();
  std::vector<LiveAgent> agents();
  std::vector<Supervision> sessions();
  FloorCounters counters();
  Status set_policy(Authorizer& authorizer);
  Status sign_on(Person supervisor);
  Status sign_off(const PersonGid& supervisor);
  Status follow(Following following);
  Status unfollow(const PersonGid& supervisor);
  const std::vector<Following>& followings() const noexcept { return followings_; }
  Result<HelpId> request_help(CallId call, HelpRequest request);
  Status cancel_help(HelpId help);
  Status accept_help(HelpId help, const PersonGid& supervisor);
  std::vector<OpenHelp> open_help() const;
  Status flag_risk(CallId call, RiskFlag flag);
  Status note_guidance(CallId call, Guidance guidance);
  Status record_wrapup(const CallGid& call, Wrapup wrapup);
  Status record_satisfaction(const CallGid& call, const Satisfaction& satisfaction);
  Status note_coaching(const CallGid& call, const CoachingNote& note);

  /// Set while a control call runs.
  std::atomic<bool> busy{false};

 private:
  /// A request for help that is open.
  struct Help {
    OpenHelp open;
    std::vector<PersonGid> shown_to;
  };

  using News = std::variant<HelpId, RiskFlag, Guidance>;

  /// Whether a supervisor may be told of something.
  struct Question {
    AuthorizerTicket ticket{};
    PersonGid supervisor;
    CallId call;
    News news;
    SteadyTime deadline;
  };

  /// A call that is over.
  struct Past {
    CallGid gid;
    CallId id;
    std::vector<SessionSummary> sessions;  ///< until the debriefing
    std::optional<Wrapup> wrapup;
  };

  // calls.cpp
  Result<Call*> find(CallId call);
  Result<Call*> find_live(CallId call);
  template <class Wanted>
  std::vector<CallId> calls_with(const Wanted& wanted);
  void touch(Call& call);
  void catch_up();
  bool look_at(Call& call);
  void observe(Call& call);
  void end(Call& call, Cause cause);

  // poll.cpp
  std::vector<std::uint64_t> due();
  void poll(Call& call);
  void take_events(Call& call);
  void take(Call& call, const Event& event);
  void take(Call& call, const ModeApplied& applied);
  void finish_session(Call& call, const SessionEnded& ended);
  void tell(const Call& call, decltype(FloorEvent::what) what);

  // selection.cpp
  Result<Call*> choose(const Selection& selection);
  Result<Call*> by_id(const CallGid& call, const PersonGid& supervisor) const;
  template <class Wanted>
  Result<Call*> latest(const PersonGid& supervisor, const Wanted& wanted) const;
  std::vector<Call*> queued(const std::vector<std::string>& queues,
                            const PersonGid& supervisor) const;

  // follow.cpp
  void begin_following(Following following);
  void lead_followers(Call& call);
  bool lead(const Following& following, Call& call);
  Result<Followed> join(const Following& following, Call& call) const;

  // desk.cpp
  std::vector<Help>::iterator find_help(HelpId help);
  void close_help(std::vector<Help>::iterator help, HelpEnd end, const PersonGid& by = {});
  void watch_help(const Call& call, HelpEnd end);
  Status record(RecordType type, const CallGid& call, std::vector<AuditField> data);
  void record_or_tell(RecordType type, const Call& call, std::vector<AuditField> data);

  // eligible.cpp
  void offer(const Call& call, const News& news);
  void offer(const Person& supervisor, const Call& call, const News& news);
  void offer_open_help(const Person& supervisor);
  void ask_again(Authorizer& authorizer);
  AccessRequest question(const Person& supervisor, const Call& call, const News& news) const;
  void advance_questions();
  bool is_settled(const Question& question);
  void show(const Question& question, const Call& call);
  template <class Over>
  void forget_questions(const Over& over) {
    const auto forgotten = [&](const Question& question) {
      if (!over(question)) return false;
      authorizer_->forget(question.ticket);
      return true;
    };
    questions_.erase(std::remove_if(questions_.begin(), questions_.end(), forgotten),
                     questions_.end());
  }

  // aftermath.cpp
  Past* find_past(const CallGid& call);
  Status check_known(const CallGid& call);
  void remember(Call& call);
  void debrief(Past& past);

  const FloorConfig config_;
  Authorizer* authorizer_;
  AuditSink* const sink_;
  const Clock* const clock_;
  MemoryUsage own_usage_;
  Tally tally_;  ///< between the bridges and the sink
  Random random_;

  std::map<std::uint64_t, std::unique_ptr<Call>> calls_;  ///< in the order of opening
  std::map<CallGid, Call*> by_gid_;
  std::vector<Call*> slots_;  ///< by CallId; null: free
  std::vector<std::uint32_t> generations_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t calls_opened_ = 0;
  std::uint64_t picks_ = 0;

  // Which bridges have something.
  const std::shared_ptr<media::ReadyList> ready_;  ///< those whose media threads report, by number
  std::vector<std::uint64_t> touched_;             ///< by number, as the two below
  std::vector<std::uint64_t> waiting_;
  std::set<std::pair<SteadyTime, std::uint64_t>> deadlines_;

  std::vector<Person> signed_on_;
  std::vector<Following> followings_;
  std::vector<Help> help_;
  std::uint64_t help_made_ = 0;
  std::vector<Question> questions_;
  std::deque<Past> past_;  ///< oldest first
  std::uint64_t raises_denied_ = 0;
  std::uint64_t raises_applied_ = 0;
  std::vector<FloorEvent> events_;
};

}  // namespace barge
