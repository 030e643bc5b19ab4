// SPDX-License-Identifier: Apache-2.0
// A call centre that does everything at random.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <barge/barge.hpp>

#include "rt/floor_surroundings.hpp"
#include "support/call.hpp"

namespace barge::test {

/// A call centre at random.
class Centre {
 public:
  Centre(std::uint64_t seed, std::size_t calls)
      : dice(seed), policies{{{dice, clock}, {dice, clock}}}, calls_(calls) {
    FloorConfig config;
    config.usage = &usage;
    config.seed = seed;
    config.remembered_calls = 0;
    floor.emplace(Floor::create(config, policies[0], log, clock).value());
  }

  void open_for_business() {
    media_.emplace(calls_.size(), 2);
    be_calm(false);
  }

  void step() {
    const std::size_t call = dice.below(calls_.size());
    if (dice.one_in(3))
      work_at_the_desk(call);
    else
      work_on(call);
    clock.advance(std::chrono::milliseconds(dice.below(12)));
    if (dice.one_in(4)) poll();
  }

  /// Waits until nobody waits any more.
  void calm_down() {
    be_calm(true);
    for (int round = 0; round < 50 && !is_calm(); ++round) {
      const std::uint64_t seen = media_->rounds();
      while (media_->rounds() < seen + 3)
        std::this_thread::yield();
      clock.advance(5s);
      log.sync();
      poll();
    }
  }
  void be_calm(bool calm) {
    media_->lose_legs(!calm);
    for (RandomAuthorizer& policy : policies)
      policy.be_calm(calm);
  }
  bool is_calm() {
    for (const Place& place : calls_) {
      if (!place.open) continue;
      for (const ParticipantInfo& party : bridge(place).participants().value()) {
        if (party.pending) return false;
      }
    }
    return policies[0].open() + policies[1].open() == 0;
  }

  void close_all() {
    for (Place& place : calls_) {
      if (place.open) expect(floor->close(place.id).has_value(), "a call does not close");
      place.open = false;
    }
    for (const PersonGid& person : signed_on_)
      static_cast<void>(floor->sign_off(person));
    for (const Following& following : floor->followings().value())
      static_cast<void>(floor->unfollow(following.supervisor.id));
    poll();
    const FloorCounters counters = floor->counters().value();
    expect(counters.calls + counters.agents + counters.supervised_calls == 0, "a call is left");
    expect(counters.monitoring + counters.whispering + counters.barging + counters.taken_over == 0,
           "a session is in force");
    expect(counters.help_open + counters.unattended_customers == 0, "somebody waits for help");
    expect(floor->sessions().value().empty(), "a session is left");
    expect(!floor->next_deadline().has_value(), "a deadline is left");
    expect(usage.running() == 0, "a session is counted that has ended");
    expect(policies[0].open() + policies[1].open() == 0, "somebody waits for an answer");
    expect(log.running() == 0, "a session has no end in the log");
    expect(ended == log.sessions(), "not every session has told its end, or one more often");
    signed_on_.clear();
    obligations_.clear();
    playbacks_.clear();
    taps_.clear();
    log.forget();
    rounds += media_->rounds();
    media_.reset();
  }

  void expect(bool holds, const char* failure) {
    if (holds) return;
    std::printf("FAILED: %s\n", failure);
    failed = true;
  }

  FakeClock clock;
  Dice dice;
  std::array<RandomAuthorizer, 2> policies;
  Auditor log;
  WatchedUsage usage;
  std::optional<Floor> floor;
  std::size_t ended = 0;
  std::size_t events = 0;
  std::uint64_t rounds = 0;  ///< how often media ticked all calls
  bool failed = false;

 private:
  struct Place {
    CallId id;
    bool open = false;
    std::string gid;
  };

  Bridge& bridge(const Place& place) { return *floor->bridge(place.id).value(); }

  Person person(Role role) {
    Person person;
    person.role = role;
    if (role == Role::customer) person.id = PersonGid("c" + std::to_string(++customers_));
    if (role == Role::agent) person.id = PersonGid("a" + std::to_string(dice.below(500)));
    if (role == Role::supervisor) person.id = PersonGid("s" + std::to_string(dice.below(60)));
    if (role == Role::agent) person.extension = person.id.text();
    return person;
  }

  void open(std::size_t call) {
    Place& place = calls_[call];
    BridgeConfig config = Call::config(ObligationKind::visual);
    place.gid = "call " + std::to_string(++opened_);
    config.call = CallGid(place.gid);
    config.queue = "q" + std::to_string(dice.below(5));
    config.attributes.internal = dice.one_in(20);
    if (dice.one_in(4)) config.speech = SpeechDetection{};
    if (dice.one_in(4)) config.overload = Overload::limit;
    place.id = floor->open(config).value();
    place.open = true;
    media_->give(call, bridge(place).media_port());
    static_cast<void>(bridge(place).join(person(Role::customer)));
    static_cast<void>(bridge(place).join(person(Role::agent)));
  }

