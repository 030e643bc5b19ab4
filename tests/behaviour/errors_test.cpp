// SPDX-License-Identifier: Apache-2.0
// Bad input gets a typed error and changes nothing.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Errors : public testing::Test {
 protected:
  Errc request_error(const Party& party, const ModeRequest& request) {
    const auto answer = call.bridge->request(party.ids.participant, request);
    return answer ? Errc{} : answer.error().code;
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Errors, ABridgeNeedsACallIdAndAFrameOfFiveToSixtyMilliseconds) {
  const auto create = [&](const BridgeConfig& config) {
    return Bridge::create(config, call.authorizer, call.sink, call.clock).has_value();
  };
  EXPECT_FALSE(create({}));
  EXPECT_TRUE(create({CallGid("c")}));
  EXPECT_FALSE(create({CallGid("c"), "", {SampleRate::hz_48000, 80}}));
  EXPECT_FALSE(create({CallGid("c"), "", {SampleRate::hz_8000, 481}}));
  EXPECT_FALSE(create({CallGid("c"), "", {static_cast<SampleRate>(11025), 220}}));
}

TEST_F(Errors, AStaleHandleIsNeverAppliedToWhoeverHasTheSlotNow) {
  const ParticipantId old = supervisor.ids.participant;
  call.leave(supervisor);
  Party& next = call.supervisor("next");
  ASSERT_EQ(next.ids.participant.slot(), old.slot());
  EXPECT_EQ(call.bridge->request(old, {Mode::barge}).error().code, Errc::stale_id);
  EXPECT_EQ(call.bridge->leave(old).error().code, Errc::stale_id);
  EXPECT_EQ(call.bridge->leave(ParticipantId(99, 1)).error().code, Errc::unknown_id);
  EXPECT_EQ(call.bridge->leave(ParticipantId()).error().code, Errc::unknown_id);
  call.settle();
  EXPECT_EQ(next.pulled, PullStatus::ok);
}

TEST_F(Errors, ASlotsNextOccupantInheritsNothing) {
  call.enter(supervisor, {Mode::barge});
  call.leave(supervisor);
  Party& next = call.supervisor("next");
  call.tick();
  EXPECT_EQ(next.out, std::vector<Sample>(Call::frame, 0)) << "not even fading";
  EXPECT_TRUE(std::all_of(customer.out.begin(), customer.out.end(), [&](Sample sample) {
    return (sample & next.voice) == 0;
  })) << "not even in the ramp";
}

TEST_F(Errors, TheSamePersonJoinsOnce) {
  Person person;
  person.id = PersonGid("customer");
  EXPECT_EQ(call.bridge->join(person).error().code, Errc::already_joined);
  person.id = PersonGid();
  EXPECT_EQ(call.bridge->join(person).error().code, Errc::invalid_argument);
}

TEST_F(Errors, OnlySupervisorsSupervise) {
  EXPECT_EQ(request_error(agent, {Mode::monitor}), Errc::wrong_role);
  EXPECT_EQ(call.bridge->force(agent.ids.participant, Mode::off, "").error().code,
            Errc::wrong_role);
}

TEST_F(Errors, NobodySupervisesOneself) {
  ModeRequest request{Mode::whisper};
  request.targets = {supervisor.ids.participant};
  EXPECT_EQ(request_error(supervisor, request), Errc::invalid_argument);
}

TEST_F(Errors, SupervisorsDoNotSuperviseInACircle) {
  Party& second = call.supervisor("second");
  ModeRequest request{Mode::monitor};
  request.agent = second.ids.participant;
  call.enter(supervisor, request);
  request.agent = supervisor.ids.participant;
  EXPECT_EQ(request_error(second, request), Errc::invalid_argument);
}

TEST_F(Errors, ARequestThatCouldMeanTwoAgentsHasToNameOne) {
  call.agent("second");
  EXPECT_EQ(request_error(supervisor, {Mode::monitor}), Errc::invalid_argument);
}

TEST_F(Errors, ATargetThatLeftIsRefused) {
  const ParticipantId gone = agent.ids.participant;
  call.leave(agent);
  ModeRequest request{Mode::whisper};
  request.targets = {gone};
  EXPECT_EQ(request_error(supervisor, request), Errc::stale_id);
}

TEST_F(Errors, ACommandIdReturnsItsFirstAnswerAndNoOtherContent) {
  ModeRequest request{Mode::monitor};
  request.command = CommandId("command-1");
  const Requested first = call.ask(supervisor, request);
  call.settle();
  const Requested again = call.ask(supervisor, request);
  EXPECT_EQ(again.session, first.session);
  EXPECT_EQ(again.state, first.state);
  call.settle();
  EXPECT_EQ(call.all<ModeApplied>().size(), 1u);
  request.mode = Mode::barge;
  EXPECT_EQ(request_error(supervisor, request), Errc::command_reused);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Errors, AFullBridgeTakesNobodyElse) {
  BridgeConfig config;
  config.call = CallGid("small");
  config.max_legs = 1;
  Bridge small = Bridge::create(config, call.authorizer, call.sink, call.clock).value();
  ASSERT_TRUE(small.join({Role::customer, PersonGid("a")}));
  EXPECT_EQ(small.join({Role::agent, PersonGid("b")}).error().code, Errc::too_many_legs);
}

TEST_F(Errors, AnObligationThatDoesNotWaitCannotBeCompleted) {
  EXPECT_EQ(call.bridge->complete(ObligationId{7}, Fulfilment::fulfilled).error().code,
            Errc::nothing_pending);
}

TEST_F(Errors, AClosedBridgeSaysSo) {
  ASSERT_TRUE(call.bridge->close());
  ASSERT_TRUE(call.bridge->close());
  EXPECT_EQ(call.bridge->join({Role::agent, PersonGid("x")}).error().code, Errc::closed);
  EXPECT_EQ(request_error(supervisor, {Mode::barge}), Errc::closed);
}

/// Calls back into the bridge that asks it, which is an overlap like any other.
class Reentrant final : public Authorizer {
 public:
  Bridge* bridge = nullptr;
  std::optional<Errc> seen;
  AuthorizerTicket ask(const AccessRequest&) override {
    const auto roster = bridge->participants();
    if (!roster) seen = roster.error().code;
    return AuthorizerTicket{1};
  }
  std::optional<Decision> take_answer(AuthorizerTicket) override { return Decision{}; }
  void forget(AuthorizerTicket) override {}
};

TEST_F(Errors, AnOverlappingControlCallIsRefusedAndChangesNothing) {
  Reentrant reentrant;
  Bridge bridge = Bridge::create({CallGid("c")}, reentrant, call.sink, call.clock).value();
  reentrant.bridge = &bridge;
  ASSERT_TRUE(bridge.join({Role::agent, PersonGid("a")}));
  const auto sue = bridge.join({Role::supervisor, PersonGid("s")}).value();
  ASSERT_TRUE(bridge.request(sue.participant, {Mode::monitor}));
  EXPECT_EQ(reentrant.seen, Errc::concurrent_control);
}

}  // namespace
}  // namespace barge::test
