// SPDX-License-Identifier: Apache-2.0
// What is in force is judged again when the call or the policy changes.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Review : public testing::Test {
 protected:
  ScriptedAuthorizer next;  // outlives the call, as the bridge demands
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Review, AThirdPartyIsOutsideTheSessionUntilItIsJudgedAgain) {
  call.enter(supervisor, {Mode::barge});
  bool answers = false;
  call.authorizer.answer = [&](const AccessRequest&) {
    return answers ? std::optional(ScriptedAuthorizer::permit()) : std::nullopt;
  };
  Party& third = call.customer("third");
  call.settle();
  EXPECT_EQ(call.heard_by(third), "customer agent");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_EQ(call.heard_by(customer), "agent supervisor third");
  answers = true;
  call.settle();
  EXPECT_EQ(call.heard_by(third), "customer agent supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent third");
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::party_joined);
}

TEST_F(Review, AThirdPartyNeverHearsAWhisper) {
  call.enter(supervisor, {Mode::whisper});
  Party& third = call.agent("third");
  call.settle();
  EXPECT_FALSE(call.hears(third, supervisor));
  EXPECT_TRUE(call.hears(supervisor, third));
}

TEST_F(Review, ADenialForThePartiesOfNowEndsTheSession) {
  call.enter(supervisor, {Mode::barge});
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  call.customer("third");
  call.settle();
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::revoked);
  EXPECT_EQ(call.heard_by(customer), "agent third");
}

TEST_F(Review, ALogThatIsDownOnlyKeepsTheNewcomerOut) {
  call.enter(supervisor, {Mode::barge});
  call.sink.fail();
  Party& third = call.customer("third");
  call.settle();
  EXPECT_TRUE(call.hears(customer, supervisor));
  EXPECT_FALSE(call.hears(third, supervisor));
}

TEST_F(Review, ANewPolicyThatDeniesLowersAsItSays) {
  call.enter(supervisor, {Mode::barge});
  next.answer = [](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::deny();
    decision.on_revoke.downgrade_to = Mode::monitor;
    return decision;
  };
  ASSERT_TRUE(call.bridge->set_policy(next));
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::revoked);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Review, ANewPolicyThatPermitsChangesNothing) {
  call.enter(supervisor, {Mode::barge});
  const std::size_t changes = call.all<ModeApplied>().size();
  ASSERT_TRUE(call.bridge->set_policy(next));
  call.settle();
  EXPECT_EQ(call.all<ModeApplied>().size(), changes);
  EXPECT_TRUE(call.hears(customer, supervisor));
}

TEST_F(Review, APolicyThatDoesNotAnswerRevokes) {
  call.enter(supervisor, {Mode::barge});
  next.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  ASSERT_TRUE(call.bridge->set_policy(next));
  call.settle();
  EXPECT_TRUE(call.hears(customer, supervisor));
  call.clock.advance(2s);
  call.settle();
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Review, ARaiseDeniedWhileAThirdPartyJoinedStillBringsThatPartyIn) {
  call.enter(supervisor, {Mode::whisper});
  bool answers = false;
  call.authorizer.answer = [&](const AccessRequest& request) {
    if (!answers) return std::optional<Decision>();
    return std::optional(request.action.mode == Mode::barge ? ScriptedAuthorizer::deny()
                                                            : ScriptedAuthorizer::permit());
  };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  Party& third = call.customer("third");
  answers = true;
  call.settle();
  EXPECT_TRUE(call.hears(supervisor, third));
  EXPECT_FALSE(call.hears(third, supervisor));
}

TEST_F(Review, WhisperingToANewcomerIsARaise) {
  call.enter(supervisor, {Mode::whisper});
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  Party& third = call.agent("third");
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  ModeRequest request{Mode::whisper};
  request.agent = agent.ids.participant;
  request.targets = {third.ids.participant};
  EXPECT_EQ(call.ask(supervisor, request).state, RaiseState::denied);
}

TEST_F(Review, AnotherAgentIsAnotherQuestion) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::monitor};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  call.authorizer.answer = [](const AccessRequest& asked) {
    return asked.call.agent == PersonGid("agent") ? ScriptedAuthorizer::permit()
                                                  : ScriptedAuthorizer::deny();
  };
  request.agent = second.ids.participant;
  EXPECT_EQ(call.ask(supervisor, request).state, RaiseState::denied);
}

TEST_F(Review, WhatIsRevokedTakesItsPendingRaiseWithIt) {
  Call slow(MemorySink::Ack::held_back);
  Party& ann = slow.customer();
  slow.agent();
  Party& sue = slow.supervisor();
  static_cast<void>(slow.ask(sue, {Mode::monitor}));
  slow.sink.acknowledge();
  slow.settle();
  static_cast<void>(slow.ask(sue, {Mode::barge}));  // waits for the log
  next.answer = [](const AccessRequest& asked) {
    return asked.action.mode == Mode::monitor ? ScriptedAuthorizer::deny()
                                              : ScriptedAuthorizer::permit();
  };
  ASSERT_TRUE(slow.bridge->set_policy(next));
  slow.poll();
  slow.sink.acknowledge();
  slow.settle();
  EXPECT_FALSE(slow.hears(ann, sue));
  EXPECT_EQ(slow.last<SessionEnded>().cause, Cause::revoked);
  ASSERT_FALSE(slow.all<RequestCancelled>().empty());
  EXPECT_EQ(slow.last<RequestCancelled>().why, "lowered");
  const std::vector<std::string> types = slow.record_types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "session.joined"), 1);
  EXPECT_EQ(std::count(types.begin(), types.end(), "session.left"), 1);
}

TEST_F(Review, ItAsksAboutWhatIsInForceNotAboutWhatIsPending) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::monitor};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  request.agent = second.ids.participant;
  static_cast<void>(call.ask(supervisor, request));
  ASSERT_TRUE(call.bridge->set_policy(next));
  ASSERT_EQ(next.asked.size(), 2u);
  EXPECT_EQ(next.asked[0].call.agent, PersonGid("second"));
  EXPECT_EQ(next.asked[1].call.agent, PersonGid("agent"));
}

TEST_F(Review, APermissionThatNowTakesANoticeRevokesWhatGaveNone) {
  call.enter(supervisor, {Mode::barge});
  next.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.visual = Obliged<VisualObligation>{{true, false}, "notice"};
    return ScriptedAuthorizer::permit(obligations);
  };
  ASSERT_TRUE(call.bridge->set_policy(next));
  call.settle();
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Review, ANewcomerIsAskedForAgainOnceTheLogIsBack) {
  call.enter(supervisor, {Mode::barge});
  int asked = 0;
  call.authorizer.answer = [&](const AccessRequest&) {
    return ++asked == 1 ? ScriptedAuthorizer::deny(DecisionCode::audit_unavailable)
                        : ScriptedAuthorizer::permit();
  };
  Party& third = call.customer("third");
  call.settle();
  EXPECT_FALSE(call.hears(third, supervisor));
  call.clock.advance(1s);
  call.settle();
  EXPECT_TRUE(call.hears(third, supervisor));
}

}  // namespace
}  // namespace barge::test