  void work_on(std::size_t call) {
    Place& place = calls_[call];
    if (!place.open) return open(call);
    Bridge& bridge = this->bridge(place);
    const auto parties = bridge.participants().value();
    if (parties.empty() || dice.one_in(40)) {
      expect(floor->close(place.id).has_value(), "a call does not close");
      place.open = false;
      return;
    }
    if (dice.one_in(2))
      supervise(bridge, parties);
    else
      move(call, parties);
    if (floor->bridge(place.id)) media_->seat(call, bridge.participants().value());
  }

  void supervise(Bridge& bridge, const std::vector<ParticipantInfo>& parties) {
    const ParticipantInfo& party = dice.of(parties);
    if (party.person.role != Role::supervisor) {
      if (parties.size() < MediaThreads::most_legs - 1) {
        const auto joined = bridge.join(person(Role::supervisor));
        if (joined) static_cast<void>(bridge.request(joined.value().participant, {}));
      }
      return;
    }
    switch (dice.below(8)) {
      case 0:
        static_cast<void>(bridge.force(party.id, Mode(dice.below(3)), "rude"));
        break;
      case 1:
        static_cast<void>(bridge.hand_back(party.id, Mode(dice.below(4))));
        break;
      case 2:
        static_cast<void>(bridge.set_talking(party.id, dice.one_in(2)));
        break;
      default:
        static_cast<void>(bridge.request(party.id, request(parties)));
    }
  }

  ModeRequest request(const std::vector<ParticipantInfo>& parties) {
    ModeRequest request;
    request.mode = Mode(dice.below(5));
    request.reason = "reason";
    if (dice.one_in(3)) request.agent = dice.of(parties).id;
    if (dice.one_in(4)) request.targets = {dice.of(parties).id};
    if (dice.one_in(4)) request.ear = Ear(dice.below(3));
    request.disposition = Disposition(dice.below(3));
    request.scope = AgentScope(dice.below(2));
    request.follow = Follow(dice.below(2));
    request.push_to_talk = dice.one_in(4);
    return request;
  }

  void move(std::size_t call, const std::vector<ParticipantInfo>& parties) {
    Bridge& bridge = this->bridge(calls_[call]);
    const ParticipantId one = dice.of(parties).id, other = dice.of(parties).id;
    const bool room = parties.size() < MediaThreads::most_legs - 1;
    switch (dice.below(20)) {
      case 0:
      case 1:
        static_cast<void>(bridge.leave(one));
        break;
      case 2:
        if (room) static_cast<void>(bridge.join(person(Role::customer)));
        break;
      case 3:
      case 4:
        if (room) static_cast<void>(bridge.join(person(Role::agent), Ears(dice.below(2))));
        break;
      case 5:
        static_cast<void>(bridge.set_muted(one, dice.one_in(2)));
        break;
      case 6:
        static_cast<void>(bridge.set_edge_muted(one, other, dice.one_in(2)));
        break;
      case 7:
        static_cast<void>(bridge.set_gain(one, other, Gain::linear(dice.one_in(3) ? 0 : 0.5)));
        break;
      case 8:
        static_cast<void>(bridge.hold(one, Hold(dice.below(3))));
        break;
      case 9:
        static_cast<void>(bridge.resume(one));
        break;
      case 10:
        static_cast<void>(bridge.replace_leg(one));
        break;
      case 11:
      case 12:
        transfer(bridge, one, other);
        break;
      case 13:
        consult(bridge, parties, one, other);
        break;
      case 14:
        static_cast<void>(dice.one_in(2) ? bridge.park() : bridge.retrieve());
        break;
      case 15:
        merge(call, parties.size());
        break;
      case 16:
        change_attributes(bridge);
        break;
      default:
        make_sounds(bridge, one, other);
    }
  }

  void transfer(Bridge& bridge, ParticipantId from, ParticipantId to) {
    Transfer transfer{from, person(Role::agent), {}};
    if (dice.one_in(4)) transfer.to = to;
    if (dice.one_in(2)) transfer.queue = "q" + std::to_string(dice.below(5));
    static_cast<void>(bridge.transfer(transfer));
  }

  void consult(Bridge& bridge, const std::vector<ParticipantInfo>& parties, ParticipantId one,
               ParticipantId other) {
    for (const ParticipantInfo& party : parties) {
      if (party.conversation == ConversationId::main) continue;
      static_cast<void>(bridge.end_consult(party.conversation));
      return;
    }
    if (dice.one_in(2))
      static_cast<void>(bridge.consult(one, other));
    else
      static_cast<void>(bridge.consult(one, person(Role::agent)));
  }

  void merge(std::size_t call, std::size_t parties) {
    const std::size_t other = dice.below(calls_.size());
    if (other == call || !calls_[other].open) return;
    Bridge& from = bridge(calls_[other]);
    if (parties + from.participants().value().size() > MediaThreads::most_legs) return;
    if (bridge(calls_[call]).merge(from)) calls_[other].open = false;
  }

