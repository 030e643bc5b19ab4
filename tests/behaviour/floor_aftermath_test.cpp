// SPDX-License-Identifier: Apache-2.0
// What is said of a call afterwards, or before its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

using testing::IsEmpty;

const PersonGid ann("ann"), sue("sue"), tom("tom");

Wrapup wrapup(Outcome outcome) {
  Wrapup wrapup;
  wrapup.outcome = outcome;
  wrapup.issue = "billing";
  wrapup.resolved_at_first_contact = true;
  wrapup.saved = false;
  wrapup.note = "refunded";
  return wrapup;
}

TEST(FloorDesk, AWrapUpAndAnAnswerToASurveyAreRecorded) {
  Office office;
  Floor& floor = *office.floor;
  Line& line = office.call("c1", "ann");
  const CallGid gid("c1");
  static_cast<void>(floor.record_wrapup(gid, wrapup(Outcome::saved)).value());
  office.close(line);
  static_cast<void>(floor.record_wrapup(gid, wrapup(Outcome::resolved)).value());
  static_cast<void>(floor.record_satisfaction(gid, {Role::customer, 4, 5}).value());
  static_cast<void>(floor.record_satisfaction(gid, {Role::agent, 9, 10}).value());
  const auto wrapups = office.records(RecordType::wrapup_recorded);
  ASSERT_EQ(wrapups.size(), 2U);
  EXPECT_EQ(wrapups[1].call, gid);
  EXPECT_EQ(field(wrapups[0], "outcome"), "saved");
  EXPECT_EQ(field(wrapups[1], "outcome"), "resolved");
  EXPECT_EQ(field(wrapups[1], "issue"), "billing");
  EXPECT_EQ(field(wrapups[1], "note"), "refunded");
  const auto flag = [&](const std::string& key) {
    for (const AuditField& field : wrapups[1].data) {
      if (field.key == key) return std::get<bool>(field.value) ? "true" : "false";
    }
    return "absent";
  };
  EXPECT_STREQ(flag("resolved_at_first_contact"), "true");
  EXPECT_STREQ(flag("saved"), "false");
  const auto answers = office.records(RecordType::csat_recorded);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(field(answers[0], "of"), "customer");
  EXPECT_EQ(number(answers[0], "score"), 4);
  EXPECT_EQ(number(answers[0], "best"), 5);
  EXPECT_EQ(field(answers[1], "of"), "agent");
  for (const Satisfaction& wrong :
       {Satisfaction{Role::supervisor, 1, 5}, Satisfaction{Role::customer, 6, 5},
        Satisfaction{Role::customer, 0, 0}})
    EXPECT_EQ(floor.record_satisfaction(gid, wrong).error().code, Errc::invalid_argument);
  const CallGid never("c2");
  EXPECT_EQ(floor.record_wrapup(never, {}).error().code, Errc::unknown_id);
  EXPECT_EQ(floor.record_satisfaction(never, {}).error().code, Errc::unknown_id);
  office.sink.fail();
  EXPECT_EQ(floor.record_wrapup(gid, {}).error().code, Errc::audit_unavailable);
}

TEST(FloorDesk, ACoachingNoteIsRecorded) {
  Office office;
  Floor& floor = *office.floor;
  office.call("c1", "ann");
  const CallGid gid("c1");
  const CoachingNote note{ann, sue, "form-7", "note-8", "empathy"};
  static_cast<void>(floor.note_coaching(gid, note).value());
  const auto records = office.records(RecordType::coaching_noted);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].call, gid);
  EXPECT_EQ(field(records[0], "agent"), "ann");
  EXPECT_EQ(field(records[0], "coach"), "sue");
  EXPECT_EQ(field(records[0], "form"), "form-7");
  EXPECT_EQ(field(records[0], "note"), "note-8");
  EXPECT_EQ(field(records[0], "focus"), "empathy");
  EXPECT_EQ(floor.note_coaching(gid, {ann, sue, "", "", ""}).error().code, Errc::invalid_argument);
  EXPECT_EQ(floor.note_coaching(gid, {{}, sue, "f", "", ""}).error().code, Errc::invalid_argument);
  EXPECT_EQ(floor.note_coaching(CallGid("c2"), note).error().code, Errc::unknown_id);
}

