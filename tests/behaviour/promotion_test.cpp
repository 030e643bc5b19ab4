// SPDX-License-Identifier: Apache-2.0
// The agent leaves during barge: the supervisor is audible without a break, and becomes the one
// who took the call over where the policy permits.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

class Promotion : public testing::Test {
 protected:
  bool is_promoted(const Party& party) const {
    const auto applied = call.all<ModeApplied>();
    return std::any_of(applied.begin(), applied.end(), [&](const ModeApplied& change) {
      return change.supervisor == party.ids.participant && change.to == Mode::takeover;
    });
  }
  bool is_unattended(const Party& party) const {
    const auto told = call.all<UnattendedBarge>();
    return std::any_of(told.begin(), told.end(), [&](const UnattendedBarge& barge) {
      return barge.supervisor == party.ids.participant;
    });
  }

  ScriptedAuthorizer next;  // outlives the call, as the bridge demands
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Promotion, ComesWithTheLastAgentWhoeverTheSessionWasBoundTo) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  call.leave(agent);
  call.settle();
  EXPECT_FALSE(is_promoted(supervisor));
  call.leave(second);
  call.settle();
  EXPECT_TRUE(is_promoted(supervisor));
}

TEST_F(Promotion, IsAskedForAgainUnderANewPolicy) {
  call.enter(supervisor, {Mode::barge});
  call.leave(agent);
  static_cast<void>(call.bridge->set_policy(next).value());
  call.settle();
  EXPECT_TRUE(is_promoted(supervisor));
}

TEST_F(Promotion, DeniedToOneIsAskedForTheOther) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::barge});
  call.enter(second, {Mode::barge});
  call.authorizer.answer = [](const AccessRequest& request) {
    const bool is_denied =
        request.action.mode == Mode::takeover && request.subject.id != PersonGid("second");
    return is_denied ? ScriptedAuthorizer::deny() : ScriptedAuthorizer::permit();
  };
  call.leave(agent);
  run(call, 10);
  EXPECT_TRUE(is_unattended(supervisor));
  EXPECT_FALSE(is_promoted(supervisor));
  EXPECT_TRUE(is_promoted(second));
  EXPECT_EQ(call.heard_by(customer), "supervisor second");
}

TEST_F(Promotion, OfOneLetsConsentThatWasWithdrawnEndTheOther) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::barge});
  call.enter(second, {Mode::barge});
  static_cast<void>(call.bridge->hold(agent.ids.participant).value());
  CallAttributes withdrawn;
  withdrawn.consent = Consent::withdrawn;
  static_cast<void>(call.bridge->set_attributes(withdrawn).value());
  call.settle();
  call.leave(agent);
  run(call, 10);
  EXPECT_NE(call.hears(customer, supervisor), call.hears(customer, second));
}

}  // namespace
}  // namespace barge::test
