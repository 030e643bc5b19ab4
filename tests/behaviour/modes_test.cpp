// SPDX-License-Identifier: Apache-2.0
// Who hears whom in each mode, as it comes out of the mixer.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Modes : public testing::Test {
 protected:
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

using PlainCall = Modes;
using Monitor = Modes;
using Whisper = Modes;
using BargeMode = Modes;
using Takeover = Modes;

TEST_F(PlainCall, CustomerAndAgentHearEachOther) {
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
}

TEST_F(PlainCall, ASupervisorWithoutASessionHearsNobodyFromItsFirstFrameOn) {
  call.tick();
  EXPECT_TRUE(std::all_of(supervisor.out.begin(), supervisor.out.end(),
                          [](Sample sample) { return sample == 0; }));
  EXPECT_FALSE(call.hears(customer, supervisor));
  EXPECT_FALSE(call.hears(agent, supervisor));
}

TEST_F(Monitor, HearsBothAndIsHeardByNobody) {
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
}

TEST_F(Monitor, OfOneSideHearsThatSideAlone) {
  ModeRequest request{Mode::monitor};
  request.ear = Ear::customer_side;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  request.ear = Ear::agent_side;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(supervisor), "agent");
}

TEST_F(Whisper, IsHeardByTheAgentAlone) {
  call.enter(supervisor, {Mode::whisper});
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
}

TEST_F(Whisper, ReachesTheChosenTargetsAndNoOtherAgent) {
  Party& second = call.agent("second");
  Party& third = call.agent("third");
  ModeRequest request{Mode::whisper};
  request.agent = agent.ids.participant;
  request.targets = {agent.ids.participant, third.ids.participant};
  call.enter(supervisor, request);
  EXPECT_TRUE(call.hears(agent, supervisor));
  EXPECT_FALSE(call.hears(second, supervisor));
  EXPECT_TRUE(call.hears(third, supervisor));
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Whisper, WithoutATargetIsRefused) {
  call.leave(agent);
  const auto answer = call.bridge->request(supervisor.ids.participant, {Mode::whisper});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
}

TEST_F(Whisper, FallsToMonitorWhenItsTargetLeaves) {
  call.enter(supervisor, {Mode::whisper});
  call.leave(agent);
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::agent_left);
  EXPECT_EQ(call.heard_by(customer), "");
}

TEST_F(Whisper, ReachesTheCustomerOnlyAfterADecisionOfItsOwn) {
  call.enter(supervisor, {Mode::whisper});
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  ModeRequest request{Mode::whisper};
  request.targets = {customer.ids.participant};
  EXPECT_EQ(call.ask(supervisor, request).state, RaiseState::denied);
  call.settle();
  EXPECT_FALSE(call.hears(customer, supervisor));
  EXPECT_TRUE(call.hears(agent, supervisor)) << "what was in force stays";
}

TEST_F(BargeMode, IsHeardByAllAndHearsAll) {
  call.enter(supervisor, {Mode::barge});
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
}

TEST_F(BargeMode, GoesOnWhenTheAgentHangsUp) {
  call.enter(supervisor, {Mode::barge});
  call.leave(agent);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Takeover, TakesTheAgentsVoiceAndLetsItListen) {
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
}

TEST_F(Takeover, PutsTheAgentOnHold) {
  ModeRequest request{Mode::takeover};
  request.disposition = Disposition::hold;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(agent), "");
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(Takeover, DropsTheAgentOnlyAfterTheTimeToCommit) {
  ModeRequest request{Mode::takeover};
  request.disposition = Disposition::drop;
  call.enter(supervisor, request);
  EXPECT_TRUE(call.all<DropAgent>().empty());
  call.clock.advance(2900ms);
  call.poll();
  EXPECT_TRUE(call.all<DropAgent>().empty());
  call.clock.advance(200ms);
  call.poll();
  ASSERT_EQ(call.all<DropAgent>().size(), 1u);
  EXPECT_EQ(call.last<DropAgent>().agent, agent.ids.participant);
}

