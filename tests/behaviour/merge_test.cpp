// SPDX-License-Identifier: Apache-2.0
// Two calls become one.
#include <gtest/gtest.h>

#include "support/moves.hpp"

namespace barge::test {
namespace {

BridgeConfig named(const std::string& call) {
  BridgeConfig config = with_music();
  config.call = CallGid(call);
  return config;
}

class Merge : public testing::Test {
 protected:
  /// Merges the other call into this one, where its parties go by their names.
  void merge() {
    const auto moved = here.bridge->merge(*there.bridge).value();
    for (const auto& party : there.parties) {
      party->connected = false;
      const auto found = std::find_if(moved.begin(), moved.end(), [&](const Moved& move) {
        return move.before == party->ids.participant;
      });
      ASSERT_NE(found, moved.end()) << party->name;
      const auto known = find(party->name);
      if (known == nullptr) here.add(party->role, party->name, found->now);
    }
    EXPECT_EQ(moved.size(), there.parties.size());
  }
  Party* find(const std::string& name) {
    const auto found = std::find_if(here.parties.begin(), here.parties.end(),
                                    [&](const auto& party) { return party->name == name; });
    return found == here.parties.end() ? nullptr : found->get();
  }
  std::string heard_by(const std::string& name) { return here.heard_by(*find(name)); }
  ParticipantInfo info(const std::string& name) { return info_of(here, *find(name)); }
  void answer_nothing() {
    here.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  }
  void permit() {
    here.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::permit(); };
  }
  void expect_failure(Bridge& other, Errc code) {
    here.settle();
    there.settle();
    const std::string before = rows(here), before_there = rows(there);
    const std::size_t legs = here.bridge->participants()->size();
    const auto moved = here.bridge->merge(other);
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, code);
    EXPECT_EQ(here.bridge->participants()->size(), legs);
    here.settle();
    there.settle();
    EXPECT_EQ(rows(here), before);
    EXPECT_EQ(rows(there), before_there);
  }

  Call here{named("call-1")}, there{named("call-2")};
  Party& c1 = here.customer("c1");
  Party& a1 = here.agent("a1");
  Party& s1 = here.supervisor("s1");
  Party& c2 = there.customer("c2");
  Party& a2 = there.agent("a2");
  Party& s2 = there.supervisor("s2");
};

TEST_F(Merge, LetsThePlainPartiesHearEachOtherAtOnce) {
  here.settle();
  there.settle();
  merge();
  here.tick();
  EXPECT_EQ(rows(here), "c1<[a1 c2 a2] a1<[c1 c2 a2] s1<[] c2<[c1 a1 a2] a2<[c1 a1 c2] s2<[] ");
  there.tick();
  for (const Party* party : {&c2, &a2, &s2}) {
    EXPECT_EQ(party->pulled, PullStatus::closed);
    EXPECT_TRUE(is_steady(party->out, 0));
  }
  EXPECT_EQ(there.bridge->join(person(Role::agent, "late")).error().code, Errc::closed);
  EXPECT_EQ(moves(here), std::vector<std::string>{"merge "});
  EXPECT_EQ(field(here.sink.records().back(), "call"), "call-2");
}

