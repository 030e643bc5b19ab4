// SPDX-License-Identifier: Apache-2.0
// How the bridge plays its own sounds, from plan to plan, and when they have been delivered.
#include <numeric>

#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace barge::test {
namespace {

using media::never;
constexpr std::size_t frame = Stage::frame;

/// Samples that are all different, and that no sum of voices equals.
Samples rising(std::size_t length, Sample from = 1000) {
  Samples samples(length);
  std::iota(samples.begin(), samples.end(), from);
  return samples;
}

Samples& operator+=(Samples& samples, const Samples& more) {
  samples.insert(samples.end(), more.begin(), more.end());
  return samples;
}

/// Equal behind the 5 ms in which the row of who begins to hear a sound opens.
void expect_played(const Samples& played, Samples expected) {
  constexpr std::size_t ramp = 80;
  expected.resize(played.size());
  for (std::size_t i = ramp; i < played.size(); ++i)
    ASSERT_EQ(played[i], expected[i]) << "sample " << i;
}

struct Playing : ::testing::Test {
  Playing() { stage.settle(); }

  /// What the target gets over so many ticks in which nobody speaks.
  Samples play(const Stage::Party& target, std::size_t ticks) {
    Samples played;
    for (std::size_t i = 0; i < ticks; ++i)
      played += Stage::pull(stage.port.begin_tick().mix(), target.leg);
    return played;
  }
  /// The tick that was pulled last is settled by the beginning of the next one.
  void begin_and_abandon() { static_cast<void>(stage.port.begin_tick()); }
  std::uint64_t finished_at(const Sound& sound) { return stage.player(sound.id).finished_at; }
  std::uint64_t started_at(const Sound& sound) { return stage.player(sound.id).started_at; }
  std::uint64_t restarts(const Sound& sound) { return stage.player(sound.id).restarts; }

  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor);
};

// ── How they are played ─────────────────────────────────────────────────────────────────────────

TEST_F(Playing, IsSampleForSampleAndThenSilenceFollows) {
  const Samples clip = rising(2 * frame + 33);
  stage.sound(clip, {agent});
  stage.publish();
  expect_played(play(agent, 5), clip);
}

TEST_F(Playing, RepeatsFromStartToStart) {
  for (const std::size_t repeat : {2 * frame, 2 * frame + 77, frame + 50}) {
    stage.sounds.clear();
    Sound& sound = stage.sound(rising(100), {agent});
    sound.again = std::make_shared<const Samples>(rising(frame + 40, 2000));
    sound.repeat = repeat;
    stage.publish();
    Samples expected;
    for (std::size_t round = 0; round < 4; ++round) {
      expected += round == 0 ? *sound.first : *sound.again;
      expected.resize((round + 1) * repeat);
    }
    expect_played(play(agent, expected.size() / frame), expected);
  }
}

TEST_F(Playing, AClipOfTheLengthOfItsIntervalLeavesNoGap) {
  Sound& sound = stage.sound(rising(frame + 7), {agent});
  sound.repeat = frame + 7;
  stage.publish();
  Samples expected;
  for (int round = 0; round < 8; ++round)
    expected += *sound.first;
  expect_played(play(agent, 8), expected);
}

TEST_F(Playing, AClipLongerThanItsIntervalGoesOnToItsEnd) {
  Sound& sound = stage.sound(rising(2 * frame + 20), {agent});
  sound.again = std::make_shared<const Samples>(rising(30, 2000));
  sound.repeat = 50;
  stage.publish();
  Samples expected = *sound.first;
  for (int round = 0; round < 8; ++round) {
    expected += *sound.again;
    expected.resize(expected.size() + 20);
  }
  expect_played(play(agent, 4), expected);
}

TEST_F(Playing, TakesNoTimeInAnAbandonedTick) {
  const Samples clip = rising(3 * frame);
  stage.sound(clip, {agent});
  stage.publish();
  Samples played = play(agent, 1);
  for (int i = 0; i < 3; ++i)
    begin_and_abandon();
  played += play(agent, 2);
  expect_played(played, clip);
}

TEST_F(Playing, APausedSoundWaitsAtItsBeginning) {
  Sound& sound = stage.sound(rising(3 * frame), {agent});
  stage.publish();
  play(agent, 2);
  sound.paused = true;
  stage.publish();
  EXPECT_EQ(play(agent, 5), Samples(5 * frame, 0));
  begin_and_abandon();
  EXPECT_EQ(started_at(sound), never);
  EXPECT_EQ(finished_at(sound), never);
  sound.paused = false;
  stage.publish();
  expect_played(play(agent, 4), *sound.first);
}

