// SPDX-License-Identifier: Apache-2.0
// Whether media pass through the bridge, leg by leg.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Flow : public testing::Test {
 protected:
  void SetUp() override {
    call.enter(supervisor, {Mode::monitor});
    call.events.clear();
  }
  /// So much time with media, and control every 100 ms.
  void pass(std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 10ms) {
      call.tick();
      if (passed.count() % 100 == 0) call.poll();
    }
    call.poll();
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Flow, APartyWhoseFramesDoNotComeIsReported) {
  pass(3s);
  EXPECT_TRUE(call.all<MediaFlow>().empty());
  customer.pushes = false;
  pass(4900ms);
  EXPECT_TRUE(call.all<MediaFlow>().empty()) << "not before its time";
  pass(2700ms);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  EXPECT_EQ(call.last<MediaFlow>().participant, customer.ids.participant);
  EXPECT_FALSE(call.last<MediaFlow>().pushed);
  EXPECT_TRUE(call.last<MediaFlow>().pulled);
  pass(20s);
  EXPECT_EQ(call.all<MediaFlow>().size(), 1u) << "once";
}

TEST_F(Flow, APartyWhoseRowIsNotPulledIsReported) {
  agent.pulls = false;
  pass(7600ms);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  EXPECT_EQ(call.last<MediaFlow>().participant, agent.ids.participant);
  EXPECT_TRUE(call.last<MediaFlow>().pushed);
  EXPECT_FALSE(call.last<MediaFlow>().pulled);
  pass(20s);
  EXPECT_EQ(call.all<MediaFlow>().size(), 1u) << "once";
}

TEST_F(Flow, APartyThatNeverSentAnythingIsReportedAsWell) {
  Party& second = call.customer("second");
  second.pushes = second.pulls = false;
  pass(4900ms);
  EXPECT_TRUE(call.all<MediaFlow>().empty());
  pass(2700ms);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  EXPECT_EQ(call.last<MediaFlow>().participant, second.ids.participant);
  EXPECT_FALSE(call.last<MediaFlow>().pushed);
  EXPECT_FALSE(call.last<MediaFlow>().pulled);
}

TEST_F(Flow, ReportsWhenMediaComeBack) {
  customer.pushes = customer.pulls = false;
  pass(8s);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  customer.pulls = true;
  pass(3s);
  ASSERT_EQ(call.all<MediaFlow>().size(), 2u);
  EXPECT_FALSE(call.last<MediaFlow>().pushed);
  EXPECT_TRUE(call.last<MediaFlow>().pulled);
  customer.pushes = true;
  pass(3s);
  ASSERT_EQ(call.all<MediaFlow>().size(), 3u);
  EXPECT_TRUE(call.last<MediaFlow>().pushed);
  EXPECT_TRUE(call.last<MediaFlow>().pulled);
  pass(10s);
  EXPECT_EQ(call.all<MediaFlow>().size(), 3u);
}

TEST_F(Flow, ShortPausesAreNoFault) {
  for (int i = 0; i < 10; ++i) {
    customer.pushes = agent.pulls = false;
    pass(4500ms);
    customer.pushes = agent.pulls = true;
    pass(50ms);
  }
  EXPECT_TRUE(call.all<MediaFlow>().empty());
}

TEST_F(Flow, PlansThatFollowOneAnotherForgetNothing) {
  customer.pushes = false;
  for (int i = 0; i < 80; ++i) {
    ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, i % 2 == 0));
    pass(100ms);
  }
  EXPECT_EQ(call.all<MediaFlow>().size(), 1u);
}

TEST_F(Flow, PlansThatFollowOneAnotherMakeNoPauseLonger) {
  pass(8s);
  customer.pushes = agent.pulls = false;
  pass(100ms);
  ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, true));
  pass(4s);
  EXPECT_TRUE(call.all<MediaFlow>().empty());
}

TEST_F(Flow, WaitsWhileNoMediaRunAtAll) {
  call.clock.advance(60s);
  call.poll();
  EXPECT_TRUE(call.all<MediaFlow>().empty()) << "no tick was missed by anybody";
}

