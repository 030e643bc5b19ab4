// SPDX-License-Identifier: Apache-2.0
// What a permission that is withdrawn or runs out leaves, and when.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

class Revoked : public testing::Test {
 protected:
  /// A policy that denies what is in force, from now on.
  void deny(Revocation revocation = {}) {
    next.answer = [revocation](const AccessRequest&) {
      Decision decision = ScriptedAuthorizer::deny();
      decision.on_revoke = revocation;
      return decision;
    };
    static_cast<void>(call.bridge->set_policy(next).value());
  }
  void set_personal(bool personal) {
    CallAttributes attributes;
    attributes.personal = personal;
    static_cast<void>(call.bridge->set_attributes(attributes).value());
  }

  ScriptedAuthorizer next;  // outlives the call, as the bridge demands
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Revoked, AGraceThatIsOverNeverRaisesWhoeverIsLowerByThen) {
  call.enter(supervisor, {Mode::takeover});
  deny({Mode::barge, 1s});
  run(call, 3);
  static_cast<void>(call.bridge->hand_back(supervisor.ids.participant).value());
  run(call, 200);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
}

TEST_F(Revoked, AGraceThatIsOverIsNoDeadlineAnyMore) {
  call.enter(supervisor, {Mode::barge});
  deny({Mode::monitor, 1s});
  run(call, 300);
  ASSERT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_GE(call.bridge->next_deadline().value_or(SteadyTime::max()), call.clock.steady());
}

TEST_F(Revoked, AnotherDenialDoesNotBeginTheGraceAnew) {
  call.enter(supervisor, {Mode::barge});
  deny({Mode::off, 2s});
  for (int second = 0; second < 3; ++second) {
    set_personal(second % 2 == 0);
    run(call, 100);
  }
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Revoked, TheSoleAttendantGoesWhenTheAgentIsBack) {
  call.enter(supervisor, {Mode::barge});
  static_cast<void>(call.bridge->hold(agent.ids.participant).value());
  call.settle();
  deny();
  call.settle();
  EXPECT_TRUE(call.hears(customer, supervisor)) << "nobody else could speak to the customer";
  static_cast<void>(call.bridge->resume(agent.ids.participant).value());
  run(call, 40);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Revoked, AFallbackToWhisperIsForTheAgentWhoeverWasATargetBefore) {
  const WallTime until = call.clock.wall() + 1s;
  call.authorizer.answer = [until](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::permit();
    decision.valid_until = until;
    decision.on_revoke = {Mode::whisper, 0ms};
    return decision;
  };
  ModeRequest request{Mode::barge};
  request.targets = {customer.ids.participant};
  call.enter(supervisor, request);
  ASSERT_TRUE(call.hears(customer, supervisor));
  for (int i = 0; i < 200; ++i)
    call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent") << "without control";
  run(call, 5);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
}

TEST_F(Revoked, ARenewalIsAskedForAgainWhenTheFactsChangeMeanwhile) {
  const WallTime until = call.clock.wall() + 5s;
  call.authorizer.answer = [until](const AccessRequest& request) {
    Decision decision = ScriptedAuthorizer::permit();
    if (request.environment.now < until) decision.valid_until = until;
    return decision;
  };
  call.enter(supervisor, {Mode::barge});
  while (call.clock.wall() + 1990ms < until)
    run(call, 1);
  set_personal(true);
  run(call, 500);
  EXPECT_TRUE(call.hears(customer, supervisor));
}

}  // namespace
}  // namespace barge::test