TEST_F(Merge, KeepsTheSessionsOfBothAndJudgesThemAgain) {
  here.enter(s1, {Mode::barge});
  there.enter(s2, {Mode::barge});
  here.authorizer.asked.clear();
  answer_nothing();
  merge();
  EXPECT_TRUE(has_throughout(listen(here, c1, 3), s1)) << "without a gap";
  EXPECT_EQ(rows(here),
            "c1<[a1 s1 c2 a2] a1<[c1 s1 c2 a2] s1<[c1 a1 s2] "
            "c2<[c1 a1 a2 s2] a2<[c1 a1 c2 s2] s2<[s1 c2 a2] ");
  EXPECT_EQ(info("s2").mode, Mode::barge);
  std::vector<std::string> asked;
  for (const AccessRequest& request : here.authorizer.asked) {
    asked.push_back(request.subject.id.text() + " of " + request.call.agent.text());
    EXPECT_EQ(request.call.parties.size(), 4u) << "with the facts of now";
    EXPECT_EQ(request.call.id.text(), "call-1");
  }
  EXPECT_NE(std::find(asked.begin(), asked.end(), "s1 of a1"), asked.end());
  EXPECT_NE(std::find(asked.begin(), asked.end(), "s2 of a2"), asked.end());
  permit();
  here.settle();
  EXPECT_EQ(rows(here),
            "c1<[a1 s1 c2 a2 s2] a1<[c1 s1 c2 a2 s2] s1<[c1 a1 c2 a2 s2] "
            "c2<[c1 a1 s1 a2 s2] a2<[c1 a1 s1 c2 s2] s2<[c1 a1 s1 c2 a2] ");
  EXPECT_TRUE(there.all<SessionEnded>().empty());
}

TEST_F(Merge, EndsASessionThatIsDeniedForThePartiesOfBoth) {
  there.enter(s2, {Mode::barge});
  here.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  merge();
  here.settle();
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2");
  ASSERT_EQ(here.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(here.last<SessionEnded>().cause, Cause::revoked);
}

TEST_F(Merge, KeepsATakeoverAndItsHandBack) {
  there.enter(s2, {Mode::takeover});
  merge();
  here.settle();
  EXPECT_EQ(heard_by("c2"), "c1 a1 s2");
  ASSERT_TRUE(here.bridge->hand_back(find("s2")->ids.participant));
  here.settle();
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2");
}

TEST_F(Merge, GivesASupervisorOfBothOneSessionInTheLowerMode) {
  const struct {
    Mode here, there;
  } cases[] = {{Mode::barge, Mode::monitor}, {Mode::monitor, Mode::barge}};
  for (const auto& modes : cases) {
    SCOPED_TRACE(name(modes.here));
    Call one{named("call-1")}, other{named("call-2")};
    Party& called = one.customer("c1");
    one.agent("a1");
    Party& boss = one.supervisor("boss");
    other.customer("c2");
    other.agent("a2");
    Party& twin = other.supervisor("boss");
    one.enter(boss, {modes.here});
    other.enter(twin, {modes.there});
    one.events.clear();
    const auto moved = one.bridge->merge(*other.bridge).value();
    ASSERT_EQ(moved.back().before, twin.ids.participant);
    EXPECT_EQ(moved.back().now.participant, boss.ids.participant);
    EXPECT_EQ(moved.back().now.leg, boss.ids.leg) << "it keeps its leg here";
    EXPECT_EQ(one.bridge->participants()->size(), 5u);
    one.settle();
    EXPECT_EQ(info_of(one, boss).mode, Mode::monitor);
    EXPECT_EQ(one.heard_by(called), "a1");
    ASSERT_FALSE(one.all<ModeApplied>().empty());
    EXPECT_TRUE(modes.here == Mode::monitor || one.all<ModeApplied>()[0].cause == Cause::merged);
    other.poll();
    ASSERT_EQ(other.all<SessionEnded>().size(), 1u);
    EXPECT_EQ(other.last<SessionEnded>().cause, Cause::merged);
    EXPECT_TRUE(one.all<SessionEnded>().empty());
  }
}

TEST_F(Merge, TakesOverTheSessionOfASupervisorWhoOnlyWaitedHere) {
  here.supervisor("s2");
  there.enter(s2, {Mode::barge});
  merge();
  here.settle();
  EXPECT_EQ(info("s2").mode, Mode::barge);
  EXPECT_EQ(heard_by("c2"), "c1 a1 s2 a2");
}

TEST_F(Merge, BeginsANewSampleEpoch) {
  there.enter(s2, {Mode::barge});
  for (int i = 0; i < 300; ++i)
    there.tick();
  here.settle();
  here.events.clear();
  merge();
  const SampleIndex merged = here.position;
  here.settle();
  ASSERT_EQ(here.all<Anchor>().size(), 1u);
  EXPECT_FALSE(here.last<Anchor>().sample < merged);
  EXPECT_FALSE(here.position < here.last<Anchor>().sample);
  static_cast<void>(here.ask(*find("s2"), {Mode::off}));
  here.settle();
  const AuditRecord& left = here.sink.records().back();
  ASSERT_EQ(left.type, RecordType::session_left);
  EXPECT_FALSE(*left.sample < merged);
  EXPECT_LT(*left.sample, here.position);
  EXPECT_EQ(left.call.text(), "call-1");
  EXPECT_EQ(left.session.text(), "call-2/1") << "the session is the same one";
  std::uint64_t sequence = 0;
  for (const Call* call : {&there, &here}) {
    for (const AuditRecord& record : call->sink.records()) {
      if (record.session != left.session) continue;
      EXPECT_EQ(record.session_sequence, ++sequence);
    }
  }
}

TEST_F(Merge, CountsALimitInTheSamplesOfTheCallThatGoesOn) {
  there.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.max_session = Obliged<std::chrono::seconds>{3s, "cap"};
    return ScriptedAuthorizer::permit(obligations);
  };
  here.authorizer.answer = there.authorizer.answer;
  for (int i = 0; i < 500; ++i)
    here.tick();
  there.clock.advance(5s);  // this call has been there for longer
  there.enter(s2, {Mode::barge});
  for (int i = 0; i < 100; ++i) {
    there.tick();
    here.tick();
  }
  merge();
  here.settle();
  for (int i = 0; i < 180; ++i)
    here.tick();
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2 s2");
  for (int i = 0; i < 40; ++i)
    here.tick();
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2");
}

