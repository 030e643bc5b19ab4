// SPDX-License-Identifier: Apache-2.0
// What a session may become, and what becomes of it while the call goes on.
#include <set>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Session : public testing::Test {
 protected:
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();

  ParticipantId id(const Party& party) const { return party.ids.participant; }
  Bridge& bridge() { return *call.bridge; }
  std::size_t asked() const { return call.authorizer.asked.size(); }
  void permit_with(const Terms& terms) {
    call.authorizer.answer = [terms](const AccessRequest&) {
      Decision decision = ScriptedAuthorizer::permit();
      decision.terms = terms;
      return decision;
    };
  }
};

// ── What a grant allows ─────────────────────────────────────────────────────────────────────────

TEST_F(Session, OfAListenOnlyGrantIsNeverRaised) {
  Terms terms;
  terms.raises = Mode::monitor;
  permit_with(terms);
  call.enter(supervisor, {Mode::monitor});
  for (const Mode mode : {Mode::whisper, Mode::barge, Mode::takeover}) {
    const Requested answer = call.ask(supervisor, {mode});
    ASSERT_TRUE(answer.decision);
    EXPECT_EQ(answer.decision->code, DecisionCode::not_granted) << name(mode);
    call.settle();
    EXPECT_EQ(call.last<RequestDenied>().mode, mode);
  }
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
}

TEST_F(Session, AGainUpFromZeroIsARaise) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(bridge().set_gain(id(customer), id(supervisor), Gain::linear(0)));
  ASSERT_TRUE(bridge().set_gain(id(supervisor), id(agent), Gain::linear(0)));
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "agent");
  ASSERT_EQ(call.heard_by(supervisor), "customer");

  const std::size_t before = asked();
  ASSERT_TRUE(bridge().set_gain(id(customer), id(supervisor), Gain()));
  call.tick();
  EXPECT_GT(asked(), before);
  EXPECT_EQ(call.heard_by(customer), "agent") << "not before it is permitted";
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");

  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  ASSERT_TRUE(bridge().set_gain(id(supervisor), id(agent), Gain()));
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(customer), "agent supervisor") << "what is in force goes on";
}

TEST_F(Session, AGainIsTakenBackWhileItIsPending) {
  ASSERT_TRUE(bridge().set_gain(id(supervisor), id(customer), Gain::linear(0)));
  call.enter(supervisor, {Mode::monitor});
  ASSERT_EQ(call.heard_by(supervisor), "agent");
  ASSERT_TRUE(bridge().set_gain(id(supervisor), id(customer), Gain()));
  ASSERT_TRUE(bridge().set_gain(id(supervisor), id(customer), Gain::linear(0)));
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "agent");
}

TEST_F(Session, UnmutingAsksNobody) {
  call.enter(supervisor, {Mode::barge});
  const std::size_t before = asked();
  ASSERT_TRUE(bridge().set_muted(id(supervisor), true));
  ASSERT_TRUE(bridge().set_edge_muted(id(supervisor), id(agent), true));
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "agent");
  ASSERT_EQ(call.heard_by(supervisor), "customer");
  ASSERT_TRUE(bridge().set_muted(id(supervisor), false));
  ASSERT_TRUE(bridge().set_edge_muted(id(supervisor), id(agent), false));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_EQ(asked(), before);
}

TEST_F(Session, WithPushToTalkIsHeardOnlyWhileTheKeyIsDown) {
  ModeRequest request{Mode::barge};
  request.push_to_talk = true;
  call.enter(supervisor, request);
  const std::size_t before = asked();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  ASSERT_TRUE(bridge().set_talking(id(supervisor), true));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  ASSERT_TRUE(bridge().set_talking(id(supervisor), false));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
  EXPECT_EQ(asked(), before);
}

TEST_F(Session, TheKeyOpensNothingThatWasNotPermitted) {
  call.enter(supervisor, {Mode::monitor});
  const Status none = bridge().set_talking(id(supervisor), true);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::wrong_role);
  ModeRequest request{Mode::whisper};
  request.push_to_talk = true;
  call.enter(supervisor, request);
  ASSERT_TRUE(bridge().set_talking(id(supervisor), true));
  call.settle();
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(customer), "agent");
  request.mode = Mode::monitor;
  call.enter(supervisor, request);
  ASSERT_TRUE(bridge().set_talking(id(supervisor), true));
  call.settle();
  EXPECT_EQ(call.heard_by(agent), "customer");
}

