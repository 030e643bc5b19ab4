// SPDX-License-Identifier: Apache-2.0
// A session in force reaches whoever came later once it has been judged, whatever else happens.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

class Extension : public testing::Test {
 protected:
  ScriptedAuthorizer next;  // outlives the call, as the bridge demands
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Extension, ReachesTheNewcomerThoughTheAgentLeavesMeanwhile) {
  call.enter(supervisor, {Mode::monitor});
  call.agent("second");
  call.leave(agent);
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer second");
}

TEST_F(Extension, ReachesTheNewcomerThoughTheSessionIsLoweredMeanwhile) {
  call.enter(supervisor, {Mode::barge});
  call.agent("second");
  static_cast<void>(call.bridge->force(supervisor.ids.participant, Mode::monitor, "").value());
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer agent second");
}

TEST_F(Extension, ReachesACustomerThoughTheBargeIsPromotedMeanwhile) {
  call.enter(supervisor, {Mode::barge});
  Party& second = call.customer("second");
  call.leave(agent);
  run(call, 20);
  EXPECT_TRUE(call.hears(second, supervisor));
}

TEST_F(Extension, ReachesNobodyByAReviewAlone) {
  call.enter(supervisor, {Mode::monitor});
  Party& other = call.agent("other");
  call.settle();
  static_cast<void>(call.bridge->consult(agent.ids.participant, other.ids.participant).value());
  run(call, 3);
  ASSERT_EQ(call.heard_by(supervisor), "customer");
  next.answer = [](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::permit();
    decision.terms.consult = ConsultEar::all;
    return decision;
  };
  static_cast<void>(call.bridge->set_policy(next).value());
  run(call, 5);
  EXPECT_EQ(call.heard_by(supervisor), "customer") << "what is wider is asked for";
}

TEST_F(Extension, TellsThoseWhoWereThereOfANoticeThatTheyNeverHad) {
  call.enter(supervisor, {Mode::barge});
  call.authorizer.answer = [](const AccessRequest& request) {
    Obligations obligations;
    Obliged<ToneObligation> tone;
    tone.value.id = "join";
    tone.value.to = NoticeTo::both;
    if (request.call.parties.size() > 2) obligations.tones.push_back(tone);
    return ScriptedAuthorizer::permit(obligations);
  };
  call.keeps_heard = true;
  call.customer("second");
  run(call, 100);
  const auto is_loud = [](Sample sample) { return sample > 100; };
  EXPECT_TRUE(std::any_of(customer.heard.begin(), customer.heard.end(), is_loud));
  EXPECT_EQ(call.all<NoticePlayed>().size(), 1u);
}

}  // namespace
}  // namespace barge::test
