// SPDX-License-Identifier: Apache-2.0
// What recorders get: what each party says, and what it hears.
#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace barge::test {
namespace {

constexpr std::size_t frame = Stage::frame;

struct Taps : ::testing::Test {
  Sample recorded(LegId tap) {
    stage.settle();
    return stage.heard(tap);
  }
  void whisper_to(std::initializer_list<Stage::Party> targets) {
    Session& session = stage.session(supervisor, Mode::whisper, agent);
    session.now.targets.clear();
    for (const Stage::Party& target : targets)
      session.now.targets.push_back(target.id);
  }

  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor);
};

// ── Voices ──────────────────────────────────────────────────────────────────────────────────────

TEST_F(Taps, OfAVoiceHaveThatPartyAlone) {
  const LegId customers = stage.tap(customer, Track::voice);
  const LegId agents = stage.tap(agent, Track::voice);
  EXPECT_EQ(recorded(customers), customer.voice);
  EXPECT_EQ(recorded(agents), agent.voice);
}

TEST_F(Taps, OfAVoiceAreSilentWhileNobodyHearsIt) {
  const LegId tap = stage.tap(supervisor, Track::voice);
  EXPECT_EQ(recorded(tap), 0);
  stage.session(supervisor, Mode::monitor, agent);
  EXPECT_EQ(recorded(tap), 0) << "its microphone is open";
  stage.session(supervisor, Mode::barge, agent);
  EXPECT_EQ(recorded(tap), supervisor.voice);
  stage.member(supervisor).muted = true;
  EXPECT_EQ(recorded(tap), 0);
}

TEST_F(Taps, OfAVoiceAreSilentWhileEveryListenerHasTurnedItOff) {
  const LegId tap = stage.tap(customer, Track::voice);
  stage.member(agent).edges = {{customer.id, Gain(), true}};
  EXPECT_EQ(recorded(tap), 0);
  stage.session(supervisor, Mode::monitor, agent);
  EXPECT_EQ(recorded(tap), customer.voice) << "the supervisor hears it";
  stage.member(supervisor).edges = {{customer.id, Gain::linear(0), false}};
  EXPECT_EQ(recorded(tap), 0);
}

TEST_F(Taps, OfAVoiceHaveAWhisper) {
  const LegId tap = stage.tap(supervisor, Track::voice);
  whisper_to({agent});
  EXPECT_EQ(recorded(tap), supervisor.voice);
}

TEST_F(Taps, OfAVoiceAreSilentOnHoldAndHaveConsultations) {
  const Stage::Party colleague = stage.join(Role::agent);
  const LegId held = stage.tap(customer, Track::voice);
  const LegId consulting = stage.tap(agent, Track::voice);
  stage.member(customer).hold = Hold::local;
  stage.member(agent).conversation = stage.member(colleague).conversation = ConversationId{1};
  EXPECT_EQ(recorded(held), 0);
  EXPECT_EQ(recorded(consulting), agent.voice);
}

TEST_F(Taps, OfAVoiceHaveItAtItsOwnLoudnessWhateverItsListenersSet) {
  const LegId tap = stage.tap(customer, Track::voice);
  stage.member(agent).edges = {{customer.id, Gain::linear(0.5), false}};
  stage.parties[0].voice = 1000;
  EXPECT_EQ(recorded(tap), 1000);
}

// ── What is heard ───────────────────────────────────────────────────────────────────────────────

TEST_F(Taps, OfWhatIsHeardHaveEverybodyWhomThePartyHears) {
  stage.session(supervisor, Mode::barge, agent);
  const LegId customers = stage.tap(customer, Track::as_heard);
  const LegId supervisors = stage.tap(supervisor, Track::as_heard);
  EXPECT_EQ(recorded(customers), agent.voice + supervisor.voice);
  EXPECT_EQ(recorded(supervisors), customer.voice + agent.voice);
}

TEST_F(Taps, OfWhatIsHeardAreWhatThePartyGetsAlsoWhileItChanges) {
  const Stage::Party second = stage.join(Role::customer), third = stage.join(Role::customer);
  const LegId tap = stage.tap(second, Track::as_heard);
  stage.settle();
  for (const bool muted : {true, false}) {
    stage.member(third).muted = muted;
    stage.publish();
    const MixedTick mixed = stage.mix();
    const Samples heard = Stage::pull(mixed, second.leg);
    EXPECT_EQ(Stage::pull(mixed, tap), heard);
    EXPECT_NE(heard.front(), heard.back());
    stage.tick();
  }
}