// ── Several supervisors ─────────────────────────────────────────────────────────────────────────

TEST_F(Session, MayBeBoundToASupervisorWhomItCoaches) {
  Party& coach = call.supervisor("coach");
  call.enter(supervisor, {Mode::whisper});
  ModeRequest request{Mode::whisper};
  request.agent = id(supervisor);
  call.enter(coach, request);
  EXPECT_EQ(call.heard_by(supervisor), "customer agent coach");
  EXPECT_EQ(call.heard_by(coach), "customer agent supervisor");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Session, BeingCoachedLendsNoRights) {
  Party& coach = call.supervisor("coach");
  ModeRequest request{Mode::whisper};
  request.agent = id(supervisor);
  call.enter(coach, request);
  EXPECT_EQ(call.heard_by(supervisor), "") << "who has no session hears nobody";
  EXPECT_EQ(call.heard_by(coach), "customer agent");
  call.authorizer.answer = [](const AccessRequest& asked) {
    return asked.subject.id == PersonGid("coach") ? ScriptedAuthorizer::permit()
                                                  : ScriptedAuthorizer::deny();
  };
  EXPECT_EQ(call.ask(supervisor, {Mode::monitor}).state, RaiseState::denied);
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(Session, ABargeStaysAudibleDuringSomebodyElsesTakeover) {
  Party& second = call.supervisor("second");
  call.enter(second, {Mode::barge});
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(call.heard_by(customer), "supervisor second");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor second");
  EXPECT_EQ(call.heard_by(second), "customer supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer second");
}

TEST_F(Session, TwoWhispersToTwoAgentsStayApart) {
  Party& other_agent = call.agent("agent 2");
  Party& second = call.supervisor("second");
  ModeRequest request{Mode::whisper};
  request.agent = id(agent);
  call.enter(supervisor, request);
  request.agent = id(other_agent);
  call.enter(second, request);
  EXPECT_EQ(call.heard_by(agent), "customer supervisor agent 2");
  EXPECT_EQ(call.heard_by(other_agent), "customer agent second");
  EXPECT_EQ(call.heard_by(customer), "agent agent 2");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent agent 2");
  EXPECT_EQ(call.heard_by(second), "customer agent agent 2");
}

TEST_F(Session, AWhisperIsHeardWhileNobodyElseSendsFrames) {
  customer.connected = agent.connected = false;  // their legs send nothing
  call.enter(supervisor, {Mode::whisper});
  EXPECT_EQ(call.heard_by(agent), "supervisor");
  EXPECT_EQ(call.heard_by(customer), "");
}

TEST_F(Session, BoundToOneOfTwoAgentsTreatsTheOtherAsAPlainParty) {
  Party& other_agent = call.agent("agent 2");
  ModeRequest request{Mode::whisper};
  request.agent = id(agent);
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(supervisor), "customer agent agent 2");
  EXPECT_EQ(call.heard_by(other_agent), "customer agent");
  request.mode = Mode::takeover;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "supervisor agent 2");
  call.leave(other_agent);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

// ── When parties come and go ────────────────────────────────────────────────────────────────────

TEST_F(Session, StaysWithAPartyWhoseLegIsReplaced) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    call.enter(supervisor, {mode});
    const std::string by_customer = call.heard_by(customer), by_agent = call.heard_by(agent),
                      by_supervisor = call.heard_by(supervisor);
    for (Party* const party : {&customer, &agent, &supervisor}) {
      const LegId before = party->ids.leg;
      party->ids = bridge().replace_leg(id(*party)).value();
      EXPECT_NE(party->ids.leg, before);
      call.tick();
      EXPECT_EQ(call.heard_by(customer), by_customer) << name(mode);
      EXPECT_EQ(call.heard_by(agent), by_agent) << name(mode);
      EXPECT_EQ(call.heard_by(supervisor), by_supervisor) << name(mode);
    }
  }
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

