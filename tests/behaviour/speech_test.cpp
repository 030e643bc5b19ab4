// SPDX-License-Identifier: Apache-2.0
// Levels, and who speaks when.
#include <cmath>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Speech : public testing::Test {
 protected:
  Speech() : Speech(SpeechDetection{-42, 20ms, 100ms}) {}
  explicit Speech(const SpeechDetection& detection) {
    BridgeConfig config = Call::config();
    config.speech = detection;
    call.emplace(config);
    customer = &call->customer();
    agent = &call->agent();
    say(*customer, 0);
    say(*agent, 0);
    call->settle();
  }
  /// A 1 kHz sine of this amplitude in every frame from now on.
  static void say(Party& party, double amplitude) {
    for (std::size_t i = 0; i < party.in.size(); ++i) {
      const double phase = 2 * std::acos(-1.0) * static_cast<double>(i) / 16;
      party.in[i] = static_cast<Sample>(std::lround(amplitude * std::sin(phase)));
    }
  }
  void ticks(int count) {
    for (int i = 0; i < count; ++i)
      call->tick();
    call->events.clear();
    call->poll();
  }
  ParticipantInfo info(const Party& party) const {
    for (const ParticipantInfo& candidate : call->bridge->participants().value()) {
      if (candidate.id == party.ids.participant) return candidate;
    }
    return {};
  }
  static double amplitude_at(double dbfs) { return 32767 * std::pow(10, dbfs / 20); }

  std::optional<Call> call;
  Party *customer, *agent;
};

using Levels = Speech;

TEST_F(Levels, AreThoseOfASineInDbfs) {
  for (const double dbfs : {0.0, -10.0, -30.0, -60.0}) {
    say(*agent, amplitude_at(dbfs));
    ticks(1);
    EXPECT_NEAR(barge::dbfs(info(*agent).level), dbfs, 0.2);
  }
}

TEST_F(Levels, OfSilenceAreMinusInfinity) {
  EXPECT_EQ(barge::dbfs(info(*agent).level), -INFINITY);
}

TEST_F(Levels, AreKnownOnTheMediaThread) {
  say(*agent, amplitude_at(-20));
  auto tick = call->port->begin_tick();
  tick.push(agent->ids.leg, agent->in);
  const auto mixed = std::move(tick).mix();
  EXPECT_NEAR(barge::dbfs(mixed.level(agent->ids.leg)), -20, 0.1);
  EXPECT_EQ(mixed.level(customer->ids.leg).energy, 0U);
}

TEST_F(Speech, BeginsAfterItsOnset) {
  say(*agent, amplitude_at(-20));
  const SampleIndex start = call->position;
  ticks(1);
  EXPECT_TRUE(call->all<SpeechChanged>().empty());
  ticks(1);
  const auto changes = call->all<SpeechChanged>();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].participant, agent->ids.participant);
  EXPECT_TRUE(changes[0].speaking);
  EXPECT_EQ(changes[0].at, start + 2 * Call::frame);
  EXPECT_TRUE(info(*agent).speaking);
  EXPECT_FALSE(info(*customer).speaking);
}

TEST_F(Speech, EndsAfterItsHangover) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  say(*agent, 0);
  const SampleIndex start = call->position;
  ticks(9);
  EXPECT_TRUE(call->all<SpeechChanged>().empty());
  ticks(1);
  const auto changes = call->all<SpeechChanged>();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].speaking);
  EXPECT_EQ(changes[0].at, start + 10 * Call::frame);
}

TEST_F(Speech, GoesOnThroughAPauseShorterThanTheHangover) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  say(*agent, 0);
  ticks(9);
  say(*agent, amplitude_at(-20));
  ticks(1);
  say(*agent, 0);
  ticks(9);
  EXPECT_TRUE(info(*agent).speaking);
}

TEST_F(Speech, BelowTheThresholdIsNone) {
  say(*agent, amplitude_at(-43));
  ticks(50);
  EXPECT_FALSE(info(*agent).speaking);
}

TEST_F(Speech, DoesNotFlickerBetweenTheThresholds) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  say(*agent, amplitude_at(-45));
  ticks(50);
  EXPECT_TRUE(info(*agent).speaking);
  say(*agent, amplitude_at(-49));
  ticks(50);
  EXPECT_FALSE(info(*agent).speaking);
}

TEST_F(Speech, EndsWhenNoFramesArrive) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  agent->connected = false;
  ticks(11);
  EXPECT_FALSE(info(*agent).speaking);
}

TEST_F(Speech, GoesOnWhenThePlanChanges) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  say(*agent, 0);
  ticks(5);
  call->customer("another");
  ticks(4);
  EXPECT_TRUE(info(*agent).speaking);
  ticks(1);
  EXPECT_FALSE(info(*agent).speaking);
}

TEST_F(Speech, IsNotInheritedWithASlot) {
  say(*agent, amplitude_at(-20));
  ticks(5);
  call->leave(*agent);
  const Party& next = call->agent("next");
  ticks(0);
  EXPECT_FALSE(info(next).speaking);
  ticks(1);
  EXPECT_FALSE(info(next).speaking);
}

TEST_F(Speech, IsNotMeasuredUnlessAskedFor) {
  Call plain;
  Party& loud = plain.agent();
  say(loud, 20000);
  plain.settle();
  EXPECT_TRUE(plain.all<SpeechChanged>().empty());
  EXPECT_EQ(plain.bridge->participants().value()[0].level.samples, 0U);
}

struct SpeechAtOnce : Speech {
  SpeechAtOnce() : Speech(SpeechDetection{-42, 0ms, 0ms}) {}
};

TEST_F(SpeechAtOnce, BeginsAndEndsWithTheFirstFrame) {
  say(*agent, amplitude_at(-20));
  for (int i = 0; i < 5; ++i) {
    ticks(1);
    EXPECT_TRUE(info(*agent).speaking) << i;
  }
  say(*agent, 0);
  ticks(1);
  EXPECT_FALSE(info(*agent).speaking);
}

TEST(SpeechDetection, OutOfRangeIsRefused) {
  ScriptedAuthorizer authorizer;
  MemorySink sink;
  for (const SpeechDetection& bad :
       {SpeechDetection{-81}, SpeechDetection{-9}, SpeechDetection{-42, -1ms},
        SpeechDetection{-42, 1001ms}, SpeechDetection{-42, 0ms, 10001ms}}) {
    BridgeConfig config = Call::config();
    config.speech = bad;
    EXPECT_EQ(Bridge::create(config, authorizer, sink).error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace barge::test
