// SPDX-License-Identifier: Apache-2.0
// No media call allocates, frees, locks, waits or asks for the time, whatever the bridge is doing.
// Built with each guard.
#include <gtest/gtest.h>

#include "rt/realtime_guard.hpp"
#include "support/call.hpp"

namespace barge::test {
namespace {

/// One tick in which every media call is guarded. Frames are pushed and pulled for all parties,
/// also for those that are not there any more.
void guarded_tick(Call& call) {
  std::optional<Tick> tick;
  std::optional<MixedTick> mixed;
  {
    const MediaCall inside;
    tick.emplace(call.port->begin_tick());
  }
  for (auto& party : call.parties) {
    const MediaCall inside;
    tick->push(party->ids.leg, party->in);
  }
  {
    const MediaCall inside;
    mixed.emplace(std::move(*tick).mix());
  }
  for (auto& party : call.parties) {
    const MediaCall inside;
    party->pulled = mixed->pull(party->ids.leg, party->out);
    if (party->ids.right_ear) mixed->pull(party->ids.right_ear, party->out);
    mixed->row(party->ids.leg);
    mixed->level(party->ids.leg);
  }
  {
    const MediaCall inside;
    call.position = mixed->start() + Call::frame;
  }
  call.clock.advance(std::chrono::milliseconds(10));
}

void guarded_settle(Call& call) {
  for (int i = 0; i < 3; ++i) {
    call.poll();
    guarded_tick(call);  // the first one is the ramp
  }
  call.poll();
}

struct RealTime : ::testing::Test {
  RealTime() { guarded_settle(call); }