TEST_F(Merge, BeginsAPendingRaiseAgain) {
  there.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(there.ask(s2, {Mode::barge}));
  merge();
  EXPECT_EQ(there.authorizer.forgotten, 1) << "nobody waits for that answer";
  here.settle();
  EXPECT_EQ(info("s2").mode, Mode::barge);
  EXPECT_EQ(heard_by("c1"), "a1 c2 a2 s2");
}

TEST_F(Merge, BringsHoldsConsultationsMutesAndGains) {
  Party& third = there.agent("third");
  ASSERT_TRUE(there.bridge->hold(c2.ids.participant, Hold::far_end));
  ASSERT_TRUE(there.bridge->consult(a2.ids.participant, third.ids.participant));
  ASSERT_TRUE(there.bridge->set_muted(s2.ids.participant, true));
  ASSERT_TRUE(there.bridge->set_edge_muted(third.ids.participant, a2.ids.participant, true));
  Party& fourth = here.agent("fourth");
  ASSERT_TRUE(here.bridge->consult(a1.ids.participant, fourth.ids.participant));
  merge();
  here.settle();
  EXPECT_EQ(info("c2").hold, Hold::far_end);
  EXPECT_TRUE(info("s2").muted);
  EXPECT_EQ(heard_by("a2"), "third");
  EXPECT_EQ(heard_by("third"), "") << "muted in its ear";
  EXPECT_EQ(heard_by("a1"), "fourth");
  EXPECT_NE(info("a1").conversation, info("a2").conversation);
}

TEST_F(Merge, KeepsTheShieldAndTheConsentOfEither) {
  here.enter(s1, {Mode::monitor});
  CallAttributes attributes;
  attributes.card_data = true;
  ASSERT_TRUE(there.bridge->set_attributes(attributes));
  merge();
  EXPECT_TRUE(is_steady(listen(here, s1, 3), 0)) << "card data is still being spoken";
  EXPECT_TRUE(here.authorizer.asked.back().call.attributes.card_data);
}

