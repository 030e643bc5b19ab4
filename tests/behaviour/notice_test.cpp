// SPDX-License-Identifier: Apache-2.0
// What has to be heard or seen before a supervisor is: which notices, for whom, in which order.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

std::vector<std::string> played(const Call& call) {
  std::vector<std::string> ids;
  for (const NoticePlayed& notice : call.all<NoticePlayed>())
    ids.push_back(notice.id);
  return ids;
}

TEST_F(Notice, IsWhatTheDecisionForThisModeAndRoleSays) {
  Person person;
  person.role = Role::supervisor;
  person.id = PersonGid("auditor");
  person.roles = {"qa"};
  Party& auditor =
      call.add(Role::supervisor, "auditor", call.bridge->join(person, Ears::mono).value());
  call.authorizer.answer = [](const AccessRequest& request) {
    const bool audits = request.subject.roles.front() == "qa";
    if (request.action.mode == Mode::barge) return ScriptedAuthorizer::permit(tone_notice("leave"));
    if (audits) return ScriptedAuthorizer::permit();
    return ScriptedAuthorizer::permit(tone_notice("join", NoticeTo::agent));
  };
  call.enter(auditor, {Mode::monitor});
  EXPECT_EQ(call.last<ModeApplied>().supervisor, auditor.ids.participant);
  EXPECT_EQ(played(call), std::vector<std::string>{});
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  run(call, 60);
  EXPECT_EQ(played(call), std::vector<std::string>{"join"});
  static_cast<void>(call.ask(auditor, {Mode::barge}));
  run(call, 80);
  EXPECT_EQ(played(call), (std::vector<std::string>{"join", "leave"}));
}

TEST_F(Notice, IsNothingThatARequestCouldChange) {
  ModeRequest wishes{Mode::monitor, "please be quiet"};
  wishes.ear = Ear::customer_side;
  wishes.follow = Follow::agent;
  wishes.push_to_talk = true;
  wishes.disposition = Disposition::hold;
  wishes.targets = {customer.ids.participant};
  start(tone_notice("join", NoticeTo::agent), wishes);
  run(call, 60);
  EXPECT_EQ(played(call), std::vector<std::string>{"join"});
  const NoticePlayed notice = call.last<NoticePlayed>();
  EXPECT_TRUE(heard_sound(agent, 1, notice.from.samples(), tone_samples("join")));
  EXPECT_TRUE(heard_only(customer, 2, begun, call.position.samples()));
}

TEST_F(Notice, AnIndicatorWaitsForItsAcknowledgement) {
  NoticeCall seen(Call::config(ObligationKind::visual));
  Obligations obligations;
  obligations.visual = Obliged<VisualObligation>{{true, true}, "badge"};
  seen.start(obligations, {Mode::whisper});
  const ObligationDue due = seen.call.last<ObligationDue>();
  EXPECT_EQ(due.kind, ObligationKind::visual);
  EXPECT_EQ(due.rule, "badge");
  EXPECT_TRUE(due.names_supervisor);
  EXPECT_TRUE(due.acknowledged);
  run(seen.call, 100);
  EXPECT_FALSE(seen.is_open());
  EXPECT_TRUE(heard_only(seen.agent, 1, seen.begun, seen.call.position.samples()));
  ASSERT_TRUE(seen.call.bridge->complete(due.obligation, Fulfilment::fulfilled));
  EXPECT_EQ(seen.call.bridge->complete(due.obligation, Fulfilment::fulfilled).error().code,
            Errc::nothing_pending);
  seen.call.settle();
  EXPECT_TRUE(seen.is_open());
  EXPECT_TRUE(seen.call.hears(seen.agent, seen.supervisor));
}