  void change_attributes(Bridge& bridge) {
    CallAttributes attributes;
    attributes.consent = Consent(dice.below(6));
    attributes.card_data = dice.one_in(4);
    attributes.internal = dice.one_in(10);
    static_cast<void>(bridge.set_attributes(attributes));
  }

  void make_sounds(Bridge& bridge, ParticipantId one, ParticipantId other) {
    if (dice.one_in(2)) {
      Clip clip{SampleRate::hz_16000, std::make_shared<std::vector<Sample>>(1600, Sample{500})};
      const auto playback = bridge.play({clip, {one}, dice.one_in(2) ? other : ParticipantId()});
      if (playback) playbacks_.push_back(playback.value());
    } else if (const auto tap = bridge.tap(one, Track(dice.below(2)))) {
      taps_.push_back(tap.value());
    }
    if (!taps_.empty() && dice.one_in(2)) static_cast<void>(bridge.untap(dice.of(taps_)));
    if (!playbacks_.empty() && dice.one_in(2)) static_cast<void>(bridge.stop(dice.of(playbacks_)));
  }

  void work_at_the_desk(std::size_t call) {
    const Place& place = calls_[call];
    const Person supervisor = person(Role::supervisor);
    const CallGid gid(place.gid);
    switch (dice.below(12)) {
      case 0:
        signed_on_.insert(supervisor.id);
        static_cast<void>(floor->sign_on(supervisor));
        break;
      case 1:
        static_cast<void>(floor->sign_off(supervisor.id));
        break;
      case 2:
        static_cast<void>(floor->follow({supervisor, person(Role::agent).id, "follow"}));
        break;
      case 3:
        ask_for_help(place);
        break;
      case 4:
        answer_help();
        break;
      case 5:
        static_cast<void>(floor->flag_risk(place.id, {70, "abuse", "reference"}));
        break;
      case 6:
        static_cast<void>(floor->record_wrapup(gid, {Outcome::saved, "billing", {}, {}, {}}));
        static_cast<void>(floor->record_satisfaction(gid, {Role::customer, 3, 5}));
        break;
      case 7:
        if (dice.one_in(50)) static_cast<void>(floor->set_policy(policies[dice.below(2)]));
        break;
      case 8:
        log.sync();
        break;
      case 9:
        complete();
        break;
      default:
        pick(supervisor);
    }
  }

  void ask_for_help(const Place& place) {
    if (!place.open) return;
    for (const ParticipantInfo& party : bridge(place).participants().value()) {
      if (party.person.role != Role::agent) continue;
      static_cast<void>(floor->request_help(place.id, {party.person.id, "help"}));
    }
  }

  void answer_help() {
    const auto open = floor->open_help().value();
    if (open.empty()) return;
    const HelpId help = dice.of(open).id;
    if (dice.one_in(2))
      static_cast<void>(floor->cancel_help(help));
    else
      static_cast<void>(floor->accept_help(help, person(Role::supervisor).id));
  }

  void complete() {
    if (obligations_.empty()) return;
    const std::size_t which = dice.below(obligations_.size());
    const auto [call, obligation] = obligations_[which];
    obligations_.erase(obligations_.begin() + static_cast<std::ptrdiff_t>(which));
    if (const auto bridge = floor->bridge(call)) {
      static_cast<void>(bridge.value()->complete(obligation, Fulfilment(dice.below(2))));
    }
  }

  void pick(const Person& supervisor) {
    const decltype(Selection::by) ways[] = {NextInQueue{}, RandomSample{{"q1"}}, Cycle{},
                                            ByAgent{person(Role::agent).id}};
    const auto call = floor->pick({supervisor.id, ways[dice.below(4)]});
    if (!call) return;
    Bridge& bridge = *floor->bridge(call.value()).value();
    const auto parties = bridge.participants().value();
    if (parties.size() >= MediaThreads::most_legs) return;
    const auto joined = bridge.join(supervisor);
    expect(joined.has_value(), "a supervisor got a call that it is on");
    if (joined) static_cast<void>(bridge.request(joined.value().participant, request(parties)));
  }

  void poll() {
    for (const FloorEvent& event : floor->poll_ready()) {
      ++events;
      if (event.get_if<SessionEnded>() != nullptr) ++ended;
      if (const auto* const due = event.get_if<ObligationDue>()) {
        obligations_.emplace_back(event.call, due->obligation);
      }
      const auto* const fault = event.get_if<Fault>();
      const bool overlaps = fault != nullptr && fault->code == Errc::concurrent_control;
      expect(!overlaps, "control calls overlapped");
    }
    if (obligations_.size() > 100)
      obligations_.erase(obligations_.begin(), obligations_.begin() + 50);
  }

  std::vector<Place> calls_;
  std::uint64_t customers_ = 0;
  std::uint64_t opened_ = 0;
  std::set<PersonGid> signed_on_;
  std::vector<std::pair<CallId, ObligationId>> obligations_;
  std::vector<PlaybackId> playbacks_;
  std::vector<LegId> taps_;
  std::optional<MediaThreads> media_;
};

}  // namespace barge::test
