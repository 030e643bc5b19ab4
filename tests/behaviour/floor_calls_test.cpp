// SPDX-License-Identifier: Apache-2.0
// Which calls are live, who supervises them, and which of their bridges are polled.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<PersonGid>& people) {
  std::vector<std::string> texts;
  for (const PersonGid& person : people)
    texts.push_back(person.text());
  return texts;
}

TEST(FloorCalls, ShowsEveryLiveCallAndWhoSupervisesIt) {
  Office office;
  Line& first = office.call("c1", "ann");
  Line& second = office.call("c2", "bob", "claims");
  office.join(second, Role::agent, "ann");
  office.supervise(first, "sue");
  const SteadyTime monitored = office.clock.steady();
  office.clock.advance(5s);
  office.supervise(first, "sue", {Mode::barge, "angry"});

  const auto calls = office.floor->calls().value();
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0].id, first.id);
  EXPECT_EQ(calls[0].gid, CallGid("c1"));
  EXPECT_EQ(calls[0].queue, "sales");
  EXPECT_THAT(texts(calls[0].customers), ElementsAre("customer of c1"));
  EXPECT_THAT(texts(calls[0].agents), ElementsAre("ann"));
  EXPECT_TRUE(calls[0].supervised);
  EXPECT_EQ(calls[1].queue, "claims");
  EXPECT_THAT(texts(calls[1].agents), ElementsAre("bob", "ann"));
  EXPECT_FALSE(calls[1].supervised);
  EXPECT_FALSE(calls[1].last_supervised.has_value());

  const auto agents = office.floor->agents().value();
  ASSERT_EQ(agents.size(), 2U);
  EXPECT_EQ(agents[0].person.id, PersonGid("ann"));
  EXPECT_THAT(agents[0].calls, ElementsAre(first.id, second.id));
  EXPECT_THAT(agents[1].calls, ElementsAre(second.id));

  const auto sessions = office.floor->sessions().value();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].supervisor, PersonGid("sue"));
  EXPECT_EQ(sessions[0].agent, PersonGid("ann"));
  EXPECT_EQ(sessions[0].call, first.id);
  EXPECT_EQ(sessions[0].mode, Mode::barge);
  EXPECT_EQ(sessions[0].session, office.records(RecordType::session_joined).at(0).session);
  EXPECT_GE(sessions[0].since, monitored + 5s);

  office.close(first);
  EXPECT_THAT(office.floor->sessions().value(), IsEmpty());
  EXPECT_EQ(office.floor->calls().value().size(), 1U);
  EXPECT_THAT(office.floor->agents().value().at(0).calls, ElementsAre(second.id));
}

TEST(FloorCalls, ARequestThatWaitsIsNoSession) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.authorizer.answer = [](const AccessRequest&) { return std::nullopt; };
  office.supervise(line, "sue");
  EXPECT_THAT(office.floor->sessions().value(), IsEmpty());
  EXPECT_FALSE(office.floor->calls().value().at(0).supervised);
}

TEST(FloorCalls, ACallThatWasMergedIntoAnotherIsGone) {
  Office office;
  Line& first = office.call("c1", "ann");
  Line& second = office.call("c2", "bob");
  office.supervise(second, "sue");
  Bridge& into = office.bridge(first);
  static_cast<void>(into.merge(office.bridge(second)).value());
  office.settle();
  const auto calls = office.floor->calls().value();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_THAT(texts(calls[0].agents), ElementsAre("ann", "bob"));
  EXPECT_EQ(office.floor->find(CallGid("c2")).error().code, Errc::unknown_id);
  EXPECT_EQ(office.floor->bridge(second.id).error().code, Errc::stale_id);
  const auto sessions = office.floor->sessions().value();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].call, first.id);
}

