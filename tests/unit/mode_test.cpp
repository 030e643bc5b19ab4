// SPDX-License-Identifier: Apache-2.0
// The rules of mode.hpp, one by one. mode_table_test.cpp has them in every combination.
#include <gtest/gtest.h>

#include "support/mode_table.hpp"

namespace barge::mode_table {
namespace {

TEST(Hears, NobodyButThePlainPartiesWithoutASession) {
  const Matrix heard = ruled({});
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
  EXPECT_EQ(heard[alex], bit(amy) | customers);
  EXPECT_EQ(heard[sue], nobody);
}

TEST(Hears, AMonitorHearsTheCallAndIsHeardByNobody) {
  const Matrix heard = ruled({{{sue, Mode::monitor}}});
  EXPECT_EQ(heard[sue], plain);
  for (std::size_t seat = carol; seat <= sam; ++seat)
    EXPECT_EQ(heard[seat] & bit(sue), nobody);
}

TEST(Hears, AWhisperReachesItsTargetsAlone) {
  Settings whisper{sue, Mode::whisper};
  whisper.targets = bit(alex);
  const Matrix heard = ruled({{whisper}});
  EXPECT_EQ(heard[alex], customers | bit(amy) | bit(sue));
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
  EXPECT_EQ(heard[amy], customers | bit(alex));
  EXPECT_EQ(heard[sam], nobody);
}

TEST(Hears, ABargeIsHeardByEveryParty) {
  const Matrix heard = ruled({{{sue, Mode::barge}}});
  for (std::size_t seat = carol; seat <= amy; ++seat)
    EXPECT_EQ(heard[seat], (plain | bit(sue)) & ~bit(seat));
}

TEST(Hears, ATakeoverLeavesTheAgentListeningOrOnHold) {
  Settings takeover{sue, Mode::takeover};
  Matrix heard = ruled({{takeover}});
  EXPECT_EQ(heard[carol], bit(cyril) | bit(amy) | bit(sue));
  EXPECT_EQ(heard[alex], customers | bit(amy) | bit(sue));
  EXPECT_EQ(heard[sue], customers | bit(amy));
  takeover.disposition = Disposition::hold;
  heard = ruled({{takeover}});
  EXPECT_EQ(heard[alex], nobody);
}

TEST(Hears, AMonitorHearsAnotherSupervisorWhoBargesButNotOneWhoWhispers) {
  EXPECT_EQ(ruled({{{sue, Mode::barge}, {sam, Mode::monitor}}})[sam], plain | bit(sue));
  Settings whisper{sue, Mode::whisper};
  whisper.targets = bit(alex);
  EXPECT_EQ(ruled({{whisper, {sam, Mode::monitor}}})[sam], plain);
}

TEST(Hears, WhoeverSupervisesASupervisorHearsItsWhisper) {
  Settings whisper{sue, Mode::whisper}, coach{sam, Mode::monitor};
  whisper.targets = bit(alex);
  coach.agent = sue;
  EXPECT_EQ(ruled({{whisper, coach}})[sam], plain | bit(sue));
}

TEST(Hears, ANewcomerNeitherHearsNorIsHeardByASupervisorUntilJudged) {
  Settings barge{sue, Mode::barge};
  barge.authorised = plain & ~bit(cyril);
  const Matrix heard = ruled({{barge}});
  EXPECT_EQ(heard[sue], plain & ~bit(cyril));
  EXPECT_EQ(heard[cyril], bit(carol) | agents);
}

// ── Hold, consultations, the shield ─────────────────────────────────────────────────────────────

TEST(Hears, WhoeverIsOnHoldHearsNobodyAndIsHeardByNobody) {
  for (const bool far : {false, true}) {
    Call call{{{sue, Mode::barge}}};
    (far ? call.held_by_far_end : call.held) = bit(carol);
    const Matrix heard = ruled(call);
    EXPECT_EQ(heard[carol], nobody);
    for (std::size_t seat = cyril; seat <= sue; ++seat)
      EXPECT_EQ(heard[seat], (plain | bit(sue)) & ~bit(carol) & ~bit(seat));
  }
}

TEST(HoldSource, IsForWhoeverThisSideHoldsOutsideAConsultation) {
  PartyState party{id(carol), Role::customer};
  EXPECT_FALSE(hears_hold_source(party));
  party.hold = Hold::far_end;
  EXPECT_FALSE(hears_hold_source(party));
  party.hold = Hold::local;
  EXPECT_TRUE(hears_hold_source(party));
  party.conversation = ConversationId{1};
  EXPECT_FALSE(hears_hold_source(party));
}

TEST(Hears, AConsultationIsAConversationApart) {
  Call call{{{sue, Mode::barge}}};
  call.talks[alex] = call.talks[sam] = 1;
  const Matrix heard = ruled(call);
  EXPECT_EQ(heard[alex], bit(sam));
  EXPECT_EQ(heard[sam], bit(alex));
  EXPECT_EQ(heard[carol], bit(cyril) | bit(amy) | bit(sue));
  EXPECT_EQ(heard[sue], customers | bit(amy));
}

TEST(Hears, TwoConsultationsDoNotHearEachOther) {
  Call call;
  call.talks = {1, 2, 1, 2, 0, 0};
  const Matrix heard = ruled(call);
  EXPECT_EQ(heard[carol], bit(alex));
  EXPECT_EQ(heard[amy], bit(cyril));
}

TEST(Hears, AConsultationGoesBeforeHold) {
  Call call;
  call.held = bit(carol) | bit(alex);
  call.talks[alex] = call.talks[amy] = 1;
  const Matrix heard = ruled(call);
  EXPECT_EQ(heard[alex], bit(amy));
  EXPECT_EQ(heard[amy], bit(alex));
  EXPECT_EQ(heard[carol], nobody);
}

TEST(Hears, OfAConsultationASupervisorHearsWhatItsPermissionSays) {
  Settings monitor{sue, Mode::monitor};
  Call call{{monitor}};
  call.talks[alex] = call.talks[amy] = 1;
  EXPECT_EQ(ruled(call)[sue], customers);
  call.sessions[0].consult = ConsultEar::agent;
  EXPECT_EQ(ruled(call)[sue], customers | bit(alex));
  call.sessions[0].consult = ConsultEar::all;
  EXPECT_EQ(ruled(call)[sue], plain);
  call.sessions[0].mode = Mode::barge;
  EXPECT_EQ(ruled(call)[sue], customers);
}

TEST(Hears, AWhisperIsSuspendedWhileItsTargetConsults) {
  Settings whisper{sue, Mode::whisper};
  whisper.targets = bit(alex);
  whisper.consult = ConsultEar::all;
  Call call{{whisper}};
  EXPECT_TRUE(ruled(call)[alex] & bit(sue));
  call.talks[alex] = call.talks[amy] = 1;
  EXPECT_EQ(ruled(call)[alex], bit(amy));
  EXPECT_FALSE(may_speak_to(state_of(whisper), parties_of(call)[alex]));
}

TEST(Hears, UnderTheShieldNoSupervisorHearsOrIsHeard) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
    Settings s{sue, mode};
    s.targets = bit(alex);
    Call call{{s, {sam, Mode::barge}}};
    call.shielded = true;
    const Matrix heard = ruled(call);
    EXPECT_EQ(heard[sue] | heard[sam], nobody) << name(mode);
    EXPECT_EQ(heard[carol], bit(cyril) | agents) << name(mode);
    EXPECT_EQ(heard[alex], customers | bit(amy)) << name(mode);
  }
}

