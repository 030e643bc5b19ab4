// SPDX-License-Identifier: Apache-2.0
// What media counts for control: frames that flow, conversation that supervisors hear, and when
// there is news.
#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace barge::test {
namespace {

constexpr std::size_t frame = Stage::frame;

// ── Pushes and pulls ────────────────────────────────────────────────────────────────────────────

struct FlowOfFrames : ::testing::Test {
  FlowOfFrames() { stage.publish(); }

  std::uint64_t pushed(const Stage::Party& party) {
    return stage.plan->flow[party.leg.slot()].pushed;
  }
  std::uint64_t pulled(const Stage::Party& party) {
    return stage.plan->flow[party.leg.slot()].pulled;
  }

  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
};

TEST_F(FlowOfFrames, IsTheStartOfTheLatestTickPlusOne) {
  EXPECT_EQ(pushed(agent), 0U);
  EXPECT_EQ(pulled(agent), 0U);
  stage.tick();
  EXPECT_EQ(pushed(agent), 1U);
  EXPECT_EQ(pulled(agent), 1U);
  const std::uint64_t start = stage.tick();
  EXPECT_EQ(pushed(agent), start + 1);
  EXPECT_EQ(pulled(agent), start + 1);
}

TEST_F(FlowOfFrames, IsKeptByEachLegForItself) {
  const std::uint64_t first = stage.tick();
  const std::uint64_t second = stage.mix({agent}).start().samples();
  EXPECT_EQ(pushed(agent), first + 1);
  EXPECT_EQ(pushed(customer), second + 1);
  EXPECT_EQ(pulled(customer), first + 1);
}

TEST_F(FlowOfFrames, CountsNothingThatWasRefused) {
  const std::uint64_t start = stage.tick();
  Tick tick = stage.port.begin_tick();
  tick.push(agent.leg, Samples(frame + 1));
  const MixedTick mixed = std::move(tick).mix();
  Samples wrong(frame - 1);
  mixed.pull(agent.leg, wrong);
  EXPECT_EQ(pushed(agent), start + 1);
  EXPECT_EQ(pulled(agent), start + 1);
}

TEST_F(FlowOfFrames, GoesOnInTheNextPlanAlsoAcrossPlansThatWereNeverMixed) {
  const Stage::Party stereo = stage.join(Role::supervisor, Ears::stereo);
  const LegId tap = stage.tap(agent, Track::voice);
  stage.publish();
  const MixedTick mixed = stage.mix();
  for (const LegId ear : {customer.leg, stereo.right_ear, tap})
    Stage::pull(mixed, ear);
  const std::uint64_t at = mixed.start().samples() + 1;
  stage.tap(customer, Track::voice);
  std::swap(stage.taps.front(), stage.taps.back());
  for (int i = 0; i < 4; ++i) {
    stage.publish();
    if (i % 2 == 1) static_cast<void>(stage.port.begin_tick());
  }
  for (int i = 0; i < 2; ++i)
    stage.mix({customer, agent, stereo});
  EXPECT_EQ(pushed(customer), at);
  EXPECT_EQ(pulled(customer), at);
  EXPECT_EQ(pulled(agent), 0U);
  for (const LegId ear : {stereo.right_ear, tap})
    EXPECT_EQ(stage.plan->flow[stage.plan->ear_row(ear)].pulled, at);
}

TEST_F(FlowOfFrames, BeginsAnewWithANewLeg) {
  stage.tick();
  stage.roster.replace_leg(stage.member(agent));
  stage.publish();
  stage.mix();
  EXPECT_EQ(pushed(agent), 0U) << "the former leg was pushed";
  EXPECT_EQ(pulled(agent), 0U);
}

// ── Conversation heard ──────────────────────────────────────────────────────────────────────────

struct Hearing : ::testing::Test {
  Hearing() { stage.session(supervisor, Mode::monitor, agent); }

  /// Samples counted for the supervisor over one tick under a plan of this moment.
  std::uint64_t counted() {
    stage.publish();
    stage.tick();
    return settled();
  }
  std::uint64_t settled() {
    static_cast<void>(stage.port.begin_tick());
    for (const media::Listener& listener : stage.plan->listeners) {
      if (listener.slot == supervisor.leg.slot()) return listener.samples;
    }
    return 0;
  }
  Session& session() { return stage.sessions[0]; }

  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor);
};

TEST_F(Hearing, CountsTheTicksThatTheSupervisorPulledUnderOnePlan) {
  EXPECT_EQ(counted(), frame);
  for (int i = 0; i < 9; ++i)
    stage.tick();
  stage.tick({supervisor});
  EXPECT_EQ(settled(), 10 * frame);
  EXPECT_EQ(counted(), frame) << "of the next plan";
}

TEST_F(Hearing, DoesNotCountForALegThatIsLost) {
  counted();
  EXPECT_TRUE(stage.port.leg_lost(supervisor.leg));
  stage.tick();
  EXPECT_EQ(settled(), frame);
}

TEST_F(Hearing, CountsInEveryModeInForce) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
    session().now.mode = mode;
    EXPECT_EQ(counted(), frame) << name(mode);
  }
  session().now.mode = Mode::off;
  EXPECT_EQ(counted(), 0U);
}

TEST_F(Hearing, DoesNotCountWhileTheSessionIsPaused) {
  session().paused = true;
  EXPECT_EQ(counted(), 0U);
}

TEST_F(Hearing, DoesNotCountUnderTheShield) {
  stage.shielded = true;
  EXPECT_EQ(counted(), 0U);
}