TEST(FloorCalls, AreFoundByTheirIdByAPersonAndByAnExtension) {
  Office office;
  Line& first = office.open(Office::config("c1"));
  Line& second = office.open(Office::config("c2"));
  office.join(first, Office::person(Role::agent, "ann", "4711"));
  office.join(second, Office::person(Role::agent, "ann", "4711"));
  office.join(second, Office::person(Role::customer, "cid", "4712"));
  const Floor& floor = *office.floor;
  EXPECT_EQ(floor.find(CallGid("c2")).value(), second.id);
  EXPECT_EQ(floor.find(CallGid("c3")).error().code, Errc::unknown_id);
  EXPECT_THAT(floor.calls_of(PersonGid("ann")).value(), ElementsAre(first.id, second.id));
  EXPECT_THAT(floor.calls_of(PersonGid("cid")).value(), ElementsAre(second.id));
  EXPECT_THAT(floor.calls_of(PersonGid("bob")).value(), IsEmpty());
  EXPECT_THAT(floor.calls_at("4711").value(), ElementsAre(first.id, second.id));
  EXPECT_THAT(floor.calls_at("4712").value(), IsEmpty()) << "no agent's";
  EXPECT_THAT(floor.calls_at("").value(), IsEmpty()) << "nobody's extension";
}

TEST(FloorCalls, AnIdOfACallThatIsOverIsNeverAppliedToAnother) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.close(line);
  Line& next = office.call("c2", "bob");
  EXPECT_EQ(line.id.slot(), next.id.slot());
  EXPECT_EQ(office.floor->bridge(line.id).error().code, Errc::stale_id);
  EXPECT_EQ(office.floor->close(line.id).error().code, Errc::stale_id);
  EXPECT_EQ(office.floor->request_help(line.id, {PersonGid("bob"), ""}).error().code,
            Errc::stale_id);
  EXPECT_EQ(office.floor->bridge(CallId(7, 1)).error().code, Errc::unknown_id);
  EXPECT_EQ(office.floor->bridge(CallId()).error().code, Errc::unknown_id);
  EXPECT_EQ(office.floor->bridge(CallId(0, 9)).error().code, Errc::unknown_id) << "never given";
}

TEST(FloorCalls, ACallIsOpenOnce) {
  Office office;
  Line& line = office.call("c1", "ann");
  EXPECT_EQ(office.floor->open(Office::config("c1")).error().code, Errc::invalid_argument);
  office.close(line);
  EXPECT_TRUE(office.floor->open(Office::config("c1")));
  EXPECT_EQ(office.floor->open(Office::config("")).error().code, Errc::invalid_argument);
}

TEST(FloorCalls, CountCallsAndSessionsByMode) {
  Office office;
  Line& first = office.call("c1", "ann");
  Line& second = office.call("c2", "bob");
  office.call("c3", "bob");
  office.supervise(first, "sue");
  office.supervise(first, "tom", {Mode::whisper});
  office.supervise(second, "uli", {Mode::barge});
  office.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  office.supervise(second, "uli", {Mode::takeover});
  static_cast<void>(office.floor->request_help(first.id, {PersonGid("ann"), "stuck"}).value());

  FloorCounters counters = office.floor->counters().value();
  EXPECT_EQ(counters.calls, 3U);
  EXPECT_EQ(counters.agents, 2U);
  EXPECT_EQ(counters.supervised_calls, 2U);
  EXPECT_EQ(counters.monitoring, 1U);
  EXPECT_EQ(counters.whispering, 1U);
  EXPECT_EQ(counters.barging, 1U);
  EXPECT_EQ(counters.taken_over, 0U);
  EXPECT_EQ(counters.help_open, 1U);
  EXPECT_EQ(counters.raises_requested, 4U);
  EXPECT_EQ(counters.raises_applied, 3U);
  EXPECT_EQ(counters.raises_denied, 1U);
  EXPECT_EQ(counters.unattended_customers, 0U);

  office.leave(second, "uli");
  office.leave(second, "bob");
  office.settle();
  counters = office.floor->counters().value();
  EXPECT_EQ(counters.barging, 0U);
  EXPECT_EQ(counters.supervised_calls, 1U);
  EXPECT_EQ(counters.unattended_customers, 1U);
  EXPECT_EQ(counters.agents, 2U) << "bob is on another call";
}

