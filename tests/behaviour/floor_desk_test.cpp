// SPDX-License-Identifier: Apache-2.0
// Help, risks and guidance during a call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const PersonGid ann("ann"), sue("sue"), tom("tom");

void sign_on(Office& office, const std::string& supervisor) {
  static_cast<void>(office.floor->sign_on(Office::person(Role::supervisor, supervisor)).value());
}

HelpId ask_for_help(Office& office, const Line& line, const std::string& agent = "ann") {
  return office.floor->request_help(line.id, {PersonGid(agent), "the customer threatens"}).value();
}

std::vector<std::string> told_of_help(const Office& office) {
  std::vector<std::string> told;
  for (const HelpRequested& event : office.all<HelpRequested>())
    told.push_back(event.supervisor.text());
  return told;
}

/// Permits all but this supervisor.
auto all_but(const std::string& supervisor) {
  return [=](const AccessRequest& request) {
    return request.subject.id.text() == supervisor ? ScriptedAuthorizer::deny()
                                                   : ScriptedAuthorizer::permit();
  };
}

/// The records of requests for help that are in this state.
std::vector<AuditRecord> help_records(const Office& office, const std::string& state) {
  std::vector<AuditRecord> records = office.records(RecordType::help_requested);
  const auto is_in_another = [&](const AuditRecord& record) {
    return field(record, "state") != state;
  };
  records.erase(std::remove_if(records.begin(), records.end(), is_in_another), records.end());
  return records;
}

TEST(FloorDesk, AHelpRequestReachesTheSupervisorsWhoMayMonitorTheCall) {
  Office office;
  office.authorizer.answer = all_but("tom");
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  sign_on(office, "tom");
  const HelpId help = ask_for_help(office, line);
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue"));
  const HelpRequested told = office.all<HelpRequested>().at(0);
  EXPECT_EQ(told.help, help);
  EXPECT_EQ(told.request.agent, ann);
  EXPECT_EQ(told.request.reason, "the customer threatens");
  EXPECT_EQ(office.events.back().call, line.id);

  const AccessRequest asked = office.authorizer.asked.at(0);
  EXPECT_EQ(asked.subject.id, sue);
  EXPECT_EQ(asked.subject.roles, std::vector<std::string>{"team_lead"});
  EXPECT_EQ(asked.action.mode, Mode::monitor);
  EXPECT_EQ(asked.action.from, Mode::off);
  EXPECT_EQ(asked.call.id, CallGid("c1"));
  EXPECT_EQ(asked.call.queue, "sales");
  EXPECT_EQ(asked.call.agent, ann);
  EXPECT_THAT(asked.call.parties, ElementsAre(PersonGid("customer of c1"), ann));
  EXPECT_EQ(asked.environment.now, office.clock.wall());

  const auto records = help_records(office, "open");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].call, CallGid("c1"));
  EXPECT_EQ(records[0].time, office.clock.wall());
  EXPECT_EQ(field(records[0], "agent"), "ann");
  EXPECT_EQ(field(records[0], "reason"), "the customer threatens");
  EXPECT_EQ(number(records[0], "help"), static_cast<std::int64_t>(help));

  sign_on(office, "uli");
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue", "uli")) << "who comes later is told then";
  office.poll();
  sign_on(office, "sue");
  office.poll();
  EXPECT_EQ(office.all<HelpRequested>().size(), 2U) << "once each";
  office.authorizer.answer = all_but("");
  sign_on(office, "tom");
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue", "uli", "tom")) << "with other roles";
}

TEST(FloorDesk, NobodyIsToldWithoutAnAnswer) {
  Office office;
  std::optional<Decision> answer;
  office.authorizer.answer = [&](const AccessRequest&) { return answer; };
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  ask_for_help(office, line);
  office.poll();
  EXPECT_THAT(told_of_help(office), IsEmpty());
  const auto deadline = office.floor->next_deadline();
  ASSERT_TRUE(deadline.has_value());
  EXPECT_EQ(*deadline, office.clock.steady() + 2s);
  office.clock.advance(2s);
  office.poll();
  EXPECT_EQ(office.authorizer.forgotten, 1);
  answer = ScriptedAuthorizer::permit();
  office.poll();
  EXPECT_THAT(told_of_help(office), IsEmpty()) << "the answer came too late";
}