TEST_F(Playing, FadesOverTheRampWhereATargetIsTakenAway) {
  Sound& sound = stage.sound(Samples(9 * frame, 1000), {agent});
  stage.publish();
  play(agent, 2);
  sound.targets.clear();
  stage.publish();
  const Samples closing = play(agent, 1);
  EXPECT_GT(closing.front(), 900);
  EXPECT_TRUE(std::is_sorted(closing.rbegin(), closing.rend()));
  EXPECT_EQ(closing[80], 0);
}

// ── From plan to plan ───────────────────────────────────────────────────────────────────────────

TEST_F(Playing, GoesOnInTheNextPlanWhereItWas) {
  const Samples clip = rising(6 * frame + 5);
  const LegId id = stage.sound(clip, {agent}).id;
  stage.publish();
  const std::uint64_t begin = stage.engine->position().samples();
  Samples played = play(agent, 1);
  for (int plan = 0; plan < 6; ++plan) {
    stage.sound(Samples(frame, 1), {customer});  // among others
    std::swap(stage.sounds.front(), stage.sounds.back());
    stage.publish();
    played += play(agent, 1);
  }
  begin_and_abandon();
  expect_played(played, clip);
  EXPECT_EQ(stage.player(id).started_at, begin);
  EXPECT_EQ(stage.player(id).finished_at, begin + 7 * frame);
}

TEST_F(Playing, GoesOnAcrossPlansThatWereNeverMixed) {
  const Samples clip = rising(4 * frame);
  stage.sound(clip, {agent});
  stage.publish();
  Samples played = play(agent, 2);
  for (int i = 0; i < 4; ++i) {
    stage.publish();  // one that media takes and abandons, and others that it never takes
    if (i % 2 == 0) begin_and_abandon();
  }
  played += play(agent, 2);
  expect_played(played, clip);
}

TEST_F(Playing, StartsAtItsBeginningInASlotThatAnotherSoundHad) {
  const LegId former = stage.sound(rising(9 * frame), {agent}).id;
  stage.publish();
  play(agent, 3);
  stage.roster.remove_sound(former);
  stage.sounds.clear();
  Sound& sound = stage.sound(rising(2 * frame, 5000), {agent});
  ASSERT_EQ(sound.id.slot(), former.slot());
  stage.publish();
  const Samples played = play(agent, 2);
  expect_played(played, *sound.first);
  EXPECT_LT(played.front(), 100) << "it opens over the ramp";
}

// ── When they have been delivered ───────────────────────────────────────────────────────────────

TEST_F(Playing, FinishesAtTheFirstTickBoundaryNotBeforeTheLastSample) {
  for (const std::size_t length :
       {std::size_t{1}, frame - 1, frame, frame + 1, 2 * frame, 3 * frame - 1}) {
    stage.sounds.clear();
    const Sound& sound = stage.sound(rising(length), {agent});
    stage.publish();
    const std::uint64_t begin = stage.engine->position().samples();
    const std::size_t ticks = (length + frame - 1) / frame;
    for (std::size_t i = 0; i < ticks; ++i) {
      begin_and_abandon();
      EXPECT_EQ(finished_at(sound), never) << length << " samples, tick " << i;
      play(agent, 1);
    }
    begin_and_abandon();
    EXPECT_EQ(finished_at(sound), begin + ticks * frame) << length;
    EXPECT_EQ(started_at(sound), begin) << length;
  }
}

TEST_F(Playing, IsFinishedByTheFirstOfManyRepetitions) {
  Sound& sound = stage.sound(rising(frame + 1), {agent});
  sound.repeat = 3 * frame;
  stage.publish();
  const std::uint64_t begin = stage.engine->position().samples();
  play(agent, 7);
  begin_and_abandon();
  EXPECT_EQ(finished_at(sound), begin + 2 * frame);
}