TEST(FloorCalls, RememberWhenTheyWereLastSupervised) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue");
  office.clock.advance(60s);
  office.leave(line, "sue");
  office.settle();
  const SteadyTime end = office.clock.steady();
  office.clock.advance(60s);
  office.settle();
  const LiveCall call = office.floor->calls().value().at(0);
  EXPECT_FALSE(call.supervised);
  ASSERT_TRUE(call.last_supervised.has_value());
  EXPECT_LE(*call.last_supervised, end);
  EXPECT_GE(*call.last_supervised, end - 1s);
}

/// A bridge that is polled after its media has stood still says so with an Anchor.
std::vector<CallId> polled(Office& office) {
  office.events.clear();
  office.poll();
  std::vector<CallId> calls;
  for (const FloorEvent& event : office.events) {
    if (event.get_if<Anchor>() != nullptr) calls.push_back(event.call);
  }
  return calls;
}

TEST(FloorCalls, ArePolledOnlyWhenTheyHaveSomething) {
  Office office;
  const auto open = [&](const std::string& gid) -> Line& {
    Line& line = office.open(Office::config(gid));
    office.join(line, Role::customer, "customer of " + gid);
    office.join(line, Role::agent, "agent of " + gid);
    return line;
  };
  Line& idle = open("idle");
  Line& touched = open("touched");
  Line& waiting = open("waiting");
  Line& timed = open("timed");
  Line& media = open("media");
  office.supervise(idle, "sue");
  Obligations limit;
  limit.max_session = Obliged<std::chrono::seconds>{60s, "limit"};
  office.authorizer.answer = [&](const AccessRequest&) {
    return ScriptedAuthorizer::permit(limit);
  };
  office.supervise(timed, "uli");
  std::optional<Decision> late;
  office.authorizer.answer = [&](const AccessRequest&) { return late; };
  static_cast<void>(office.ask(waiting, "tom", {}));
  office.poll();

  office.clock.advance(1s);
  EXPECT_THAT(polled(office), ElementsAre(waiting.id)) << "asked until there is an answer";
  late = ScriptedAuthorizer::permit();
  for (int i = 0; i < 4; ++i) {
    office.tick();
    office.poll();
  }
  EXPECT_EQ(office.mode(waiting, "tom"), Mode::monitor);
  office.settle();
  office.clock.advance(1s);
  EXPECT_THAT(polled(office), IsEmpty());

  office.bridge(touched);
  EXPECT_THAT(polled(office), ElementsAre(touched.id));
  office.clock.advance(1s);
  EXPECT_THAT(polled(office), IsEmpty());

  EXPECT_TRUE(media.port.leg_lost(media.parties[1].leg));
  EXPECT_THAT(polled(office), ElementsAre(media.id));
  EXPECT_EQ(office.all<LegLost>().size(), 1U);

  ASSERT_TRUE(office.floor->next_deadline().has_value());
  office.clock.advance(std::chrono::ceil<std::chrono::milliseconds>(*office.floor->next_deadline() -
                                                                    office.clock.steady()));
  EXPECT_THAT(polled(office), ElementsAre(timed.id));
  EXPECT_EQ(office.mode(timed, "uli"), Mode::off);
}