TEST_F(Taps, OfACustomerNeverHaveAWhisper) {
  const LegId tap = stage.tap(customer, Track::as_heard);
  whisper_to({customer, agent});
  stage.sessions[0].terms.whisper_on_agent_track = true;
  EXPECT_EQ(recorded(tap), agent.voice);
  EXPECT_EQ(stage.heard(customer.leg), agent.voice + supervisor.voice);
}

TEST_F(Taps, OfAnAgentHaveAWhisperOnlyWhereItsPermissionSaysSo) {
  const LegId tap = stage.tap(agent, Track::as_heard);
  whisper_to({agent});
  EXPECT_EQ(recorded(tap), customer.voice);
  stage.sessions[0].terms.whisper_on_agent_track = true;
  EXPECT_EQ(recorded(tap), customer.voice + supervisor.voice);
}

TEST_F(Taps, OfAnAgentTellOneSupervisorsWhisperFromAnothers) {
  const Stage::Party other = stage.join(Role::supervisor);
  const LegId tap = stage.tap(agent, Track::as_heard);
  whisper_to({agent});
  stage.session(other, Mode::whisper, agent).terms.whisper_on_agent_track = true;
  EXPECT_EQ(recorded(tap), customer.voice + other.voice);
}

TEST_F(Taps, OfASupervisorHaveTheWhispersThatItHears) {
  const Stage::Party coach = stage.join(Role::supervisor);
  const LegId tap = stage.tap(coach, Track::as_heard);
  whisper_to({agent});
  stage.session(coach, Mode::monitor, supervisor);
  EXPECT_EQ(recorded(tap), customer.voice + agent.voice + supervisor.voice);
}

TEST_F(Taps, MeanTheSameInWhateverOrderTheyWereAdded) {
  whisper_to({agent, customer});
  const auto record_all = [&](bool backwards) {
    std::vector<std::pair<Stage::Party, Track>> wanted;
    for (const Stage::Party& party : {customer, agent, supervisor}) {
      wanted.emplace_back(party, Track::voice);
      wanted.emplace_back(party, Track::as_heard);
    }
    if (backwards) std::reverse(wanted.begin(), wanted.end());
    std::vector<Sample> samples;
    std::vector<LegId> taps;
    for (const auto& [party, track] : wanted)
      taps.push_back(stage.tap(party, track));
    for (const LegId tap : taps)
      samples.push_back(recorded(tap));
    if (backwards) std::reverse(samples.begin(), samples.end());
    stage.taps.clear();
    return samples;
  };
  const std::vector<Sample> expected{
      customer.voice, agent.voice,      agent.voice,
      customer.voice, supervisor.voice, static_cast<Sample>(customer.voice + agent.voice)};
  EXPECT_EQ(record_all(false), expected);
  EXPECT_EQ(record_all(true), expected);
}

TEST_F(Taps, OfWhatIsHeardAreAsLoudAsTheListenerHasIt) {
  const LegId tap = stage.tap(agent, Track::as_heard);
  stage.member(agent).edges = {{customer.id, Gain::linear(0.5), false}};
  stage.parties[0].voice = 1000;
  EXPECT_EQ(recorded(tap), 500);
}

TEST_F(Taps, OfWhatIsHeardHaveTheSoundsThatThePartyHears) {
  stage.sound(Samples(99 * frame, 1024), {agent});
  const LegId agents = stage.tap(agent, Track::as_heard);
  const LegId customers = stage.tap(customer, Track::as_heard);
  const LegId voice = stage.tap(agent, Track::voice);
  EXPECT_EQ(recorded(agents), customer.voice + 1024);
  EXPECT_EQ(recorded(customers), agent.voice);
  EXPECT_EQ(recorded(voice), agent.voice);
}

TEST_F(Taps, TakeAClipOfASupervisorForItsVoice) {
  whisper_to({agent});
  stage.sound(Samples(99 * frame, 1024), {agent}).by = supervisor.id;
  const LegId voice = stage.tap(supervisor, Track::voice);
  const LegId agents = stage.tap(agent, Track::as_heard);
  EXPECT_EQ(recorded(voice), supervisor.voice + 1024);
  EXPECT_EQ(recorded(agents), customer.voice) << "it is a whisper";
  stage.session(supervisor, Mode::barge, agent);
  EXPECT_EQ(recorded(agents), customer.voice + supervisor.voice + 1024);
}

