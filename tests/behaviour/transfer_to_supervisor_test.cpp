// SPDX-License-Identifier: Apache-2.0
// The warm transfer: the agent's place goes to the supervisor who is on the call.
#include <gtest/gtest.h>

#include "support/transfer.hpp"

namespace barge::test {
namespace {

TEST_F(Transfer, ToASupervisorMakesItTheAgent) {
  Party& monitor = call.supervisor("monitor");
  permit(with_notice());
  for (Party* party : {&supervisor, &monitor}) {
    static_cast<void>(call.ask(*party, {party == &monitor ? Mode::monitor : Mode::barge}));
    listen(call, customer, 200);
  }
  call.events.clear();
  answer_nothing();
  transfer_to(supervisor);
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "supervisor") << "it is noticed by being transferred to";
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(monitor), "customer") << "until it has been judged for that agent";
  EXPECT_EQ(info_of(call, supervisor).person.role, Role::agent);
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::off);
  permit();
  call.settle();
  EXPECT_EQ(call.heard_by(monitor), "customer supervisor");
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::transferred);
  EXPECT_EQ(call.last<SessionEnded>().supervisor, supervisor.ids.participant);
  EXPECT_TRUE(call.all<NoticePlayed>().empty());
  const auto answer = call.bridge->request(supervisor.ids.participant, {Mode::monitor});
  EXPECT_EQ(answer.error().code, Errc::wrong_role);
}

TEST_F(Transfer, ToASupervisorWhoIsOnTheLineLeavesNoCustomerUnattended) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->hold(agent.ids.participant));
  call.settle();
  transfer_to(supervisor);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Transfer, ToASupervisorWhoFollowedTheAgentFollowsNobodyAnyMore) {
  call.enter(supervisor, following_the_agent(Mode::monitor));
  transfer_to(supervisor);
  call.settle();
  EXPECT_TRUE(call.last<SessionEnded>().follows.empty());
}

}  // namespace
}  // namespace barge::test