TEST(FloorDesk, ADebriefTellsOfEverySessionOnceTheCallIsOver) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue", {Mode::monitor, "sample"});
  office.clock.advance(20s);
  office.supervise(line, "sue", {Mode::barge, "cancellation"});
  office.supervise(line, "sue", {Mode::monitor, "done"});
  office.supervise(line, "tom", {Mode::whisper, "hint"});
  office.clock.advance(40s);
  office.leave(line, "tom");
  office.settle();
  static_cast<void>(office.floor->record_wrapup(CallGid("c1"), wrapup(Outcome::saved)).value());
  office.poll();
  EXPECT_THAT(office.all<Debrief>(), IsEmpty()) << "the call goes on";
  office.close(line);
  office.poll();
  ASSERT_EQ(office.all<Debrief>().size(), 1U);
  EXPECT_EQ(office.events.back().gid, CallGid("c1"));
  const Debrief debrief = office.all<Debrief>()[0];
  ASSERT_TRUE(debrief.wrapup.has_value());
  EXPECT_EQ(debrief.wrapup->outcome, Outcome::saved);
  ASSERT_EQ(debrief.sessions.size(), 2U);
  const SessionSummary& hint = debrief.sessions[0];
  EXPECT_EQ(hint.supervisor, tom);
  EXPECT_EQ(hint.highest, Mode::whisper);
  EXPECT_EQ(hint.end, Cause::left);
  EXPECT_GE(hint.lasted, 39s);
  EXPECT_LE(hint.lasted, 41s);
  const SessionSummary& sample = debrief.sessions[1];
  EXPECT_EQ(sample.session, office.records(RecordType::session_joined).at(0).session);
  EXPECT_EQ(sample.supervisor, sue);
  EXPECT_EQ(sample.agent, ann);
  EXPECT_EQ(sample.highest, Mode::barge);
  EXPECT_EQ(sample.reason, "cancellation");
  EXPECT_EQ(sample.end, Cause::call_ended);
  EXPECT_GE(sample.lasted, 59s);
  static_cast<void>(office.floor->record_wrapup(CallGid("c1"), wrapup(Outcome::dropped)).value());
  office.poll();
  EXPECT_EQ(office.all<Debrief>().size(), 1U) << "once";
}

TEST(FloorDesk, ADebriefWaitsForTheWrapUpOfACallThatIsOver) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue");
  office.close(line);
  office.poll();
  EXPECT_THAT(office.all<Debrief>(), IsEmpty());
  static_cast<void>(office.floor->record_wrapup(CallGid("c1"), wrapup(Outcome::none)).value());
  office.poll();
  EXPECT_EQ(office.all<Debrief>().size(), 1U);
}

TEST(FloorDesk, ADebriefOfEachOfTwoCallsThatBecameOneTellsOfTheSessionThatWentOn) {
  Office office;
  Line& first = office.call("c1", "ann");
  Line& second = office.call("c2", "bob");
  office.supervise(second, "sue", {Mode::barge, "angry"});
  office.clock.advance(20s);
  // Nobody is asked again on the call that stays: what is in force there came with the session.
  office.authorizer.answer = [](const AccessRequest&) { return std::nullopt; };
  static_cast<void>(office.bridge(first).merge(office.bridge(second)).value());
  office.poll();
  ASSERT_EQ(office.floor->sessions().value().size(), 1U);
  EXPECT_EQ(office.floor->sessions().value()[0].call, first.id);
  EXPECT_EQ(office.floor->sessions().value()[0].mode, Mode::barge);
  office.close(first);
  for (const char* const gid : {"c2", "c1"})
    static_cast<void>(office.floor->record_wrapup(CallGid(gid), {}).value());
  office.poll();
  const auto debriefs = office.all<Debrief>();
  ASSERT_EQ(debriefs.size(), 2U);
  ASSERT_EQ(debriefs[0].sessions.size(), 1U);
  EXPECT_EQ(debriefs[0].sessions[0].end, Cause::merged);
  EXPECT_EQ(debriefs[0].sessions[0].highest, Mode::barge);
  EXPECT_GE(debriefs[0].sessions[0].lasted, 20s);
  ASSERT_EQ(debriefs[1].sessions.size(), 1U);
  EXPECT_EQ(debriefs[1].sessions[0].end, Cause::call_ended);
  EXPECT_EQ(debriefs[1].sessions[0].session, debriefs[0].sessions[0].session);
}

TEST(FloorDesk, ThereIsNoDebriefOfACallThatNobodySupervised) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  office.supervise(line, "sue");
  office.close(line);
  static_cast<void>(office.floor->record_wrapup(CallGid("c1"), {}).value());
  office.poll();
  EXPECT_THAT(office.all<Debrief>(), IsEmpty());
}

TEST(FloorDesk, AsManyCallsAreRememberedAsTheHostWants) {
  FloorConfig config;
  config.remembered_calls = 2;
  Office office(config);
  for (const char* const gid : {"c1", "c2", "c3"}) {
    Line& line = office.call(gid, "ann");
    office.supervise(line, "sue");
    office.close(line);
  }
  office.poll();
  EXPECT_EQ(office.floor->record_wrapup(CallGid("c1"), {}).error().code, Errc::unknown_id);
  EXPECT_TRUE(office.floor->record_wrapup(CallGid("c2"), {}));
  ASSERT_EQ(office.all<Debrief>().size(), 1U) << "of the one that was forgotten";
  EXPECT_FALSE(office.all<Debrief>()[0].wrapup.has_value());
  office.poll();
  EXPECT_EQ(office.all<Debrief>().size(), 2U);
}

}  // namespace
}  // namespace barge::test