TEST(FlowConfig, IsReportedAfterTheTimeThatTheHostNamesOrNever) {
  for (const auto after : {1000ms, 0ms}) {
    BridgeConfig config = Call::config();
    config.media_missing_after = after;
    Call call(config);
    Party& customer = call.customer();
    call.agent();
    call.enter(call.supervisor(), {Mode::monitor});
    customer.pushes = false;
    for (int i = 0; i < 200; ++i)
      call.tick(), call.poll();
    EXPECT_EQ(call.all<MediaFlow>().size(), after == 0ms ? 0u : 1u);
  }
}

TEST_F(Flow, IsWatchedByMediaAndTakesNoDeadline) {
  pass(1s);
  EXPECT_FALSE(call.bridge->next_deadline());
}

TEST_F(Flow, OfANewLegIsMissingOnlyAfterItsTime) {
  customer.pushes = false;
  pass(8s);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  customer.ids = call.bridge->replace_leg(customer.ids.participant).value();
  call.poll();
  ASSERT_EQ(call.all<MediaFlow>().size(), 2u);
  EXPECT_TRUE(call.last<MediaFlow>().pushed);
  pass(4900ms);
  EXPECT_EQ(call.all<MediaFlow>().size(), 2u);
  pass(1s);
  EXPECT_EQ(call.all<MediaFlow>().size(), 3u);
}

TEST_F(Flow, IsToldWhenSupervisionBeginsThoughItCeasedBefore) {
  call.enter(supervisor, {Mode::off});
  call.events.clear();
  customer.pushes = false;
  pass(20s);
  EXPECT_TRUE(call.all<MediaFlow>().empty()) << "nobody supervises";
  call.enter(supervisor, {Mode::monitor});
  pass(200ms);
  ASSERT_EQ(call.all<MediaFlow>().size(), 1u);
  EXPECT_FALSE(call.last<MediaFlow>().pushed);
}

TEST_F(Flow, OfManyLegsIsWatchedAsWell) {
  for (int i = 0; i < 130; ++i)
    call.customer("guest " + std::to_string(i)).pushes = false;
  pass(7s);
  EXPECT_EQ(call.all<MediaFlow>().size(), 130u);
}

TEST_F(Flow, MissingFramesEndNothing) {
  call.enter(supervisor, {Mode::takeover});
  call.events.clear();
  supervisor.pushes = supervisor.pulls = false;
  customer.pushes = false;
  pass(180s);
  EXPECT_TRUE(call.all<SessionEnded>().empty());
  EXPECT_TRUE(call.all<ModeApplied>().empty());
  EXPECT_TRUE(call.all<LegLost>().empty());
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
  EXPECT_EQ(call.all<MediaFlow>().size(), 2u);
  supervisor.pushes = customer.pushes = supervisor.pulls = true;
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer");
}

TEST_F(Flow, OfALegIsCountedForItAlone) {
  LegConfig config;
  config.rate = SampleRate::hz_16000;
  config.bridge = {SampleRate::hz_16000, Call::frame};
  config.packet = 10ms;
  Leg good = Leg::create(config).value(), bad = Leg::create(config).value();
  std::vector<Sample> packet(Call::frame, 1000), out(Call::frame);
  for (int i = 0; i < 1000; ++i) {
    good.receive(packet);
    if (i % 100 < 90) bad.receive(packet);
    static_cast<void>(good.read(out));
    static_cast<void>(bad.read(out));
  }
  const LegFlow of_good = good.counters().in, of_bad = bad.counters().in;
  EXPECT_EQ(of_bad.pieces, 900u);
  EXPECT_GE(of_bad.underruns, 9u);
  EXPECT_GT(of_bad.concealed, 9 * Call::frame);
  EXPECT_EQ(of_good.pieces, 1000u);
  EXPECT_EQ(of_good.underruns, 0u);
  EXPECT_EQ(of_good.overflows, 0u);
  EXPECT_EQ(of_good.splices, 0u);
  EXPECT_LE(of_good.missing, 4u) << "until it began";
}

}  // namespace
}  // namespace barge::test