TEST_F(Playing, WhatHasToArriveStartsAgainWhereATargetMissesAFrame) {
  Sound& sound = stage.sound(rising(3 * frame), {agent, customer});
  sound.must_arrive = true;
  stage.publish();
  stage.tick();
  stage.tick({customer});
  begin_and_abandon();
  EXPECT_EQ(restarts(sound), 1U);
  EXPECT_EQ(started_at(sound), never);
  const std::uint64_t again = stage.engine->position().samples();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(finished_at(sound), never);
    const MixedTick mixed = stage.port.begin_tick().mix();
    const Samples part(sound.first->begin() + i * int(frame),
                       sound.first->begin() + (i + 1) * int(frame));
    EXPECT_EQ(Stage::pull(mixed, agent.leg), part);
    EXPECT_EQ(Stage::pull(mixed, customer.leg), part);
  }
  begin_and_abandon();
  EXPECT_EQ(started_at(sound), again);
  EXPECT_EQ(finished_at(sound), again + 3 * frame);
  EXPECT_EQ(restarts(sound), 1U);
}

TEST_F(Playing, WhatMissesATargetInItsVeryLastFrameHasNotArrived) {
  Sound& sound = stage.sound(rising(2 * frame), {agent});
  sound.must_arrive = true;
  stage.publish();
  stage.tick();
  stage.tick({agent});
  begin_and_abandon();
  EXPECT_EQ(finished_at(sound), never);
  EXPECT_EQ(restarts(sound), 1U);
}

TEST_F(Playing, WhatNeedNotArriveGoesOnWithTheTicks) {
  const Sound& sound = stage.sound(rising(2 * frame), {agent});
  stage.publish();
  stage.tick({agent});
  stage.tick({agent});
  begin_and_abandon();
  EXPECT_NE(finished_at(sound), never);
  EXPECT_EQ(restarts(sound), 0U);
}

TEST_F(Playing, DoesNotWaitForWhoeverIsNoTarget) {
  Sound& sound = stage.sound(rising(2 * frame), {agent});
  sound.must_arrive = true;
  stage.publish();
  stage.tick({customer, supervisor});
  stage.tick({customer, supervisor});
  begin_and_abandon();
  EXPECT_NE(finished_at(sound), never);
}

TEST_F(Playing, DoesNotArriveByAPullThatWasRefused) {
  Sound& sound = stage.sound(rising(frame), {agent});
  sound.must_arrive = true;
  stage.publish();
  const MixedTick mixed = stage.mix();
  Samples wrong(frame + 1);
  EXPECT_EQ(mixed.pull(agent.leg, wrong), PullStatus::bad_frame);
  begin_and_abandon();
  EXPECT_EQ(finished_at(sound), never);
  EXPECT_EQ(restarts(sound), 1U);
}

TEST_F(Playing, DoesNotArriveAtALegThatIsLost) {
  Sound& sound = stage.sound(rising(frame), {agent});
  sound.must_arrive = true;
  stage.publish();
  begin_and_abandon();
  EXPECT_TRUE(stage.port.leg_lost(agent.leg));
  stage.tick();
  stage.tick();
  begin_and_abandon();
  EXPECT_EQ(finished_at(sound), never);
}

TEST_F(Playing, WhatHasArrivedOnceIsNotStartedAgain) {
  Sound& sound = stage.sound(rising(frame), {agent});
  sound.must_arrive = true;
  sound.repeat = 2 * frame;
  stage.publish();
  const std::uint64_t begin = stage.tick();
  for (int i = 0; i < 4; ++i)
    stage.tick({agent});
  begin_and_abandon();
  EXPECT_EQ(restarts(sound), 0U);
  EXPECT_EQ(finished_at(sound), begin + frame);
}

TEST_F(Playing, WhatHasBeenPlayedIsNotPlayedAgainAfterAPause) {
  Sound& sound = stage.sound(rising(frame), {agent});
  stage.publish();
  play(agent, 2);
  for (const bool paused : {true, false}) {
    sound.paused = paused;
    stage.publish();
    EXPECT_EQ(play(agent, 3), Samples(3 * frame, 0));
  }
}

TEST_F(Playing, KeepsInTheNextPlanWhatWasReportedOfIt) {
  Sound& sound = stage.sound(rising(frame), {agent});
  sound.must_arrive = true;
  stage.publish();
  stage.tick({agent});
  const std::uint64_t begin = stage.tick();
  for (int plan = 0; plan < 3; ++plan) {
    sound.paused = plan == 1;
    stage.publish();
    begin_and_abandon();
    EXPECT_EQ(started_at(sound), begin) << plan;
    EXPECT_EQ(restarts(sound), 1U) << plan;
    EXPECT_EQ(finished_at(sound), begin + frame) << plan;
    stage.tick();
  }
}

}  // namespace
}  // namespace barge::test