TEST(Hears, UnderTheShieldWhoeverHasTakenOverIsAllThatTheCustomerHas) {
  Settings takeover{sue, Mode::takeover};
  takeover.scope = AgentScope::all;
  Call call{{takeover, {sam, Mode::barge}}};
  call.shielded = true;
  Matrix heard = ruled(call);
  EXPECT_EQ(heard[sue], customers);
  EXPECT_EQ(heard[carol], bit(cyril) | bit(sue));
  EXPECT_EQ(heard[sam], nobody);
  call.sessions[0].scope = AgentScope::bound;  // amy can speak
  heard = ruled(call);
  EXPECT_EQ(heard[sue], nobody);
  EXPECT_EQ(heard[carol], bit(cyril) | bit(amy));
}

TEST(Hears, UnderTheShieldABargeGoesOnOnlyWhereNoAgentIsLeft) {
  Call call{{{sue, Mode::barge}}};
  call.shielded = true;
  call.held = bit(alex);
  call.talks[amy] = call.talks[sam] = 1;
  EXPECT_EQ(ruled(call)[carol], bit(cyril) | bit(sue));
  EXPECT_EQ(ruled(call)[sue], customers);
  call.held = nobody;
  EXPECT_EQ(ruled(call)[carol], bit(cyril) | bit(alex));
  EXPECT_EQ(ruled(call)[sue], nobody);
}