TEST_F(Merge, GivesAMovedPartyTimeToSendItsFrames) {
  here.enter(s1, {Mode::monitor});
  for (int i = 0; i < 700; ++i)
    listen(here, c1, 1);
  ASSERT_TRUE(here.all<MediaFlow>().empty());
  merge();
  for (const char* name : {"c2", "a2", "s2"})
    find(name)->connected = false;  // it is silent for a while
  for (int i = 0; i < 300; ++i)
    listen(here, c1, 1);
  EXPECT_TRUE(here.all<MediaFlow>().empty()) << "three seconds are not long";
}

TEST_F(Merge, IntoAParkedCallWaitsToo) {
  there.enter(s2, {Mode::barge});
  ASSERT_TRUE(here.bridge->park());
  merge();
  listen(here, c1, 3);
  EXPECT_TRUE(info("s2").paused);
  EXPECT_EQ(heard_by("s2"), "");
  EXPECT_EQ(heard_by("c2"), "") << "it is parked with the others";
  ASSERT_TRUE(here.bridge->retrieve());
  listen(here, c1, 40);
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2 s2");
}

TEST_F(Merge, OfAParkedCallRetrievesIt) {
  ASSERT_TRUE(there.bridge->park());
  there.settle();
  merge();
  here.settle();
  EXPECT_EQ(heard_by("c2"), "c1 a1 a2");
  EXPECT_EQ(heard_by("c1"), "a1 c2 a2");
  EXPECT_EQ(info("c2").hold, Hold::none);
}

TEST_F(Merge, MarksThatTheCallIsSupervisedNow) {
  there.enter(s2, {Mode::monitor});
  merge();
  here.settle();
  const auto markers = here.all<Marker>();
  EXPECT_TRUE(std::any_of(markers.begin(), markers.end(), [](const Marker& marker) {
    return marker.kind == Marker::Kind::supervised;
  }));
}

TEST_F(Merge, ThatFailsMovesNobody) {
  here.enter(s1, {Mode::barge});
  there.enter(s2, {Mode::barge});
  expect_failure(*here.bridge, Errc::invalid_argument);

  BridgeConfig narrow = Call::config();
  narrow.format = {SampleRate::hz_8000, 160};
  Call other(narrow);
  expect_failure(*other.bridge, Errc::invalid_argument);

  Party& known = there.customer("c1");
  expect_failure(*there.bridge, Errc::already_joined);
  there.leave(known);
  Party& agent = there.agent("s1");  // a supervisor here
  there.settle();
  expect_failure(*there.bridge, Errc::already_joined);
  there.leave(agent);
  there.settle();

  there.authorizer.answer = [this](const AccessRequest&) {
    // While a call runs there.
    EXPECT_EQ(here.bridge->merge(*there.bridge).error().code, Errc::concurrent_control);
    return ScriptedAuthorizer::deny();
  };
  static_cast<void>(there.ask(there.supervisor("s3"), {Mode::monitor}));
  EXPECT_EQ(here.bridge->participants()->size(), 3u);

  ASSERT_TRUE(other.bridge->close());
  expect_failure(*other.bridge, Errc::closed);
  EXPECT_TRUE(here.all<SessionEnded>().empty());
  EXPECT_TRUE(there.all<SessionEnded>().empty());
}

TEST_F(Merge, NeedsRoomForAll) {
  BridgeConfig config = named("call-3");
  config.max_legs = 5;
  Call small(config);
  small.customer("c3");
  small.agent("a3");
  small.supervisor("s3");
  small.settle();
  const auto moved = small.bridge->merge(*there.bridge);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Errc::too_many_legs);
  EXPECT_EQ(small.bridge->participants()->size(), 3u);
  there.settle();
  EXPECT_EQ(there.heard_by(c2), "a2") << "it goes on";
  there.leave(s2);
  EXPECT_TRUE(small.bridge->merge(*there.bridge));
}

}  // namespace
}  // namespace barge::test