TEST(FloorCalls, ADecisionWhoseRecordBecomesDurableIsNotForgotten) {
  FakeClock clock;
  ScriptedAuthorizer authorizer;
  MemorySink sink(MemorySink::Ack::held_back);
  Floor floor = Floor::create({}, authorizer, sink, clock).value();
  const CallId call = floor.open(Office::config("c1")).value();
  Bridge& bridge = *floor.bridge(call).value();
  static_cast<void>(bridge.join(Office::person(Role::agent, "ann")).value());
  const Joined sue = bridge.join(Office::person(Role::supervisor, "sue")).value();
  static_cast<void>(bridge.request(sue.participant, {}).value());
  MediaPort port = bridge.media_port();
  const auto mode = [&] { return bridge.participants().value().back().mode; };
  for (int i = 0; i < 5; ++i) {
    floor.poll_ready();
    std::move(port.begin_tick()).mix();
  }
  EXPECT_EQ(mode(), Mode::off);
  sink.acknowledge();
  for (int i = 0; i < 5; ++i) {
    floor.poll_ready();
    sink.acknowledge();
    std::move(port.begin_tick()).mix();
  }
  EXPECT_EQ(mode(), Mode::monitor);
}

TEST(FloorCalls, EndTheirSessionsWhenTheyAreClosed) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue");
  office.close(line);
  office.poll();
  ASSERT_EQ(office.all<SessionEnded>().size(), 1U);
  EXPECT_EQ(office.all<SessionEnded>()[0].cause, Cause::call_ended);
  EXPECT_EQ(office.events.back().gid, CallGid("c1"));
  EXPECT_EQ(office.records(RecordType::session_left).size(), 1U);
  office.tick();
  office.events.clear();
  office.poll();
  EXPECT_THAT(office.events, IsEmpty());
}

TEST(FloorCalls, EndTheirSessionsWithTheFloor) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue");
  office.floor.reset();
  EXPECT_EQ(office.records(RecordType::session_left).size(), 1U);
  office.tick();  // the port is still there
}

TEST(FloorCalls, ANewPolicyIsForAllOfThemAndThoseToCome) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue");
  ScriptedAuthorizer strict;
  strict.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  static_cast<void>(office.floor->set_policy(strict).value());
  office.settle();
  EXPECT_EQ(office.mode(line, "sue"), Mode::off);
  Line& next = office.call("c2", "bob");
  office.supervise(next, "tom");
  EXPECT_EQ(office.mode(next, "tom"), Mode::off);
}

TEST(FloorCalls, RefuseACallThatOverlapsAnother) {
  // The authorizer is asked within a control call, and makes another one.
  class Meddler final : public Authorizer {
   public:
    AuthorizerTicket ask(const AccessRequest&) override {
      status = floor->flag_risk(call, {50, "abuse", ""});
      events = floor->poll_ready();
      count = floor->calls();
      return AuthorizerTicket{1};
    }
    std::optional<Decision> take_answer(AuthorizerTicket) override { return Decision{}; }
    void forget(AuthorizerTicket) override {}
    Floor* floor = nullptr;
    CallId call;
    Status status = Ok{};
    std::vector<FloorEvent> events;
    Result<std::vector<LiveCall>> count = std::vector<LiveCall>();
  };
  Meddler meddler;
  FakeClock clock;
  MemorySink sink;
  Floor floor = Floor::create({}, meddler, sink, clock).value();
  const CallId call = floor.open(Office::config("c1")).value();
  meddler.floor = &floor;
  meddler.call = call;
  static_cast<void>(floor.sign_on(Office::person(Role::supervisor, "sue")).value());
  static_cast<void>(floor.flag_risk(call, {99, "cancellation", ""}).value());
  EXPECT_EQ(meddler.status.error().code, Errc::concurrent_control);
  EXPECT_EQ(meddler.count.error().code, Errc::concurrent_control);
  ASSERT_EQ(meddler.events.size(), 1U);
  ASSERT_NE(meddler.events[0].get_if<Fault>(), nullptr);
  EXPECT_EQ(meddler.events[0].get_if<Fault>()->code, Errc::concurrent_control);
  EXPECT_EQ(sink.records().size(), 1U) << "the second risk was not recorded";
}

}  // namespace
}  // namespace barge::test