TEST_F(Takeover, HandedBackIsAMonitorAgain) {
  call.enter(supervisor, {Mode::takeover});
  const Requested answer = call.ask(supervisor, {Mode::monitor});
  EXPECT_FALSE(answer.decision) << "a lowering asks nobody";
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_TRUE(call.index_of(RecordType::takeover_agent_returned));
}

TEST_F(Takeover, OfTheSameAgentBySomebodyElseIsRefused) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::takeover});
  const auto answer = call.bridge->request(second.ids.participant, {Mode::takeover});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::takeover_in_force);
}

TEST_F(Takeover, ByAMutedSupervisorIsRefused) {
  ASSERT_TRUE(call.bridge->set_muted(supervisor.ids.participant, true));
  const auto answer = call.bridge->request(supervisor.ids.participant, {Mode::takeover});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
}

TEST_F(Takeover, BySomebodyWhoIsMutedMeanwhileComesToNothing) {
  Call noticed(MemorySink::Ack::at_once, ObligationKind::tone);
  Party& ann = noticed.customer();
  noticed.agent();
  Party& sue = noticed.supervisor();
  noticed.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.tones.push_back({{"house_tone", NoticeTo::both}, "tone"});
    return ScriptedAuthorizer::permit(obligations);
  };
  static_cast<void>(noticed.ask(sue, {Mode::takeover}));
  noticed.poll();
  ASSERT_TRUE(noticed.bridge->set_muted(sue.ids.participant, true));
  ASSERT_TRUE(
      noticed.bridge->complete(noticed.last<ObligationDue>().obligation, Fulfilment::fulfilled));
  noticed.settle();
  EXPECT_EQ(noticed.heard_by(ann), "agent");
  EXPECT_EQ(noticed.last<RequestCancelled>().why, "supervisor_muted");
}

TEST_F(Takeover, OfOneOfTwoAgentsLeavesTheOtherItsVoice) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::takeover};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "supervisor second");
  request.scope = AgentScope::all;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(second), "customer supervisor");
}

TEST_F(Modes, TwoSupervisorsHearEachOtherOnlyWhenTheySpeakOpenly) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::whisper});
  call.enter(second, {Mode::monitor});
  EXPECT_FALSE(call.hears(second, supervisor));
  EXPECT_FALSE(call.hears(supervisor, second));
  call.enter(supervisor, {Mode::barge});
  EXPECT_TRUE(call.hears(second, supervisor));
  EXPECT_FALSE(call.hears(supervisor, second));
}

TEST_F(Modes, WhoeverSupervisesASupervisorHearsItsWhisper) {
  Party& coach = call.supervisor("coach");
  call.enter(supervisor, {Mode::whisper});
  ModeRequest request{Mode::whisper};
  request.agent = supervisor.ids.participant;
  call.enter(coach, request);
  EXPECT_EQ(call.heard_by(coach), "customer agent supervisor");
  EXPECT_TRUE(call.hears(supervisor, coach));
  EXPECT_FALSE(call.hears(agent, coach));
  EXPECT_FALSE(call.hears(customer, coach));
}

TEST_F(Modes, MutingSilencesAPartyForEverybody) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->set_muted(supervisor.ids.participant, true));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
  ASSERT_TRUE(call.bridge->set_muted(supervisor.ids.participant, false));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
}

TEST_F(Modes, AnySizeOfCallFollowsTheSameRules) {
  Party& second_customer = call.customer("customer 2");
  Party& second_agent = call.agent("agent 2");
  ModeRequest request{Mode::whisper};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "agent customer 2 agent 2");
  EXPECT_EQ(call.heard_by(second_customer), "customer agent agent 2");
  EXPECT_EQ(call.heard_by(second_agent), "customer agent customer 2");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor customer 2 agent 2");
}

}  // namespace
}  // namespace barge::test
