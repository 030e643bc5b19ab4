// SPDX-License-Identifier: Apache-2.0
// Sounds that the bridge makes itself: whom they reach.
#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace barge::test {
namespace {

constexpr std::size_t frame = Stage::frame;

struct Sounds : ::testing::Test {
  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor);
};

TEST_F(Sounds, ReachTheirTargetsAndNobodyElse) {
  stage.session(supervisor, Mode::barge, agent);
  stage.sound(Samples(9 * frame, 1024), {agent});
  stage.settle();
  EXPECT_EQ(stage.heard(agent.leg), customer.voice + supervisor.voice + 1024);
  EXPECT_EQ(stage.heard(customer.leg), agent.voice + supervisor.voice);
  EXPECT_EQ(stage.heard(supervisor.leg), customer.voice + agent.voice);
}

TEST_F(Sounds, ReachATargetOnHoldAndOneThatNobodySpeaksTo) {
  stage.member(customer).hold = Hold::local;
  stage.sound(Samples(9 * frame, 1024), {customer, supervisor});
  stage.settle();
  EXPECT_EQ(stage.heard(customer.leg), 1024);
  EXPECT_EQ(stage.heard(supervisor.leg), 1024);
  EXPECT_EQ(stage.heard(agent.leg), 0);
}

TEST_F(Sounds, ReachBothEarsOfAStereoListener) {
  const Stage::Party stereo = stage.join(Role::supervisor, Ears::stereo);
  stage.session(stereo, Mode::monitor, agent);
  stage.sound(Samples(9 * frame, 1024), {stereo});
  stage.settle();
  EXPECT_EQ(stage.heard(stereo.leg), agent.voice + 1024);
  EXPECT_EQ(stage.heard(stereo.right_ear), customer.voice + 1024);
}

TEST_F(Sounds, AreNeitherDuckedNorUnderAnyGain) {
  stage.options.whisper_duck = Gain::linear(0.25);
  stage.session(supervisor, Mode::whisper, agent);
  stage.member(agent).edges.push_back({supervisor.id, Gain::linear(0.5)});
  stage.sound(Samples(9 * frame, 1000), {agent});
  stage.parties[0].voice = 64, stage.parties[2].voice = 32;
  stage.settle();
  EXPECT_EQ(stage.heard(agent.leg), 64 / 4 + 32 / 2 + 1000);
}

TEST_F(Sounds, GoOnUnderEveryFallback) {
  Session& session = stage.session(supervisor, Mode::barge, agent);
  stage.sound(Samples(9 * frame, 1024), {agent});
  session.limits = {{SteadyTime(), Mode::off, stage.engine->position().samples() + 3 * frame}};
  stage.settle();
  EXPECT_EQ(stage.heard(agent.leg), customer.voice + supervisor.voice + 1024);
  stage.tick();
  EXPECT_EQ(stage.heard(agent.leg), customer.voice + 1024) << "the limit is reached";
}

TEST_F(Sounds, AreNoLegsThatAHostCouldPushPullOrLose) {
  const Sound& sound = stage.sound(Samples(frame, 1024), {agent});
  stage.settle();
  const Samples forged(frame, 77);
  EXPECT_FALSE(stage.port.leg_lost(sound.id));
  Tick tick = stage.port.begin_tick();
  EXPECT_EQ(tick.push(sound.id, forged), PushStatus::unknown_leg);
  const MixedTick mixed = std::move(tick).mix();
  Samples out(frame);
  EXPECT_EQ(mixed.pull(sound.id, out), PullStatus::unknown_leg);
  EXPECT_EQ(Stage::pull(mixed, agent.leg).back(), 0);
}

TEST_F(Sounds, AreNeverNamedAsTheLegThatARowCopies) {
  stage.member(agent).hold = Hold::local;
  stage.sound(Samples(9 * frame, 1024), {agent});
  stage.settle();
  EXPECT_EQ(stage.mix().row(agent.leg).kind, RowKind::own);
  stage.member(customer).hold = Hold::local;
  stage.sounds[0].targets.push_back(customer.id);
  stage.settle();
  const MixedTick mixed = stage.mix();
  EXPECT_EQ(mixed.row(agent.leg).kind, RowKind::shared);
  EXPECT_EQ(mixed.row(agent.leg).id, mixed.row(customer.leg).id);
}

TEST_F(Sounds, ThatArePausedLeaveARowAsItIs) {
  stage.sound(Samples(9 * frame, 1024), {agent}).paused = true;
  stage.settle();
  EXPECT_EQ(stage.mix().row(agent.leg).kind, RowKind::copy);
}

// ── A supervisor's words ────────────────────────────────────────────────────────────────────────

struct Clips : Sounds {
  Clips() {
    stage.session(supervisor, Mode::whisper, agent);
    stage.sound(Samples(99 * frame, 1024), {agent, customer}).by = supervisor.id;
  }
  bool agent_hears() { return reached(agent); }
  bool reached(const Stage::Party& target) {
    stage.settle();
    return stage.heard(target.leg) >= 1024;
  }
  Session& session() { return stage.sessions[0]; }
};

TEST_F(Clips, OfASupervisorGoWhereItsVoiceMayGo) {
  EXPECT_TRUE(reached(agent));
  EXPECT_FALSE(reached(customer)) << "it is no target of the whisper";
  session().now.mode = Mode::barge;
  EXPECT_TRUE(reached(customer));
  session().now.mode = Mode::monitor;
  EXPECT_FALSE(reached(agent) || reached(customer));
}

TEST_F(Clips, OfASupervisorNeedNoOpenMicrophone) {
  stage.member(supervisor).muted = true;
  session().talking = false;
  EXPECT_TRUE(agent_hears());
}

TEST_F(Clips, OfASupervisorReachNobodyWhileItsSessionIsPaused) {
  session().paused = true;
  EXPECT_FALSE(agent_hears());
}

TEST_F(Clips, OfASupervisorReachNobodyUnderTheShield) {
  stage.shielded = true;
  EXPECT_FALSE(agent_hears());
}

TEST_F(Clips, OfASupervisorReachNobodyOnHoldOrJustBackFromIt) {
  stage.member(agent).hold = Hold::local;
  EXPECT_FALSE(agent_hears());
  stage.member(agent).hold = Hold::none;
  session().resuming = {agent.id};
  EXPECT_FALSE(agent_hears());
}

TEST_F(Clips, OfASupervisorReachNobodyWhoConsults) {
  stage.member(agent).conversation = ConversationId{1};
  EXPECT_FALSE(agent_hears());
}

TEST_F(Clips, OfASupervisorEndWithItsSessionAlsoWithoutControl) {
  session().limits = {{SteadyTime(), Mode::off, stage.engine->position().samples() + 3 * frame}};
  EXPECT_TRUE(agent_hears());
  stage.tick();
  EXPECT_LT(stage.heard(agent.leg), 1024) << "the limit is reached";
}

}  // namespace
}  // namespace barge::test