TEST_F(Session, RefusesTheLegThatWasReplaced) {
  call.enter(supervisor, {Mode::barge});
  const LegId before = supervisor.ids.leg;
  supervisor.ids = bridge().replace_leg(id(supervisor)).value();
  supervisor.connected = false;
  auto tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(before, supervisor.in), PushStatus::unknown_leg);
  const auto mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(before, supervisor.out), PullStatus::unknown_leg);
  EXPECT_EQ(call.heard_by(supervisor), "");
  EXPECT_EQ(mixed.pull(customer.ids.leg, customer.out), PullStatus::ok);
  EXPECT_EQ(call.heard_by(customer), "");
}

TEST_F(Session, HasOneGlobalIdInAllItsRecords) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::monitor});
  call.enter(second, {Mode::whisper});
  call.enter(supervisor, {Mode::barge});
  call.enter(supervisor, {Mode::off});
  call.enter(supervisor, {Mode::monitor});
  std::map<std::string, std::uint64_t> sequences;
  std::set<std::string> of_supervisor;
  for (const AuditRecord& record : call.sink.records()) {
    EXPECT_EQ(record.call, CallGid("call-1"));
    if (record.session.empty()) continue;
    EXPECT_EQ(record.session_sequence, ++sequences[record.session.text()]);
    if (field(record, "supervisor") == "supervisor") of_supervisor.insert(record.session.text());
  }
  EXPECT_EQ(of_supervisor.size(), 2u) << "one that ended, and one after it";
  EXPECT_EQ(sequences.size(), 3u);
}

TEST_F(Session, AWhisperToTwoGoesOnToTheOneWhoStays) {
  Party& other_agent = call.agent("agent 2");
  ModeRequest request{Mode::whisper};
  request.agent = id(agent);
  request.targets = {id(agent), id(other_agent)};
  call.enter(supervisor, request);
  ASSERT_TRUE(call.hears(other_agent, supervisor));
  call.leave(other_agent);
  call.settle();
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Session, ThatFollowsTheCallStaysInMonitorWhenTheAgentLeaves) {
  for (const Mode mode : {Mode::monitor, Mode::whisper}) {
    Party& leaving = call.agent("agent of " + std::string(name(mode)));
    ModeRequest request{mode};
    request.agent = id(leaving);
    call.enter(supervisor, request);
    call.leave(leaving);
    call.settle();
    EXPECT_EQ(bridge().participants().value()[2].mode, Mode::monitor) << name(mode);
    EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  }
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::agent_left);
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

TEST_F(Session, ThatFollowsTheAgentEndsWithItAndNamesIt) {
  for (const Mode mode : {Mode::monitor, Mode::whisper}) {
    const std::string who = "agent of " + std::string(name(mode));
    Party& leaving = call.agent(who);
    ModeRequest request{mode};
    request.agent = id(leaving);
    request.follow = Follow::agent;
    call.enter(supervisor, request);
    call.leave(leaving);
    call.settle();
    ASSERT_FALSE(call.all<SessionEnded>().empty());
    EXPECT_EQ(call.last<SessionEnded>().cause, Cause::agent_left);
    EXPECT_EQ(call.last<SessionEnded>().follows, PersonGid(who));
    EXPECT_EQ(call.heard_by(supervisor), "");
  }
}

TEST_F(Session, EndsWithTheLastCustomerInEveryMode) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    Call other;
    Party& first = other.customer("first");
    Party& second = other.customer("second");
    other.agent();
    Party& sue = other.supervisor();
    other.enter(sue, {mode});
    other.leave(first);
    other.settle();
    EXPECT_TRUE(other.all<SessionEnded>().empty()) << name(mode);
    other.leave(second);
    other.settle();
    ASSERT_EQ(other.all<SessionEnded>().size(), 1u) << name(mode);
    EXPECT_EQ(other.last<SessionEnded>().cause, Cause::call_ended);
    EXPECT_EQ(other.heard_by(sue), "");
  }
}

}  // namespace
}  // namespace barge::test