TEST_F(Notice, AToneIsHeardByItsTargetsAlone) {
  const Samples tone = tone_samples("join");
  for (const NoticeTo to : {NoticeTo::agent, NoticeTo::customer, NoticeTo::both}) {
    NoticeCall c;
    Party& observer = c.call.supervisor("observer");
    c.call.enter(observer, {Mode::monitor});
    c.start(tone_notice("join", to), {Mode::barge});
    run(c.call, 60);
    ASSERT_TRUE(c.is_open());
    const std::uint64_t from = c.call.last<NoticePlayed>().from.samples();
    const std::uint64_t end = c.call.last<NoticePlayed>().to.samples();
    EXPECT_EQ(end - from, tone.size());
    const auto check = [&](const Party& party, Sample usual, bool is_target) {
      if (!is_target) {
        EXPECT_TRUE(heard_only(party, usual, c.begun, c.opened()));
        return;
      }
      EXPECT_TRUE(heard_only(party, usual, c.begun, from));
      EXPECT_TRUE(heard_sound(party, usual, from, tone));
      EXPECT_TRUE(heard_only(party, usual, end, c.opened()));
    };
    check(c.customer, 2, to != NoticeTo::agent);
    check(c.agent, 1, to != NoticeTo::customer);
    check(c.supervisor, 0, false);
    check(observer, 3, false);
  }
}

TEST_F(Notice, AToneAtJoinIsPlayedOnce) {
  start(tone_notice("join"), {Mode::monitor});
  run(call, 2000);
  ASSERT_EQ(call.all<NoticePlayed>().size(), 1u);
  const NoticePlayed notice = call.last<NoticePlayed>();
  EXPECT_TRUE(notice.delivered);
  EXPECT_EQ(notice.id, "join");
  EXPECT_EQ(notice.kind, ObligationKind::tone);
  EXPECT_EQ(notice.session, call.last<ModeApplied>().session);
  EXPECT_TRUE(heard_sound(agent, 1, notice.from.samples(), tone_samples("join")));
  EXPECT_TRUE(heard_only(agent, 1, notice.to.samples(), call.position.samples()));
}

TEST_F(Notice, IsOnRecordWithItsSamplesBeforeTheSession) {
  start(tone_notice("join"), {Mode::barge});
  run(call, 60);
  const NoticePlayed notice = call.last<NoticePlayed>();
  std::vector<AuditRecord> records;
  for (const AuditRecord& record : call.sink.records()) {
    if (record.session.text() == "call-1/1") records.push_back(record);
  }
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[2].type, RecordType::obligation_started);
  EXPECT_EQ(records[3].type, RecordType::obligation_fulfilled);
  EXPECT_EQ(records[4].type, RecordType::session_joined);
  EXPECT_LE(records[2].sample->samples(), notice.from.samples());
  EXPECT_EQ(records[3].sample, notice.to);
  EXPECT_EQ(records[4].sample->samples(), opened());
  EXPECT_LT(notice.from, notice.to);
  EXPECT_LE(notice.to.samples(), opened());
  EXPECT_EQ(field(records[2], "id"), "join");
  EXPECT_EQ(field(records[2], "rule"), "notice");
}

TEST_F(Notice, APhraseIsPlayedFromTheAnnouncements) {
  start(phrase_notice("recorded", NoticeTo::customer));
  EXPECT_TRUE(call.all<ObligationDue>().empty());
  run(call, 40);
  const NoticePlayed notice = call.last<NoticePlayed>();
  EXPECT_TRUE(notice.delivered);
  EXPECT_EQ(notice.kind, ObligationKind::phrase);
  const std::uint64_t from = notice.from.samples();
  EXPECT_EQ(notice.to.samples() - from, 4160u) << "to the end of the tick in which it ends";
  EXPECT_TRUE(heard_only(customer, 2, begun, from));
  EXPECT_TRUE(heard_sound(customer, 2, from, *make_clip(recorded_samples).samples));
  EXPECT_TRUE(heard_only(customer, 2, from + recorded_samples, opened()));
  EXPECT_TRUE(heard_only(agent, 1, begun, opened()));
}

TEST_F(Notice, APhraseThatTheBridgeDoesNotHaveIsTheHosts) {
  NoticeCall c(with_phrases(ObligationKind::phrase));
  c.start(phrase_notice("unheard", NoticeTo::customer));
  const ObligationDue due = c.call.last<ObligationDue>();
  EXPECT_EQ(due.kind, ObligationKind::phrase);
  EXPECT_EQ(due.id, "unheard");
  EXPECT_EQ(due.to, NoticeTo::customer);
  run(c.call, 100);
  EXPECT_FALSE(c.is_open());
  EXPECT_TRUE(heard_only(c.customer, 2, c.begun, c.call.position.samples()));
  ASSERT_TRUE(c.call.bridge->complete(due.obligation, Fulfilment::fulfilled));
  c.call.settle();
  EXPECT_TRUE(c.is_open());
}