TEST(FloorDesk, TellsAsSoonAsTheAnswerIsThere) {
  Office office;
  std::optional<Decision> answer;
  office.authorizer.answer = [&](const AccessRequest&) { return answer; };
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  ask_for_help(office, line);
  office.poll();
  answer = ScriptedAuthorizer::permit();
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue"));
}

TEST(FloorDesk, NobodyIsToldOfACallOfItsOwn) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.join(line, Role::agent, "sue");
  sign_on(office, "sue");
  sign_on(office, "tom");
  ask_for_help(office, line);
  static_cast<void>(office.floor->flag_risk(line.id, {90, "abuse", "r"}).value());
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("tom"));
  ASSERT_EQ(office.all<RiskFlagged>().size(), 1U);
  EXPECT_EQ(office.all<RiskFlagged>()[0].supervisor, tom);
}

TEST(FloorDesk, OfAnInternalCallOnlyThoseAreToldWhosePermissionCoversIt) {
  Office office;
  Decision permit = ScriptedAuthorizer::permit();
  office.authorizer.answer = [&](const AccessRequest&) { return permit; };
  Line& line = office.call("c1", "ann");
  CallAttributes internal;
  internal.internal = true;
  static_cast<void>(office.bridge(line).set_attributes(internal).value());
  sign_on(office, "sue");
  ask_for_help(office, line);
  office.poll();
  EXPECT_THAT(told_of_help(office), IsEmpty());
  EXPECT_TRUE(office.authorizer.asked.back().call.attributes.internal);
  permit.terms.internal_calls = true;
  sign_on(office, "sue");
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue"));
}

TEST(FloorDesk, WhoeverSignedOffIsNotTold) {
  Office office;
  std::optional<Decision> answer;
  office.authorizer.answer = [&](const AccessRequest&) { return answer; };
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  ask_for_help(office, line);
  static_cast<void>(office.floor->sign_off(sue).value());
  EXPECT_EQ(office.authorizer.forgotten, 1);
  answer = ScriptedAuthorizer::permit();
  static_cast<void>(office.floor->flag_risk(line.id, {90, "abuse", "r"}).value());
  office.poll();
  EXPECT_THAT(told_of_help(office), IsEmpty());
  EXPECT_THAT(office.all<RiskFlagged>(), IsEmpty());
  EXPECT_EQ(office.floor->sign_off(sue).error().code, Errc::unknown_id);
}

TEST(FloorDesk, OnlySupervisorsWithAnIdSignOn) {
  Office office;
  EXPECT_EQ(office.floor->sign_on(Office::person(Role::agent, "ann")).error().code,
            Errc::wrong_role);
  EXPECT_EQ(office.floor->sign_on(Office::person(Role::supervisor, "")).error().code,
            Errc::invalid_argument);
}

TEST(FloorDesk, ANewPolicyIsAskedForWhoeverIsStillWaitedFor) {
  Office office;
  office.authorizer.answer = [](const AccessRequest&) { return std::nullopt; };
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  ask_for_help(office, line);
  ScriptedAuthorizer next;
  static_cast<void>(office.floor->set_policy(next).value());
  EXPECT_EQ(office.authorizer.forgotten, 1);
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue"));
  EXPECT_EQ(next.asked.size(), 1U);
}

