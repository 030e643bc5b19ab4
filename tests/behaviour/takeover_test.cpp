// SPDX-License-Identifier: Apache-2.0
// A takeover is a transaction: it comes about whole, and goes back whole.
#include <random>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

ParticipantId id(const Party& party) {
  return party.ids.participant;
}

BridgeConfig with_hold_source() {
  BridgeConfig config = Call::config(ObligationKind::visual);
  auto announcements = std::make_shared<Announcements>();
  announcements->hold_source = {SampleRate::hz_16000,
                                std::make_shared<std::vector<Sample>>(1000, Sample{0x2000})};
  config.announcements = announcements;
  return config;
}

class TakeoverTransaction : public testing::Test {
 protected:
  Call call{with_hold_source()};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
  static constexpr Sample hold_source = 0x2000;

  Bridge& bridge() { return *call.bridge; }
  bool hears_hold_source(const Party& party) const { return (party.out.back() & hold_source) != 0; }
};

TEST_F(TakeoverTransaction, IsHeardByTheCustomerBeforeTheAgentIsSilenced) {
  call.tick();
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  call.poll();
  call.tick();
  ASSERT_EQ(call.heard_by(customer), "supervisor");
  // Both ramps cross on the same tick: what the one loses the other gains, and never is there less
  // than the softer of the two voices alone.
  const Sample softer = std::min(agent.voice, supervisor.voice);
  for (const Sample sample : customer.out)
    EXPECT_GE(sample, softer);
}

TEST_F(TakeoverTransaction, ByASupervisorWhoseLegIsLostIsRefused) {
  call.settle();
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  call.poll();
  const auto answer = bridge().request(id(supervisor), {Mode::takeover});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(TakeoverTransaction, OfASupervisorWhoseLegIsLostMeanwhileComesToNothing) {
  call.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.visual = {VisualObligation{}, "indicator"};
    return ScriptedAuthorizer::permit(obligations);
  };
  call.settle();
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  call.poll();
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  call.settle();
  EXPECT_EQ(call.last<RequestCancelled>().why, "leg_lost");
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(TakeoverTransaction, WaitsForItsNotices) {
  call.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.visual = {VisualObligation{}, "indicator"};
    return ScriptedAuthorizer::permit(obligations);
  };
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  ASSERT_TRUE(bridge().complete(call.last<ObligationDue>().obligation, Fulfilment::fulfilled));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(TakeoverTransaction, OfTwoThatArePendingTheSecondIsDenied) {
  Party& second = call.supervisor("second");
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  static_cast<void>(call.ask(second, {Mode::takeover}));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  ASSERT_EQ(call.all<RequestDenied>().size(), 1u);
  EXPECT_EQ(call.last<RequestDenied>().supervisor, id(second));
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::takeover_in_force);
}

TEST_F(TakeoverTransaction, TakesEveryAgentsVoiceOnlyWhenToldSo) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::takeover};
  request.agent = id(agent);
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "supervisor second");
  request.scope = AgentScope::all;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  ASSERT_TRUE(bridge().hand_back(id(supervisor)));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent second");
  EXPECT_EQ(call.heard_by(second), "customer agent");
}

TEST_F(TakeoverTransaction, PutsTheAgentOnHoldWhereItMayNotListen) {
  call.authorizer.answer = [](const AccessRequest& asked) {
    return asked.subject.id == PersonGid("agent") ? ScriptedAuthorizer::deny()
                                                  : ScriptedAuthorizer::permit();
  };
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(agent), "");
  EXPECT_EQ(field(call.sink.records().back(), "disposition"), "hold");
  ASSERT_TRUE(bridge().hand_back(id(supervisor)));
  call.authorizer.answer = [](const AccessRequest& asked) {
    if (asked.subject.id == PersonGid("agent")) return ScriptedAuthorizer::deny();
    Decision decision = ScriptedAuthorizer::permit();
    decision.terms.agent_may_listen = true;
    return decision;
  };
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
}

TEST_F(TakeoverTransaction, PutsTheAgentOnHoldWhereNobodyAnswersForIt) {
  call.authorizer.answer = [](const AccessRequest& asked) {
    return asked.subject.id == PersonGid("agent") ? std::optional<Decision>()
                                                  : ScriptedAuthorizer::permit();
  };
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent") << "the answers are waited for";
  call.clock.advance(3s);
  call.settle();
  call.clock.advance(3s);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(agent), "");
}

TEST_F(TakeoverTransaction, WaitsUntilTheSupervisorReachesWhoeverIsBackFromHold) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(bridge().hold(id(customer)));
  call.settle();
  ASSERT_TRUE(bridge().resume(id(customer)));
  static_cast<void>(call.ask(supervisor, {Mode::takeover}));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  for (int i = 0; i < 40; ++i)
    call.tick(), call.poll();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(TakeoverTransaction, AskedForAgainGivesNoEarsToAnAgentWhoMayNotListen) {
  call.authorizer.answer = [](const AccessRequest& asked) {
    return asked.subject.id == PersonGid("agent") ? ScriptedAuthorizer::deny()
                                                  : ScriptedAuthorizer::permit();
  };
  call.enter(supervisor, {Mode::takeover});
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(call.heard_by(agent), "");
}