TEST_F(Hearing, DoesNotCountWhileEitherSideIsOnHold) {
  for (const Stage::Party& party : {customer, agent}) {
    for (const Hold hold : {Hold::local, Hold::far_end}) {
      stage.member(party).hold = hold;
      EXPECT_EQ(counted(), 0U);
      stage.member(party).hold = Hold::none;
    }
  }
  EXPECT_EQ(counted(), frame);
}

TEST_F(Hearing, DoesNotCountConsultationsNorTheHoldSource) {
  stage.member(agent).conversation = stage.member(customer).conversation = ConversationId{1};
  session().terms.consult = ConsultEar::all;
  EXPECT_EQ(counted(), 0U);
  stage.member(customer).conversation = ConversationId::main;
  EXPECT_EQ(counted(), 0U) << "the customer has nobody";
  stage.member(agent).conversation = stage.member(customer).conversation = ConversationId::main;
  stage.member(supervisor).edges = {{customer.id, Gain(), true}, {agent.id, Gain(), true}};
  stage.sound(Samples(99 * frame, 1000), {supervisor});
  EXPECT_EQ(counted(), 0U);
}

TEST_F(Hearing, DoesNotCountWhatTheSupervisorHearsInAConsultationOfItsOwn) {
  const Stage::Party second = stage.join(Role::agent);
  stage.member(second).conversation = stage.member(supervisor).conversation = ConversationId{1};
  session().now.authorised = stage.roster.plain_parties();
  EXPECT_EQ(counted(), 0U);
  stage.member(supervisor).conversation = ConversationId::main;
  EXPECT_EQ(counted(), frame);
}

TEST_F(Hearing, DoesNotCountWithoutSomebodyOfEachSideForWhomItWasPermitted) {
  session().now.authorised = {customer.id};
  EXPECT_EQ(counted(), 0U);
  session().now.authorised = {agent.id};
  EXPECT_EQ(counted(), 0U);
  session().now.authorised = {agent.id, customer.id};
  EXPECT_EQ(counted(), frame);
}

TEST_F(Hearing, CountsWithEitherEarOfTwo) {
  const Stage::Party stereo = stage.join(Role::supervisor, Ears::stereo);
  stage.session(stereo, Mode::monitor, agent);
  stage.member(stereo).edges = {{agent.id, Gain(), true}};
  stage.publish();
  EXPECT_EQ(stage.plan->listeners.size(), 2U);
}

TEST_F(Hearing, DoesNotCountOnceALimitIsReached) {
  session().limits = {{SteadyTime(), Mode::off, 2 * frame}};
  stage.publish();
  for (int i = 0; i < 5; ++i)
    stage.tick();
  EXPECT_EQ(settled(), 2 * frame);
}

// ── News ────────────────────────────────────────────────────────────────────────────────────────

struct News : ::testing::Test {
  static media::EngineConfig config(std::shared_ptr<media::ReadyFlag> flag) {
    media::EngineConfig config = Stage::config();
    config.ready = std::move(flag);
    config.speech.emplace();
    config.speech->start = config.speech->stop = 1'000'000'000;
    return config;
  }
  /// How often the flag was raised since the last look: it is once at most.
  int raised() {
    int times = 0;
    list->visit([&](std::uint64_t tag) { times += tag == 7 ? 1 : 100; });
    return times;
  }

  std::shared_ptr<media::ReadyList> list = std::make_shared<media::ReadyList>();
  Stage stage{config(media::ReadyList::make_flag(list, 7))};
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
};

TEST_F(News, IsARoutingThatCameIntoForce) {
  EXPECT_EQ(raised(), 0);
  stage.publish();
  EXPECT_EQ(raised(), 0);
  stage.tick();
  EXPECT_EQ(raised(), 1);
  stage.tick();
  EXPECT_EQ(raised(), 0) << "frames that flow are none";
}

TEST_F(News, IsALostLegOnce) {
  stage.settle();
  raised();
  stage.port.leg_lost(agent.leg);
  EXPECT_EQ(raised(), 1);
  stage.port.leg_lost(agent.leg);
  stage.port.leg_lost(LegId());
  EXPECT_EQ(raised(), 0);
}

TEST_F(News, IsALegWhoseFramesAreMissingAndOneThatIsBack) {
  stage.options.flow_patience = 10 * frame;
  const Stage::Party supervisor = stage.join(Role::supervisor);
  stage.session(supervisor, Mode::monitor, agent);
  stage.publish();
  stage.settle();
  raised();
  const auto ticks = [&](std::initializer_list<Stage::Party> without) {
    for (int i = 0; i < 40; ++i)
      stage.tick(without);
  };
  ticks({});
  EXPECT_EQ(raised(), 0);
  ticks({agent});
  EXPECT_EQ(raised(), 1);
  ticks({agent});
  EXPECT_EQ(raised(), 0) << "it is missing still";
  ticks({});
  EXPECT_EQ(raised(), 1);
}

TEST_F(News, IsASoundThatHasBeenPlayed) {
  stage.sound(Samples(2 * frame, 1), {agent}).repeat = 3 * frame;
  stage.settle();
  raised();
  stage.tick();
  EXPECT_EQ(raised(), 1);
  for (int i = 0; i < 9; ++i)
    stage.tick();
  EXPECT_EQ(raised(), 0) << "repetitions are none";
}

TEST_F(News, IsSpeechThatBeginsOrCeases) {
  stage.settle();
  raised();
  stage.parties[0].voice = 20000;
  stage.tick();
  EXPECT_EQ(raised(), 1);
  stage.tick();
  EXPECT_EQ(raised(), 0);
  stage.parties[0].voice = 1;
  stage.tick();
  EXPECT_EQ(raised(), 1);
}

}  // namespace
}  // namespace barge::test