TEST(FloorDesk, AHelpRequestIsAcceptedOnceByOneWhoWasTold) {
  Office office;
  office.authorizer.answer = all_but("tom");
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  sign_on(office, "uli");
  sign_on(office, "tom");
  const HelpId help = ask_for_help(office, line);
  EXPECT_EQ(ask_for_help(office, line), help) << "pressed again";
  EXPECT_EQ(office.floor->accept_help(help, sue).error().code, Errc::not_authorised)
      << "not told yet";
  office.poll();
  EXPECT_EQ(office.floor->accept_help(help, tom).error().code, Errc::not_authorised);
  ASSERT_EQ(office.floor->open_help().value().size(), 1U);
  EXPECT_EQ(office.floor->open_help().value()[0].call, line.id);
  static_cast<void>(office.floor->accept_help(help, sue).value());
  office.poll();
  ASSERT_EQ(office.all<HelpClosed>().size(), 1U);
  const HelpClosed closed = office.all<HelpClosed>()[0];
  EXPECT_EQ(closed.help, help);
  EXPECT_EQ(closed.end, HelpEnd::accepted);
  EXPECT_EQ(closed.accepted_by, sue);
  EXPECT_THAT(closed.shown_to, UnorderedElementsAre(sue, PersonGid("uli")));
  EXPECT_EQ(office.floor->accept_help(help, PersonGid("uli")).error().code, Errc::nothing_pending);
  EXPECT_EQ(office.floor->cancel_help(help).error().code, Errc::nothing_pending);
  EXPECT_THAT(office.floor->open_help().value(), IsEmpty());
  EXPECT_NE(ask_for_help(office, line), help) << "a new one";
  EXPECT_EQ(help_records(office, "open").size(), 2U);
  const auto records = help_records(office, "accepted");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(number(records[0], "help"), static_cast<std::int64_t>(help));
  EXPECT_EQ(field(records[0], "supervisor"), "sue");
}

TEST(FloorDesk, AHelpRequestEndsWhenItIsCancelledAndWithItsAgentOrCall) {
  Office office;
  sign_on(office, "sue");
  Line& cancelled = office.call("c1", "ann");
  Line& left = office.call("c2", "bob");
  office.join(left, Role::agent, "cid");
  Line& closed = office.call("c3", "dan");
  const HelpId help = ask_for_help(office, cancelled);
  ask_for_help(office, left, "bob");
  ask_for_help(office, left, "cid");
  ask_for_help(office, closed, "dan");
  EXPECT_EQ(office.floor->request_help(left.id, {PersonGid("customer of c2"), ""}).error().code,
            Errc::wrong_role);
  EXPECT_EQ(office.floor->request_help(left.id, {ann, ""}).error().code, Errc::wrong_role);
  office.poll();
  static_cast<void>(office.floor->cancel_help(help).value());
  office.leave(left, "bob");
  office.close(closed);
  office.poll();
  std::map<std::string, std::string> ends;
  for (const char* const state : {"accepted", "cancelled", "agent_left", "call_ended"}) {
    for (const AuditRecord& record : help_records(office, state))
      ends[field(record, "agent")] = state;
  }
  EXPECT_THAT(ends,
              UnorderedElementsAre(std::pair("ann", "cancelled"), std::pair("bob", "agent_left"),
                                   std::pair("dan", "call_ended")));
  EXPECT_EQ(office.all<HelpClosed>().size(), 3U);
  ASSERT_EQ(office.floor->open_help().value().size(), 1U);
  EXPECT_EQ(office.floor->open_help().value()[0].request.agent, PersonGid("cid"));
}

TEST(FloorDesk, AnAnswerThatComesAfterTheEndOfACallTellsNobody) {
  Office office;
  std::optional<Decision> answer;
  office.authorizer.answer = [&](const AccessRequest&) { return answer; };
  Line& line = office.call("c1", "ann");
  sign_on(office, "sue");
  ask_for_help(office, line);
  static_cast<void>(office.floor->flag_risk(line.id, {10, "silence", ""}).value());
  office.close(line);
  EXPECT_EQ(office.authorizer.forgotten, 2);
  answer = ScriptedAuthorizer::permit();
  office.poll();
  EXPECT_THAT(told_of_help(office), IsEmpty());
  EXPECT_THAT(office.all<RiskFlagged>(), IsEmpty());
}