TEST_F(TakeoverTransaction, LostBeforeTheDropReturnsTheAgentAndDropsNobody) {
  ModeRequest request{Mode::takeover};
  request.disposition = Disposition::drop;
  call.enter(supervisor, request);
  ASSERT_EQ(call.heard_by(agent), "");
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent") << "without control";
  EXPECT_EQ(call.heard_by(agent), "customer");
  call.clock.advance(10s);
  call.settle();
  EXPECT_TRUE(call.all<DropAgent>().empty());
  ASSERT_TRUE(call.index_of(RecordType::takeover_rolled_back));
  EXPECT_TRUE(call.sink.records()[*call.index_of(RecordType::takeover_rolled_back)].sample);
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(TakeoverTransaction, HandBackAfterTheAgentLeftSaysAgentGone) {
  call.enter(supervisor, {Mode::takeover});
  call.leave(agent);
  call.settle();
  const Status status = bridge().hand_back(id(supervisor));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::agent_gone);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(TakeoverTransaction, HandBackOnlyLowers) {
  const auto refused = [&](Mode to) {
    const Status status = bridge().hand_back(id(supervisor), to);
    return status ? std::optional<Errc>() : status.error().code;
  };
  EXPECT_EQ(refused(Mode::monitor), Errc::wrong_role);
  call.enter(supervisor, {Mode::takeover});
  EXPECT_EQ(refused(Mode::takeover), Errc::not_a_lowering);
  const std::size_t asked = call.authorizer.asked.size();
  ASSERT_TRUE(bridge().hand_back(id(supervisor), Mode::whisper));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::handed_back);
  EXPECT_EQ(call.authorizer.asked.size(), asked);
  EXPECT_EQ(bridge().hand_back({}, Mode::monitor).error().code, Errc::unknown_id);
}

TEST_F(TakeoverTransaction, AnUnattendedCustomerHearsTheHoldSource) {
  call.enter(supervisor, {Mode::takeover});
  call.leave(agent);
  call.settle();
  ASSERT_FALSE(hears_hold_source(customer));
  call.leave(supervisor);
  ASSERT_TRUE(call.all<CustomerUnattended>().empty());
  const SteadyTime left = call.clock.steady();
  call.poll();
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.last<CustomerUnattended>().customer, id(customer));
  EXPECT_EQ(call.last<CustomerUnattended>().deadline, left + 30s);
  call.tick();
  call.tick();
  EXPECT_EQ(customer.out.back(), hold_source);
}

TEST_F(TakeoverTransaction, ACustomerOnHoldIsNotUnattended) {
  call.enter(supervisor, {Mode::takeover});
  call.leave(agent);
  ASSERT_TRUE(bridge().hold(id(customer), Hold::far_end));
  call.leave(supervisor);
  call.settle();
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
  ASSERT_TRUE(bridge().resume(id(customer)));
  call.settle();
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u) << "once it is back";
}

TEST_F(TakeoverTransaction, AnUnattendedCustomerHearsWhoeverComes) {
  call.enter(supervisor, {Mode::takeover});
  call.leave(agent);
  call.leave(supervisor);
  call.settle();
  ASSERT_TRUE(hears_hold_source(customer));
  call.agent("another");
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "another");
  EXPECT_FALSE(hears_hold_source(customer));
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

/// Random calls of everything that moves; after each, nobody is stranded.
class RandomTakeovers : public testing::TestWithParam<unsigned> {};

TEST_P(RandomTakeovers, NeverStrandACustomer) {
  std::mt19937 random(GetParam());
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random()) % n; };
  Call call{with_hold_source()};
  std::vector<Party*> parties{&call.customer(), &call.agent(), &call.agent("agent 2"),
                              &call.supervisor(), &call.supervisor("supervisor 2")};
  std::vector<ParticipantId> outstanding;
  bool served = false;  // somebody has spoken to the customer since it joined
  for (int i = 0; i < 200; ++i) {
    Party& party = *parties[pick(5)];
    const ParticipantId who = id(party);
    switch (pick(9)) {
      case 0:
        static_cast<void>(call.bridge->leave(who));
        party.connected = false;
        break;
      case 1: {
        Person person;
        person.role = party.role;
        person.id = PersonGid(party.name);
        const auto joined = call.bridge->join(person);
        if (!joined) break;
        party.ids = *joined;
        party.connected = true;
        served &= &party != parties[0];
        break;
      }
      case 2:
        static_cast<void>(call.bridge->hold(who, pick(2) != 0 ? Hold::local : Hold::far_end));
        break;
      case 3:
        static_cast<void>(call.bridge->resume(who));
        break;
      case 4:
        static_cast<void>(call.bridge->hand_back(who));
        break;
      default: {
        ModeRequest request{static_cast<Mode>(pick(5))};
        request.agent = id(*parties[1 + pick(2)]);
        request.disposition = static_cast<Disposition>(pick(3));
        request.scope = static_cast<AgentScope>(pick(2));
        static_cast<void>(call.bridge->request(who, request));
      }
    }
    for (int tick = 0; tick < 35; ++tick) {  // longer than a voice waits after a hold
      call.tick();
      call.poll();
    }
    for (const CustomerUnattended& event : call.all<CustomerUnattended>())
      outstanding.push_back(event.customer);
    call.events.clear();
    const Party& ann = *parties[0];
    if (!ann.connected) continue;
    const auto infos = call.bridge->participants().value();
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const ParticipantInfo& known) {
      return known.id == id(ann);
    });
    ASSERT_NE(info, infos.end());
    if (info->hold != Hold::none) continue;
    const bool has_somebody = !call.heard_by(ann).empty();
    served |= has_somebody;
    EXPECT_TRUE(!served || has_somebody || contains(outstanding, id(ann))) << "step " << i;
    if (has_somebody) outstanding.clear();
  }
}

INSTANTIATE_TEST_SUITE_P(Takeover, RandomTakeovers, testing::Range(0U, 20U));

}  // namespace
}  // namespace barge::test