TEST_F(Notice, ThatNobodyCanGiveDeniesAtOnce) {
  Obligations unknown_tone = tone_notice("join");
  unknown_tone.tones.push_back({{"house_tone"}, "notice"});
  Obligations unknown_phrase = tone_notice("join");
  unknown_phrase.phrases.push_back({{"unheard"}, "notice"});
  Obligations unseen;
  unseen.visual = Obliged<VisualObligation>{{}, "badge"};
  begun = call.position.samples();
  for (const Obligations& obligations : {unknown_tone, unknown_phrase, unseen}) {
    permit_with(call, obligations);
    const Requested answer = call.ask(supervisor, {Mode::barge});
    EXPECT_EQ(answer.state, RaiseState::denied);
    EXPECT_EQ(answer.decision->code, DecisionCode::unsupported_obligation);
    run(call, 60);
  }
  EXPECT_TRUE(call.all<NoticePlayed>().empty());
  EXPECT_TRUE(heard_only(customer, 2, begun, call.position.samples()));
  EXPECT_TRUE(heard_only(agent, 1, begun, call.position.samples()));
}

TEST_F(Notice, SeveralPlayOneAfterTheOtherInTheOrderOfTheirIds) {
  Obligations obligations = tone_notice("leave");
  for (const char* const id : {"join", "cue"})
    obligations.tones.push_back({{id}, "notice"});
  for (const char* const id : {"zz", "recorded"})
    obligations.phrases.push_back({{id}, "notice"});
  start(obligations, {Mode::barge});
  run(call, 200);
  ASSERT_TRUE(is_open());
  EXPECT_EQ(played(call), (std::vector<std::string>{"cue", "join", "leave", "recorded", "zz"}));
  std::uint64_t end = begun;
  for (const NoticePlayed& notice : call.all<NoticePlayed>()) {
    ASSERT_TRUE(notice.delivered) << notice.id;
    const std::uint64_t from = notice.from.samples();
    EXPECT_GE(from, end) << notice.id;
    Samples sound;
    if (notice.kind == ObligationKind::tone) sound = tone_samples(notice.id);
    if (notice.id == "recorded") sound = *make_clip(recorded_samples).samples;
    if (notice.id == "zz") sound = *make_clip(480, 30).samples;
    for (const Party* const party : {&customer, &agent}) {
      const Sample usual = party == &customer ? 2 : 1;
      EXPECT_TRUE(heard_only(*party, usual, end, from)) << notice.id;
      EXPECT_TRUE(heard_sound(*party, usual, from, sound)) << notice.id;
    }
    end = from + sound.size();
  }
  EXPECT_GE(opened(), end);
}

TEST_F(Notice, WhatTheBridgePlaysIsNotTheHostsToComplete) {
  start(tone_notice("join"), {Mode::barge});
  run(call, 20);
  EXPECT_TRUE(call.all<ObligationDue>().empty());
  for (std::uint64_t id = 0; id < 8; ++id) {
    const Status status = call.bridge->complete(ObligationId{id}, Fulfilment::fulfilled);
    EXPECT_EQ(status.error().code, Errc::nothing_pending);
  }
  call.settle();
  EXPECT_FALSE(is_open());
}

TEST_F(Notice, APhraseThatCannotBePlayedIsRefusedAtTheBeginning) {
  ScriptedAuthorizer authorizer;
  MemorySink sink;
  const auto refusal = [&](const Clip& phrase, const Clip& hold_source) {
    BridgeConfig config = Call::config();
    config.announcements =
        std::make_shared<Announcements>(Announcements{{{"phrase", phrase}}, hold_source});
    const auto bridge = Bridge::create(config, authorizer, sink);
    return bridge ? std::optional<Errc>() : bridge.error().code;
  };
  Clip other_rate = make_clip(160);
  other_rate.rate = SampleRate::hz_8000;
  EXPECT_EQ(refusal(make_clip(160), {}), std::nullopt);
  EXPECT_EQ(refusal(make_clip(0), {}), Errc::invalid_argument);
  EXPECT_EQ(refusal({}, {}), Errc::invalid_argument);
  EXPECT_EQ(refusal(other_rate, {}), Errc::wrong_format);
  EXPECT_EQ(refusal(make_clip(160), other_rate), Errc::wrong_format);
}

}  // namespace
}  // namespace barge::test