TEST(Hears, PushToTalkClosesTheVoiceAndNotTheEar) {
  Settings barge{sue, Mode::barge};
  barge.talking = false;
  const Matrix heard = ruled({{barge}});
  EXPECT_EQ(heard[sue], plain);
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
}

TEST(Hears, APausedSessionNeitherHearsNorSpeaks) {
  Settings barge{sue, Mode::barge};
  barge.paused = true;
  const Matrix heard = ruled({{barge}});
  EXPECT_EQ(heard[sue], nobody);
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
}

TEST(Hears, WhoeverIsBackFromHoldIsReachedLaterAndHeardAtOnce) {
  Settings barge{sue, Mode::barge};
  barge.resuming = bit(carol);
  const Matrix heard = ruled({{barge}});
  EXPECT_EQ(heard[sue], plain);
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
  EXPECT_EQ(heard[cyril], bit(carol) | agents | bit(sue));
}

// ── Raises ──────────────────────────────────────────────────────────────────────────────────────

bool raises(const Settings& from, const Settings& to) {
  return is_raise(state_of(from), state_of(to), parties_of({}));
}

TEST(IsRaise, EveryHigherModeIsOneAndEveryLowerModeIsNone) {
  const Mode modes[] = {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};
  for (const Mode from : modes) {
    for (const Mode to : modes) {
      Settings a{sue, from}, b{sue, to};
      a.targets = b.targets = bit(alex);
      EXPECT_EQ(raises(a, b), from < to) << name(from) << " to " << name(to);
    }
  }
}

TEST(IsRaise, ANewTargetIsOneAndAMissingTargetIsNone) {
  Settings agent{sue, Mode::whisper}, customer = agent, both = agent;
  agent.targets = bit(alex);
  customer.targets = bit(carol);
  both.targets = agent.targets | customer.targets;
  EXPECT_TRUE(raises(agent, customer));
  EXPECT_TRUE(raises(agent, both));
  EXPECT_FALSE(raises(both, customer));
}

TEST(IsRaise, AWiderEarIsOneEvenInALowerMode) {
  Settings whisper{sue, Mode::whisper}, monitor{sue, Mode::monitor};
  whisper.targets = bit(alex);
  whisper.ear = Ear::agent_side;
  EXPECT_TRUE(raises(whisper, monitor));
  monitor.ear = Ear::agent_side;
  EXPECT_FALSE(raises(whisper, monitor));
}

TEST(IsRaise, TakingAnotherAgentsVoiceIsOne) {
  Settings alexs{sue, Mode::takeover}, amys = alexs, both = alexs;
  amys.agent = amy;
  both.scope = AgentScope::all;
  EXPECT_TRUE(raises(alexs, amys));
  EXPECT_TRUE(raises(alexs, both));
  EXPECT_FALSE(raises(both, amys));
}

TEST(IsRaise, IsJudgedAsIfNobodyConsulted) {
  Settings monitor{sue, Mode::monitor}, barge{sue, Mode::barge}, wider = monitor;
  wider.consult = ConsultEar::all;
  Call call;
  call.talks = {1, 1, 1, 1, 1, 1};
  const auto raises_while_consulting = [&](const Settings& from, const Settings& to) {
    return is_raise(state_of(from), state_of(to), parties_of(call));
  };
  EXPECT_TRUE(raises_while_consulting(monitor, barge));
  EXPECT_FALSE(raises_while_consulting(barge, monitor));
  EXPECT_FALSE(raises_while_consulting(monitor, wider));
}

}  // namespace
}  // namespace barge::mode_table
