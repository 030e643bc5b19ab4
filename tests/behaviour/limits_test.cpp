// SPDX-License-Identifier: Apache-2.0
// Limits and losses hold on the media thread even if control never runs again.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Limits : public testing::Test {
 protected:
  void permit_with(Obligations obligations) {
    call.authorizer.answer = [obligations](const AccessRequest&) {
      return ScriptedAuthorizer::permit(obligations);
    };
  }
  void run_media_alone(std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 10ms)
      call.tick();
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Limits, AWhisperBudgetEndsTheWhisperWithoutControl) {
  Obligations obligations;
  obligations.max_whisper = Obliged<std::chrono::seconds>{3s, "cap"};
  permit_with(obligations);
  call.enter(supervisor, {Mode::whisper});
  run_media_alone(2900ms);
  EXPECT_TRUE(call.hears(agent, supervisor));
  run_media_alone(200ms);
  EXPECT_FALSE(call.hears(agent, supervisor));
  EXPECT_EQ(call.heard_by(supervisor), "customer agent") << "it monitors now";
  call.poll();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::expired);
  EXPECT_EQ(call.ask(supervisor, {Mode::whisper}).decision->code, DecisionCode::whisper_budget);
}

TEST_F(Limits, ASessionLimitEndsTheSessionWithoutControl) {
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{2s, "cap"};
  permit_with(obligations);
  call.enter(supervisor, {Mode::barge});
  run_media_alone(2100ms);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(supervisor), "");
  call.poll();
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::expired);
}

TEST_F(Limits, AnAnswerIsValidUntilItsInstantAndNotASampleLonger) {
  const WallTime until = call.clock.wall() + 1s;
  call.authorizer.answer = [until](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::permit();
    decision.valid_until = until;
    decision.on_revoke.downgrade_to = Mode::monitor;
    return decision;
  };
  call.enter(supervisor, {Mode::barge});
  const SampleIndex opened = call.last<ModeApplied>().at;
  run_media_alone(1100ms);
  EXPECT_FALSE(call.hears(customer, supervisor));
  EXPECT_TRUE(call.hears(supervisor, customer));
  call.poll();
  const SampleIndex closed = call.last<ModeApplied>().at;
  EXPECT_LE(closed.samples() - opened.samples(), 16000u + ramp_samples(SampleRate::hz_16000));
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
}

TEST_F(Limits, APermissionThatIsRenewedGoesOnWithoutAGap) {
  call.authorizer.answer = [](const AccessRequest& request) {
    Decision decision = ScriptedAuthorizer::permit();
    decision.valid_until = request.environment.now + 5s;
    return decision;
  };
  call.enter(supervisor, {Mode::barge});
  call.events.clear();
  call.keeps_heard = true;
  const auto begun = static_cast<std::size_t>(call.position.samples());
  for (int i = 0; i < 1700; ++i)
    call.tick(), call.poll();
  EXPECT_TRUE(call.all<ModeApplied>().empty());
  EXPECT_TRUE(std::all_of(customer.heard.begin() + static_cast<std::ptrdiff_t>(begun),
                          customer.heard.end(), [](Sample sample) { return sample == 2 + 4; }));
  const auto asked = call.authorizer.asked.size();
  EXPECT_LE(asked, 6u) << "once for each instant at which it might end";
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  run_media_alone(8s);
  EXPECT_FALSE(call.hears(customer, supervisor)) << "it is not renewed any more";
}

TEST_F(Limits, APermissionThatIsNotRenewedIsValidUntilItsInstant) {
  const WallTime until = call.clock.wall() + 5s;
  call.authorizer.answer = [until](const AccessRequest& request) {
    if (request.environment.now >= until) return ScriptedAuthorizer::deny();
    Decision decision = ScriptedAuthorizer::permit();
    decision.valid_until = until;
    return decision;
  };
  call.enter(supervisor, {Mode::barge});
  while (call.clock.wall() + 50ms < until)
    call.tick(), call.poll();
  EXPECT_TRUE(call.hears(customer, supervisor)) << "the denial is for later";
  for (int i = 0; i < 10; ++i)
    call.tick(), call.poll();
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Limits, ARaiseWhosePlanFallsBackAtOnceIsReportedBeforeItsEnd) {
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{1s, "cap"};
  permit_with(obligations);
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  call.poll();  // the plan is published; the media thread is late
  run_media_alone(990ms);
  permit_with({});
  ASSERT_TRUE(call.bridge->set_muted(customer.ids.participant, true));
  run_media_alone(100ms);
  call.poll();
  call.settle();
  std::vector<Mode> modes;
  for (const ModeApplied& applied : call.all<ModeApplied>())
    modes.push_back(applied.to);
  EXPECT_EQ(modes, (std::vector<Mode>{Mode::monitor, Mode::off}));
}

