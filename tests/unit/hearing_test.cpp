// SPDX-License-Identifier: Apache-2.0
// Rows against the rules: parties are judged class by class, and it has to come out as if each pair
// had been judged by itself.
#include "bridge/hearing.hpp"

#include <random>

#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace barge::test {
namespace {

using Random = std::mt19937;

bool one_in(unsigned n, Random& random) {
  return random() % n == 0;
}

/// Some of these parties.
std::vector<ParticipantId> some(const std::vector<Stage::Party>& parties, Random& random) {
  std::vector<ParticipantId> ids;
  for (const Stage::Party& party : parties) {
    if (!one_in(3, random)) ids.push_back(party.id);
  }
  return ids;
}

/// A call of so many parties, each with a chance of everything that the rules look at.
void fill(Stage& stage, std::size_t parties, Random& random) {
  for (std::size_t i = 0; i < parties; ++i) {
    const Stage::Party party = stage.join(static_cast<Role>(random() % 3));
    Member& member = stage.member(party);
    member.muted = one_in(8, random);
    if (one_in(6, random)) member.hold = one_in(2, random) ? Hold::local : Hold::far_end;
    if (one_in(4, random)) member.conversation = static_cast<ConversationId>(1 + random() % 2);
  }
  for (const Stage::Party& party : stage.parties) {
    if (stage.member(party).person.role != Role::supervisor || one_in(4, random)) continue;
    const Stage::Party& agent = stage.parties[random() % stage.parties.size()];
    Session& session = stage.session(party, static_cast<Mode>(1 + random() % 4), agent);
    session.now.ear = static_cast<Ear>(random() % 3);
    session.now.disposition = static_cast<Disposition>(random() % 3);
    session.now.scope = static_cast<AgentScope>(random() % 2);
    session.now.targets = some(stage.parties, random);
    session.now.authorised = some(stage.parties, random);
    session.terms.consult = static_cast<ConsultEar>(random() % 3);
    session.talking = !one_in(4, random);
    session.paused = one_in(6, random);
    if (one_in(2, random)) session.resuming = some(stage.parties, random);
  }
  stage.shielded = one_in(3, random);
}

TEST(HearingOfAll, IsWhatTheRulesSayOfEachPair) {
  Random random(1);
  std::size_t heard = 0, shared = 0;
  for (int round = 0; round < 3000; ++round) {
    Stage stage;
    fill(stage, 2 + random() % 14, random);
    const Situation situation{stage.roster, stage.sessions, stage.sounds, stage.taps,
                              stage.shielded};
    std::vector<SessionState> states;
    for (const Session& session : stage.sessions)
      states.push_back(session.state());
    const barge::Hearing hearing = hearing_of(situation, states, Gain());
    const std::vector<PartyState> parties = stage.roster.party_states();
    const Scene scene{parties, states, stage.shielded};
    for (const PartyState& listener : parties) {
      const SpeakerSet set = hearing.heard_in(hearing.rows[listener.id.slot()]);
      for (const PartyState& speaker : parties) {
        const bool expected = hears(scene, listener, speaker);
        ASSERT_EQ(has(set, speaker.id.slot()), expected)
            << "round " << round << ": " << listener.id.slot() << " and " << speaker.id.slot();
        heard += expected ? 1 : 0;
      }
    }
    shared += hearing.sets.size() < parties.size() ? 1 : 0;
  }
  EXPECT_GT(heard, 10000U);
  EXPECT_GT(shared, 100U) << "parties are judged together";
}

TEST(Duck, IsOnlyForAnAgentWhoHearsTheWhisper) {
  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor);
  stage.options.whisper_duck = Gain::linear(0.25);
  stage.parties[0].voice = 64;
  const auto customer_in_agents_ear = [&] {
    stage.settle();
    return stage.heard(agent.leg) & ~supervisor.voice;
  };
  Session& session = stage.session(supervisor, Mode::whisper, agent);
  EXPECT_EQ(customer_in_agents_ear(), 16);
  session.talking = false;
  EXPECT_EQ(customer_in_agents_ear(), 64) << "the key is up";
  session.talking = true;
  session.paused = true;
  EXPECT_EQ(customer_in_agents_ear(), 64);
  session.paused = false;
  stage.shielded = true;
  EXPECT_EQ(customer_in_agents_ear(), 64);
  static_cast<void>(customer);
}

/// A call whose first supervisor's session ends by itself in the fourth tick.
struct Fallbacks : ::testing::Test {
  Fallbacks() {
    stage.session(first, Mode::barge, agent).limits = {{SteadyTime(), Mode::off, 3 * Stage::frame}};
    stage.session(second, Mode::barge, agent);
  }
  /// What the ear gets in the tick before, and in the first one of the fallback.
  std::pair<Sample, Sample> around(LegId ear) {
    stage.settle();
    const Sample before = stage.heard(ear);
    return {before, stage.heard(ear)};
  }
  Session& other() { return stage.sessions[1]; }

  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party first = stage.join(Role::supervisor);
  const Stage::Party second = stage.join(Role::supervisor);
  using Heard = std::pair<Sample, Sample>;
};

TEST_F(Fallbacks, CloseWhatTheyAreFor) {
  const int rest = agent.voice + second.voice;
  EXPECT_EQ(around(customer.leg), Heard(rest + first.voice, rest));
}

TEST_F(Fallbacks, LeaveAPausedSessionPaused) {
  other().paused = true;
  EXPECT_EQ(around(customer.leg), Heard(agent.voice + first.voice, agent.voice));
}

TEST_F(Fallbacks, LeaveAClosedMicrophoneClosed) {
  other().talking = false;
  EXPECT_EQ(around(customer.leg), Heard(agent.voice + first.voice, agent.voice));
}

TEST_F(Fallbacks, LeaveAPartyUnreachedThatIsBackFromHold) {
  other().resuming = {customer.id};
  EXPECT_EQ(around(customer.leg), Heard(agent.voice + first.voice, agent.voice));
}

TEST_F(Fallbacks, LeaveAConsultationAsTheyFindIt) {
  other().now.mode = Mode::monitor;
  other().terms.consult = ConsultEar::all;
  stage.member(agent).conversation = ConversationId{1};
  const int both = customer.voice + agent.voice;
  EXPECT_EQ(around(second.leg), Heard(both + first.voice, both));
}

TEST_F(Fallbacks, StayBehindTheShield) {
  stage.shielded = true;
  EXPECT_EQ(around(customer.leg), Heard(agent.voice, agent.voice));
  EXPECT_EQ(around(second.leg), Heard(0, 0));
}

TEST_F(Fallbacks, OfAnUnattendedBargeUnderTheShieldLeaveTheOtherSupervisor) {
  stage.shielded = true;
  stage.leave(agent);
  EXPECT_EQ(around(customer.leg), Heard(first.voice + second.voice, second.voice));
}

}  // namespace
}  // namespace barge::test
