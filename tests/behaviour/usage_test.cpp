// SPDX-License-Identifier: Apache-2.0
// Caps that count across calls: the supervisor's sessions at a time, the agent's in an hour.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

BridgeConfig counted(UsageCounts* usage, const char* call) {
  BridgeConfig config = Call::config();
  config.call = CallGid(call);
  config.usage = usage;
  return config;
}

/// A call with a customer and bob, whose supervisor sue may have so many sessions.
struct Capped : Call {
  Capped(UsageCounts* usage, const char* call, const UseLimits& limits)
      : Call(counted(usage, call)) {
    authorizer.answer = [limits](const AccessRequest&) {
      Obligations obligations;
      if (limits.concurrent) obligations.max_concurrent = {*limits.concurrent, "cap"};
      if (limits.per_agent_per_hour) {
        obligations.max_per_agent_per_hour = {*limits.per_agent_per_hour, "cap"};
      }
      return ScriptedAuthorizer::permit(obligations);
    };
  }
  Party& ann = customer();
  Party& bob = agent("bob");
  Party& sue = supervisor("sue");

  bool is_let_in(Mode mode) {
    enter(sue, {mode});
    return all<RequestDenied>().empty();
  }
};

TEST(Usage, CapsTheSessionsOfASupervisor) {
  MemoryUsage usage;
  Capped first(&usage, "1", {1, {}});
  ASSERT_TRUE(first.is_let_in(Mode::monitor));
  Capped second(&usage, "2", {1, {}});
  EXPECT_FALSE(second.is_let_in(Mode::monitor));
  EXPECT_EQ(second.last<RequestDenied>().decision.code, DecisionCode::too_many_sessions);
  EXPECT_TRUE(first.is_let_in(Mode::barge)) << "its own session takes no second place";
  first.enter(first.sue, {Mode::off});
  Capped third(&usage, "3", {1, {}});
  ASSERT_TRUE(third.is_let_in(Mode::monitor));
  static_cast<void>(third.bridge->close().value());
  {
    Capped fourth(&usage, "4", {1, {}});
    EXPECT_TRUE(fourth.is_let_in(Mode::monitor));
  }
  EXPECT_TRUE(Capped(&usage, "5", {1, {}}).is_let_in(Mode::monitor)) << "with the bridge it ended";
}

TEST(Usage, CapsTheBargesOfAnAgentInAnHour) {
  MemoryUsage usage;
  Capped call(&usage, "1", {{}, 2});
  ASSERT_TRUE(call.is_let_in(Mode::barge));
  call.enter(call.sue, {Mode::off});
  ASSERT_TRUE(call.is_let_in(Mode::barge));
  call.enter(call.sue, {Mode::off});
  EXPECT_FALSE(call.is_let_in(Mode::barge));
  call.events.clear();
  EXPECT_TRUE(call.is_let_in(Mode::monitor)) << "another mode";
  call.enter(call.sue, {Mode::off});
  call.clock.advance(3600s);
  EXPECT_TRUE(call.is_let_in(Mode::barge));
}

TEST(Usage, IsTakenInOneStepWhenTwoRaisesRace) {
  MemoryUsage usage;
  Capped first(&usage, "1", {1, {}});
  Capped second(&usage, "2", {1, {}});
  static_cast<void>(first.ask(first.sue, {Mode::monitor}));
  static_cast<void>(second.ask(second.sue, {Mode::monitor}));
  first.settle();
  second.settle();
  EXPECT_EQ(first.all<ModeApplied>().size(), 1U);
  EXPECT_TRUE(second.all<ModeApplied>().empty());
  ASSERT_EQ(second.all<RequestDenied>().size(), 1U);
  EXPECT_EQ(second.last<RequestDenied>().decision.code, DecisionCode::too_many_sessions);
}

TEST(Usage, IsNeededWhereADecisionSetsACap) {
  Capped call(nullptr, "1", {1, {}});
  EXPECT_FALSE(call.is_let_in(Mode::monitor));
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::unsupported_obligation);
}

TEST(Usage, CountsAnotherAgentAnew) {
  MemoryUsage usage;
  Capped call(&usage, "1", {{}, 1});
  Party& other = call.agent("other");
  ModeRequest request{Mode::barge};
  request.agent = call.bob.ids.participant;
  call.enter(call.sue, request);
  ASSERT_EQ(call.all<ModeApplied>().size(), 1U);
  request.agent = other.ids.participant;
  call.enter(call.sue, request);
  EXPECT_EQ(call.all<ModeApplied>().size(), 2U);
  request.agent = call.bob.ids.participant;
  call.enter(call.sue, request);
  EXPECT_EQ(call.all<ModeApplied>().size(), 2U) << "bob has had his";
}

TEST(Usage, CountsABargeThatGoesToAnAgentWhomSomebodyElseHadBarged) {
  MemoryUsage usage;
  Capped call(&usage, "1", {{}, 1});
  Party& uma = call.supervisor("uma");
  Party& other = call.agent("other");
  ModeRequest request{Mode::barge};
  request.agent = other.ids.participant;
  call.enter(uma, request);
  request.agent = call.bob.ids.participant;
  call.enter(call.sue, request);
  ASSERT_EQ(call.all<ModeApplied>().size(), 2U);
  request.agent = other.ids.participant;
  call.enter(call.sue, request);
  EXPECT_EQ(call.all<ModeApplied>().size(), 2U) << "other has had its one";
}

}  // namespace
}  // namespace barge::test