  void enter(const Party& party, ModeRequest request) {
    call.events.clear();
    static_cast<void>(call.ask(party, request));
    guarded_settle(call);
    ASSERT_EQ(call.all<ModeApplied>().size(), 1U) << name(request.mode);
    ASSERT_EQ(call.last<ModeApplied>().to, request.mode);
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(RealTime, EveryModeAndEveryRampBetweenTwoModes) {
  const Mode modes[] = {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};
  for (const Mode from : modes) {
    for (const Mode to : modes) {
      if (from == to) continue;
      if (from != Mode::off) enter(supervisor, {from});
      enter(supervisor, {to});
      if (to != Mode::off) enter(supervisor, {Mode::off});
    }
  }
}

TEST_F(RealTime, EveryDispositionOfATakeover) {
  for (const auto disposition : {Disposition::listen, Disposition::hold, Disposition::drop}) {
    ModeRequest request{Mode::takeover};
    request.disposition = disposition;
    enter(supervisor, request);
    EXPECT_EQ(call.hears(agent, customer), disposition == Disposition::listen);
    enter(supervisor, {Mode::monitor});
    enter(supervisor, {Mode::off});
  }
}

TEST_F(RealTime, PartiesThatComeGoAndAreMuted) {
  for (int round = 0; round < 3; ++round) {
    Party& third = call.customer("third");
    guarded_settle(call);
    EXPECT_TRUE(call.hears(agent, third));
    static_cast<void>(call.bridge->set_muted(third.ids.participant, true).value());
    guarded_settle(call);
    EXPECT_FALSE(call.hears(agent, third));
    call.leave(third);
    guarded_settle(call);
    EXPECT_EQ(third.pulled, round == 0 ? PullStatus::unknown_leg : third.pulled);
  }
}

TEST_F(RealTime, TheLossOfALegThatTookOver) {
  enter(supervisor, {Mode::takeover});
  {
    const MediaCall inside;
    EXPECT_TRUE(call.port->leg_lost(supervisor.ids.leg));
    EXPECT_FALSE(call.port->leg_lost(LegId()));
  }
  for (int i = 0; i < 2; ++i)
    guarded_tick(call);  // no control call in between
  EXPECT_TRUE(call.hears(customer, agent));
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(RealTime, ALimitThatExpiresWithoutControl) {
  Obligations limited;
  limited.max_session = {std::chrono::seconds(1), "limit"};
  call.authorizer.answer = [&](const AccessRequest&) {
    return ScriptedAuthorizer::permit(limited);
  };
  enter(supervisor, {Mode::barge});
  EXPECT_TRUE(call.hears(customer, supervisor));
  for (int i = 0; i < 110; ++i)
    guarded_tick(call);
  EXPECT_FALSE(call.hears(customer, supervisor));
}

BridgeConfig everything() {
  BridgeConfig config = Call::config();
  config.speech.emplace();
  config.overload = Overload::limit;
  config.whisper_duck = Gain::linear(0.25);
  return config;
}

TEST(RealTimeOptions, LevelsLimiterDuckAndTwoEars) {
  Call call(everything());
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.join(Role::supervisor, "supervisor", Ears::stereo);
  for (Party* const party : {&customer, &agent, &supervisor})
    party->in.assign(Call::frame, 30000);
  guarded_settle(call);
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover, Mode::off}) {
    static_cast<void>(call.ask(supervisor, {mode}));
    guarded_settle(call);
  }
  EXPECT_EQ(call.all<ModeApplied>().size(), 5U);
  EXPECT_FALSE(call.all<SpeechChanged>().empty());
}

TEST(RealTimeOptions, AConferenceWithGainsAndEdgeMutesThatChangeEveryTick) {
  for (const Overload overload : {Overload::saturate, Overload::limit}) {
    BridgeConfig config = Call::config();
    config.overload = overload;
    Call call(config);
    for (int i = 0; i < 14; ++i)
      call.agent(std::to_string(i));
    guarded_settle(call);
    for (std::size_t i = 0; i < 40; ++i) {
      const ParticipantId a = call.parties[i % 14]->ids.participant;
      const ParticipantId b = call.parties[(3 * i + 1) % 14]->ids.participant;
      static_cast<void>(
          call.bridge->set_gain(a, b, Gain::linear(0.1 * static_cast<double>(i % 20))).value());
      static_cast<void>(call.bridge->set_edge_muted(b, a, i % 2 == 0).value());
      guarded_tick(call);
    }
  }
}

TEST(RealTimeSignals, CodecsRatesAndTones) {
  const G711 mu(G711::Law::mu), a(G711::Law::a);
  Resampler up = Resampler::create(SampleRate::hz_8000, SampleRate::hz_48000).value();
  Resampler down = Resampler::create(SampleRate::hz_48000, SampleRate::hz_8000).value();
  const ToneSegment segments[] = {{1400, 50ms}, {0, 50ms}};
  ToneGenerator tone =
      ToneGenerator::create({"beep", segments, 200ms, -18}, SampleRate::hz_8000).value();
  std::vector<Sample> narrow(160), wide(960);
  std::vector<std::uint8_t> codes(160);
  for (int i = 0; i < 20; ++i) {
    const MediaCall inside;
    tone.fill(narrow);
    for (const G711& codec : {mu, a}) {
      codec.encode(narrow, codes);
      codec.decode(codes, narrow);
    }
    EXPECT_TRUE(up.process(narrow, wide));
    EXPECT_TRUE(down.process(wide, narrow));
  }
}

TEST_F(RealTime, AbandonedTicksAcrossPlans) {
  for (int i = 0; i < 8; ++i) {
    static_cast<void>(call.bridge->set_muted(agent.ids.participant, i % 2 == 0).value());
    for (int begun = 0; begun < 3; ++begun) {
      const MediaCall inside;
      Tick tick = call.port->begin_tick();
      tick.push(agent.ids.leg, agent.in);
    }
    if (i % 3 == 0) guarded_tick(call);
  }
  guarded_tick(call);
  EXPECT_EQ(call.port->begin_tick().push(agent.ids.leg, agent.in), PushStatus::ok);
}

TEST_F(RealTime, EveryKindOfMisuse) {
  std::vector<Sample> wrong(Call::frame + 1);
  const MediaCall inside;
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(LegId(), agent.in), PushStatus::unknown_leg);
  EXPECT_EQ(tick.push(agent.ids.leg, wrong), PushStatus::bad_frame);
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::ok);
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::repeated);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(LegId(), customer.out), PullStatus::unknown_leg);
  EXPECT_EQ(mixed.pull(customer.ids.leg, wrong), PullStatus::bad_frame);
  EXPECT_EQ(mixed.pull(customer.ids.leg, agent.in), PullStatus::aliases_input);
  EXPECT_EQ(mixed.row(LegId()).kind, RowKind::silence);
}

TEST_F(RealTime, TheEndOfTheBridgeAndAfter) {
  static_cast<void>(call.bridge->close().value());
  guarded_tick(call);
  EXPECT_EQ(customer.pulled, PullStatus::closed);
  call.bridge.reset();
  guarded_tick(call);
  EXPECT_EQ(customer.pulled, PullStatus::closed);
  const MediaCall inside;
  EXPECT_FALSE(call.port->leg_lost(customer.ids.leg));
}

}  // namespace
}  // namespace barge::test