// ── When they are silent ────────────────────────────────────────────────────────────────────────

TEST_F(Taps, AreSilentUnderTheShieldAndWhileNothingMayBeRecorded) {
  Session& session = stage.session(supervisor, Mode::takeover, agent);
  stage.sound(Samples(99 * frame, 1024), {customer});
  std::vector<LegId> taps;
  for (const Stage::Party& party : {customer, agent, supervisor}) {
    for (const Track track : {Track::voice, Track::as_heard})
      taps.push_back(stage.tap(party, track));
  }
  for (const bool shield : {true, false}) {
    stage.shielded = shield;
    stage.unrecorded = !shield;
    stage.settle();
    EXPECT_EQ(stage.heard(customer.leg), supervisor.voice + 1024);
    for (const LegId tap : taps)
      EXPECT_EQ(stage.heard(tap), 0) << tap.slot();
  }
  static_cast<void>(session);
}

TEST_F(Taps, FollowAFallbackOnTheSameTick) {
  Session& session = stage.session(supervisor, Mode::barge, agent);
  const LegId voice = stage.tap(supervisor, Track::voice);
  const LegId customers = stage.tap(customer, Track::as_heard);
  session.limits = {{SteadyTime(), Mode::off, 3 * frame}};
  stage.settle();
  const MixedTick last = stage.mix();
  EXPECT_EQ(Stage::pull(last, voice).back(), supervisor.voice);
  const MixedTick fallen = stage.mix();
  EXPECT_EQ(Stage::pull(fallen, voice).back(), 0);
  EXPECT_EQ(Stage::pull(fallen, customers).back(), agent.voice);
}

TEST_F(Taps, OfAPartyThatHasLeftAreSilent) {
  const Stage::Party second = stage.join(Role::customer);
  const LegId voice = stage.tap(second, Track::voice);
  const LegId heard = stage.tap(second, Track::as_heard);
  stage.leave(second);
  const Stage::Party third = stage.join(Role::customer);
  ASSERT_EQ(third.leg.slot(), second.leg.slot());
  EXPECT_EQ(recorded(voice), 0);
  EXPECT_EQ(recorded(heard), 0);
}

// ── As something that is pulled ─────────────────────────────────────────────────────────────────

TEST_F(Taps, ArePulledAndNeverPushed) {
  const LegId tap = stage.tap(agent, Track::voice);
  stage.settle();
  Tick tick = stage.port.begin_tick();
  EXPECT_EQ(tick.push(tap, Samples(frame)), PushStatus::unknown_leg);
  Samples out(frame);
  EXPECT_EQ(std::move(tick).mix().pull(tap, out), PullStatus::ok);
  EXPECT_FALSE(stage.port.leg_lost(tap));
}

TEST_F(Taps, ThatWereTakenAwayAreRefusedAlsoWhenTheirPlaceIsTakenAgain) {
  const LegId former = stage.tap(agent, Track::voice);
  stage.settle();
  stage.taps.clear();
  stage.roster.remove_ear(former);
  const LegId next = stage.tap(customer, Track::voice);
  ASSERT_EQ(next.slot(), former.slot());
  stage.settle();
  Samples out(frame, -1);
  EXPECT_EQ(stage.mix().pull(former, out), PullStatus::unknown_leg);
  EXPECT_EQ(out, Samples(frame, 0));
  EXPECT_EQ(stage.heard(next), customer.voice);
}

TEST_F(Taps, DoNotNoticeAPlanThatChangesNothingForThem) {
  const LegId voice = stage.tap(agent, Track::voice);
  const LegId heard = stage.tap(agent, Track::as_heard);
  stage.settle();
  const Stage::Party stereo = stage.join(Role::supervisor, Ears::stereo);  // its ear comes first
  stage.publish();
  const MixedTick mixed = stage.mix();
  EXPECT_EQ(Stage::pull(mixed, voice), Samples(frame, agent.voice));
  EXPECT_EQ(Stage::pull(mixed, heard), Samples(frame, customer.voice));
  EXPECT_EQ(Stage::pull(mixed, stereo.right_ear), Samples(frame, 0));
}

TEST_F(Taps, OfAVoiceAreCopiesOfItsLeg) {
  const LegId tap = stage.tap(agent, Track::voice);
  stage.settle();
  const Row row = stage.mix().row(tap);
  EXPECT_EQ(row.kind, RowKind::copy);
  EXPECT_EQ(row.source, agent.leg);
}

}  // namespace
}  // namespace barge::test
