// SPDX-License-Identifier: Apache-2.0
// What is in force is judged again when the call or the policy changes.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Review : public testing::Test {
 protected:
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
  ScriptedAuthorizer strict;
  strict.answer = [](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::deny();
    decision.on_revoke.downgrade_to = Mode::monitor;
    return decision;
  };
  ASSERT_TRUE(call.bridge->set_policy(strict));
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::revoked);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Review, ANewPolicyThatPermitsChangesNothing) {
  call.enter(supervisor, {Mode::barge});
  const std::size_t changes = call.all<ModeApplied>().size();
  ScriptedAuthorizer same;
  ASSERT_TRUE(call.bridge->set_policy(same));
  call.settle();
  EXPECT_EQ(call.all<ModeApplied>().size(), changes);
  EXPECT_TRUE(call.hears(customer, supervisor));
}

TEST_F(Review, APolicyThatDoesNotAnswerRevokes) {
  call.enter(supervisor, {Mode::barge});
  ScriptedAuthorizer mute;
  mute.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  ASSERT_TRUE(call.bridge->set_policy(mute));
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

}  // namespace
}  // namespace barge::test