TEST_F(Limits, ControlExpiresASessionWhoseMediaStandsStill) {
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{2s, "cap"};
  permit_with(obligations);
  call.enter(supervisor, {Mode::barge});
  call.clock.advance(3s);
  call.poll();
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Limits, TwoLimitsAtOnceEndInNoSupervisionAtAll) {
  Party& second = call.supervisor("second");
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{1s, "cap"};
  permit_with(obligations);
  call.enter(second, {Mode::monitor});
  permit_with({});
  call.enter(supervisor, {Mode::takeover});
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  run_media_alone(1500ms);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(second), "");
  call.poll();
  EXPECT_EQ(call.all<SessionEnded>().size(), 2u);
}

TEST_F(Limits, EachOfSeveralLimitsHoldsWithoutControl) {
  Party& second = call.supervisor("second");
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{1s, "cap"};
  permit_with(obligations);
  call.enter(supervisor, {Mode::barge});
  obligations.max_session->value = 3s;
  obligations.max_whisper = Obliged<std::chrono::seconds>{2s, "cap"};
  permit_with(obligations);
  call.enter(second, {Mode::whisper});
  run_media_alone(1100ms);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer second");
  run_media_alone(1000ms);
  EXPECT_EQ(call.heard_by(agent), "customer");
  EXPECT_EQ(call.heard_by(second), "customer agent");
  run_media_alone(1000ms);
  EXPECT_EQ(call.heard_by(second), "");
  call.poll();
  EXPECT_EQ(call.all<SessionEnded>().size(), 2u);
}

TEST_F(Limits, WhatMediaHasClosedStaysClosedUnderLaterPlans) {
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{1s, "cap"};
  permit_with(obligations);
  call.enter(supervisor, {Mode::barge});
  // Media catches up faster than the clock runs.
  for (int i = 0; i < 120; ++i)
    call.tick(), call.clock.advance(-5ms);
  EXPECT_FALSE(call.hears(customer, supervisor));
  ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, true));
  for (int i = 0; i < 10; ++i) {
    call.tick();
    EXPECT_FALSE(call.hears(customer, supervisor));
  }
}

TEST_F(Limits, LosingTheSupervisorsLegReturnsTheAgentOnTheNextTick) {
  ModeRequest request{Mode::takeover};
  request.disposition = Disposition::hold;
  call.enter(supervisor, request);
  EXPECT_EQ(call.heard_by(agent), "");
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(agent), "customer");
  call.poll();
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::leg_lost);
  EXPECT_EQ(call.last<LegLost>().participant, supervisor.ids.participant);
  EXPECT_TRUE(call.index_of(RecordType::takeover_rolled_back));
}

TEST_F(Limits, AnExpiryAndALaterLossAreReportedEachWithItsOwnSampleAndCause) {
  Party& second = call.supervisor("second");
  Obligations obligations;
  obligations.max_session = Obliged<std::chrono::seconds>{1s, "cap"};
  permit_with(obligations);
  call.enter(second, {Mode::monitor});
  permit_with({});
  call.enter(supervisor, {Mode::takeover});
  call.events.clear();
  run_media_alone(1100ms);
  const SampleIndex before_the_loss = call.position;
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  run_media_alone(100ms);
  call.poll();
  const auto changes = call.all<ModeApplied>();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].supervisor, second.ids.participant);
  EXPECT_EQ(changes[0].cause, Cause::expired);
  EXPECT_LT(changes[0].at, before_the_loss);
  EXPECT_EQ(changes[1].supervisor, supervisor.ids.participant);
  EXPECT_EQ(changes[1].cause, Cause::leg_lost);
  EXPECT_FALSE(changes[1].at < before_the_loss);
  EXPECT_TRUE(call.index_of(RecordType::takeover_rolled_back));
}

TEST_F(Limits, ALossOutlivesThePlansPublishedMeanwhile) {
  call.enter(supervisor, {Mode::takeover});
  ASSERT_TRUE(call.bridge->set_muted(customer.ids.participant, true));  // a plan, not yet taken
  ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
  call.tick();
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Limits, ALostLegIsHeardByNobody) {
  call.settle();
  ASSERT_TRUE(call.port->leg_lost(customer.ids.leg));
  call.tick();
  EXPECT_EQ(call.heard_by(agent), "");
  call.poll();
  EXPECT_EQ(call.last<LegLost>().participant, customer.ids.participant);
  EXPECT_EQ(call.all<LegLost>().size(), 1u);
  call.settle();
  EXPECT_EQ(call.all<LegLost>().size(), 1u) << "said once";
}

}  // namespace
}  // namespace barge::test