TEST(FloorDesk, HelpDoesNotWaitForALogThatIsDown) {
  Office office;
  sign_on(office, "sue");
  Line& line = office.call("c1", "ann");
  office.sink.fail();
  ask_for_help(office, line);
  office.poll();
  EXPECT_THAT(told_of_help(office), ElementsAre("sue"));
  ASSERT_EQ(office.all<Fault>().size(), 1U);
  EXPECT_EQ(office.all<Fault>()[0].code, Errc::audit_unavailable);
}

TEST(FloorDesk, ARiskIsRecordedAndReachesTheSupervisorsWhoMayMonitorTheCall) {
  Office office;
  office.authorizer.answer = all_but("tom");
  sign_on(office, "sue");
  sign_on(office, "tom");
  Line& line = office.call("c1", "ann");
  static_cast<void>(office.floor->flag_risk(line.id, {87, "cancellation", "scan-9"}).value());
  EXPECT_EQ(office.floor->flag_risk(line.id, {101, "abuse", ""}).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(office.floor->flag_risk(line.id, {1, "", ""}).error().code, Errc::invalid_argument);
  office.poll();
  sign_on(office, "uli");
  office.poll();
  ASSERT_EQ(office.all<RiskFlagged>().size(), 1U) << "who comes later is not told";
  const RiskFlagged told = office.all<RiskFlagged>()[0];
  EXPECT_EQ(told.supervisor, sue);
  EXPECT_EQ(told.flag.score, 87U);
  EXPECT_EQ(told.flag.category, "cancellation");
  EXPECT_EQ(told.flag.reference, "scan-9");
  const auto records = office.records(RecordType::risk_flagged);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(number(records[0], "score"), 87);
  EXPECT_EQ(field(records[0], "category"), "cancellation");
  EXPECT_EQ(field(records[0], "reference"), "scan-9");
}

TEST(FloorDesk, GuidanceIsShownToWhoeverMayMonitorTheCall) {
  Office office;
  office.authorizer.answer = all_but("tom");
  sign_on(office, "sue");
  sign_on(office, "tom");
  Line& line = office.call("c1", "ann");
  static_cast<void>(
      office.floor->note_guidance(line.id, {ann, "offer the plan", "card-3"}).value());
  office.poll();
  ASSERT_EQ(office.all<GuidanceShown>().size(), 1U);
  const GuidanceShown shown = office.all<GuidanceShown>()[0];
  EXPECT_EQ(shown.supervisor, sue);
  EXPECT_EQ(shown.guidance.agent, ann);
  EXPECT_EQ(shown.guidance.text, "offer the plan");
  EXPECT_EQ(shown.guidance.reference, "card-3");
  office.sink.fail();
  EXPECT_FALSE(office.floor->note_guidance(line.id, {ann, "not on record", ""}));
  office.poll();
  EXPECT_EQ(office.all<GuidanceShown>().size(), 1U);
}

TEST(FloorDesk, GuidanceIsRecorded) {
  Office office;
  Line& line = office.call("c1", "ann");
  const Guidance guidance{ann, "offer the annual plan", "card-3"};
  static_cast<void>(office.floor->note_guidance(line.id, guidance).value());
  const auto records = office.records(RecordType::guidance_shown);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].call, CallGid("c1"));
  EXPECT_EQ(field(records[0], "agent"), "ann");
  EXPECT_EQ(field(records[0], "text"), "offer the annual plan");
  EXPECT_EQ(field(records[0], "reference"), "card-3");
  EXPECT_EQ(office.floor->note_guidance(line.id, {tom, "", ""}).error().code, Errc::wrong_role);
  office.sink.fail();
  EXPECT_EQ(office.floor->note_guidance(line.id, guidance).error().code, Errc::audit_unavailable);
}

}  // namespace
}  // namespace barge::test
