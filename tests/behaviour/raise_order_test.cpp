// SPDX-License-Identifier: Apache-2.0
// The order of a raise: nothing is heard before its record is durable, its obligations are
// fulfilled and the facts have been judged again.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

Obligations visual_notice() {
  Obligations obligations;
  obligations.visual = Obliged<VisualObligation>{{true, false}, "notice"};
  return obligations;
}

class RaiseOrder : public testing::Test {
 protected:
  explicit RaiseOrder(MemorySink::Ack ack = MemorySink::Ack::held_back)
      : call(ack, ObligationKind::visual) {}

  void SetUp() override { call.settle(); }

  RaiseState state() {
    for (const ParticipantInfo& info : call.bridge->participants().value()) {
      if (info.id == supervisor.ids.participant && info.pending) return *info.pending;
    }
    return RaiseState::applied;
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(RaiseOrder, NothingIsHeardUntilTheRecordIsDurable) {
  EXPECT_EQ(call.ask(supervisor, {Mode::barge}).state, RaiseState::recorded);
  for (int i = 0; i < 20; ++i)
    call.tick(), call.poll();
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(supervisor), "");
  call.sink.acknowledge();
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
}

TEST_F(RaiseOrder, ARecordThatIsNotDurableInTimeDeniesAndSaysSoLater) {
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.clock.advance(250ms);
  call.poll();
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::audit_unavailable);
  call.sink.acknowledge();
  call.settle();
  EXPECT_TRUE(call.index_of(RecordType::decision_expired));
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(RaiseOrder, ASinkThatFailsDenies) {
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  call.sink.fail();
  call.settle();
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::audit_unavailable);
  EXPECT_EQ(call.heard_by(supervisor), "");
  EXPECT_EQ(call.ask(supervisor, {Mode::monitor}).state, RaiseState::denied);
  call.poll();
  EXPECT_EQ(call.last<Fault>().code, Errc::audit_unavailable);
}

TEST_F(RaiseOrder, TheStatesFollowOneAnother) {
  std::optional<Decision> answer;
  call.authorizer.answer = [&](const AccessRequest&) { return answer; };
  EXPECT_EQ(call.ask(supervisor, {Mode::whisper}).state, RaiseState::requested);
  call.poll();
  EXPECT_EQ(state(), RaiseState::requested);
  answer = ScriptedAuthorizer::permit(visual_notice());
  call.poll();
  EXPECT_EQ(state(), RaiseState::recorded);
  call.sink.acknowledge();
  answer.reset();
  call.poll();
  EXPECT_EQ(state(), RaiseState::durable);
  ASSERT_TRUE(call.bridge->complete(call.last<ObligationDue>().obligation, Fulfilment::fulfilled));
  call.poll();
  EXPECT_EQ(state(), RaiseState::obliged);
  answer = ScriptedAuthorizer::permit(visual_notice());
  call.poll();
  EXPECT_EQ(state(), RaiseState::applying);
  EXPECT_FALSE(call.hears(agent, supervisor));
  call.tick();
  call.tick();
  call.poll();
  EXPECT_EQ(state(), RaiseState::applied);
  EXPECT_TRUE(call.hears(agent, supervisor));
}

TEST_F(RaiseOrder, TheRecordsTellTheSameOrder) {
  call.authorizer.answer = [](const AccessRequest&) {
    return ScriptedAuthorizer::permit(visual_notice());
  };
  static_cast<void>(call.ask(supervisor, {Mode::whisper}));
  call.sink.acknowledge();
  call.poll();
  ASSERT_TRUE(call.bridge->complete(call.last<ObligationDue>().obligation, Fulfilment::fulfilled));
  call.settle();
  const std::vector<std::string> expected{"session.requested", "decision.made",
                                          "obligation.started", "obligation.fulfilled",
                                          "session.joined"};
  EXPECT_EQ(call.record_types(), expected);
  std::uint64_t sequence = 0;
  for (const AuditRecord& record : call.sink.records()) {
    EXPECT_EQ(record.session_sequence, ++sequence);
  }
}

class RaiseOrderWithFastLog : public RaiseOrder {
 protected:
  RaiseOrderWithFastLog() : RaiseOrder(MemorySink::Ack::at_once) {}
};

TEST_F(RaiseOrderWithFastLog, ANoticeThatFailsDenies) {
  call.authorizer.answer = [](const AccessRequest&) {
    return ScriptedAuthorizer::permit(visual_notice());
  };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.poll();
  ASSERT_TRUE(call.bridge->complete(call.last<ObligationDue>().obligation, Fulfilment::failed));
  call.settle();
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::notice_undeliverable);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(RaiseOrderWithFastLog, ANoticeThatNeverComesDeniesAtItsDeadline) {
  call.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations = visual_notice();
    obligations.ttl = Obliged<std::chrono::seconds>{5s, "ttl"};
    return ScriptedAuthorizer::permit(obligations);
  };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.poll();
  EXPECT_EQ(call.bridge->next_deadline(), call.clock.steady() + 5s);
  call.clock.advance(5s);
  call.poll();
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::notice_undeliverable);
}

TEST_F(RaiseOrderWithFastLog, WhatTheHostCannotDoIsDeniedAtOnce) {
  call.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.tones.push_back({{"house_tone", NoticeTo::both}, "tone"});
    return ScriptedAuthorizer::permit(obligations);
  };
  const Requested answer = call.ask(supervisor, {Mode::barge});
  EXPECT_EQ(answer.decision->code, DecisionCode::unsupported_obligation);
}

TEST_F(RaiseOrderWithFastLog, TheFactsAreJudgedAgainBeforeAnythingOpens) {
  int asked = 0;
  call.authorizer.answer = [&](const AccessRequest&) {
    return ++asked == 1 ? ScriptedAuthorizer::permit() : ScriptedAuthorizer::deny();
  };
  EXPECT_EQ(call.ask(supervisor, {Mode::barge}).state, RaiseState::recorded);
  call.settle();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::forbidden);
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(RaiseOrderWithFastLog, WhoeverJoinsWhileARaiseIsPendingIsNoticedToo) {
  call.authorizer.answer = [](const AccessRequest&) {
    return ScriptedAuthorizer::permit(visual_notice());
  };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.poll();
  const ObligationId first = call.last<ObligationDue>().obligation;
  Party& second = call.customer("second");
  ASSERT_TRUE(call.bridge->complete(first, Fulfilment::fulfilled));
  call.settle();
  EXPECT_FALSE(call.hears(customer, supervisor));
  const ObligationId again = call.last<ObligationDue>().obligation;
  EXPECT_NE(again, first);
  ASSERT_TRUE(call.bridge->complete(again, Fulfilment::fulfilled));
  call.settle();
  EXPECT_TRUE(call.hears(customer, supervisor));
  EXPECT_TRUE(call.hears(second, supervisor));
}

TEST_F(RaiseOrderWithFastLog, AnAuthorizerThatNeverAnswersDenies) {
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  call.clock.advance(2s);
  call.poll();
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::authorizer_unavailable);
  EXPECT_EQ(call.authorizer.forgotten, 1);
}

TEST_F(RaiseOrderWithFastLog, ASecondRaiseReplacesAPendingOne) {
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.poll();
  EXPECT_EQ(call.last<RequestCancelled>().why, "replaced");
  EXPECT_EQ(call.last<RequestCancelled>().mode, Mode::monitor);
}

TEST_F(RaiseOrderWithFastLog, ATargetThatLeavesCancels) {
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(supervisor, {Mode::whisper}));
  call.leave(agent);
  call.settle();
  EXPECT_EQ(call.last<RequestCancelled>().why, "target_changed");
}

TEST_F(RaiseOrderWithFastLog, MonitorFirstCountsWhatWasHeard) {
  call.authorizer.answer = [](const AccessRequest& request) {
    Obligations obligations;
    if (request.action.mode == Mode::barge) {
      obligations.monitor_first = Obliged<std::chrono::seconds>{2s, "listen"};
    }
    return ScriptedAuthorizer::permit(obligations);
  };
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(call.ask(supervisor, {Mode::barge}).decision->code, DecisionCode::monitor_first);
  for (int i = 0; i < 200; ++i)
    call.tick();
  call.enter(supervisor, {Mode::barge});
  EXPECT_TRUE(call.hears(customer, supervisor));
}

TEST_F(RaiseOrderWithFastLog, ARequiredReasonHasToBeGiven) {
  call.authorizer.answer = [](const AccessRequest&) {
    Obligations obligations;
    obligations.reason = Obliged<std::vector<std::string>>{{"distress"}, "why"};
    return ScriptedAuthorizer::permit(obligations);
  };
  EXPECT_EQ(call.ask(supervisor, {Mode::barge}).decision->code, DecisionCode::reason_required);
  EXPECT_EQ(call.ask(supervisor, {Mode::barge, "curiosity"}).decision->code,
            DecisionCode::reason_required);
  EXPECT_TRUE(call.ask(supervisor, {Mode::barge, "distress"}).decision->permitted());
}

TEST_F(RaiseOrderWithFastLog, ALoweringThatNoTickHasTakenUpIsNotPending) {
  call.enter(supervisor, {Mode::barge});
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  EXPECT_EQ(state(), RaiseState::applied);
  std::optional<Decision> answer;
  call.authorizer.answer = [&](const AccessRequest&) { return answer; };
  static_cast<void>(call.ask(supervisor, {Mode::whisper}));
  EXPECT_EQ(state(), RaiseState::requested);
}

TEST_F(RaiseOrderWithFastLog, AppliedNamesTheFirstOpenSample) {
  call.settle();
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.poll();
  const SampleIndex before = call.position;
  call.tick();
  EXPECT_NE(customer.out.front(), customer.out.back()) << "the ramp opens in this tick";
  call.poll();
  EXPECT_EQ(call.last<ModeApplied>().at, before);
}

TEST_F(RaiseOrderWithFastLog, ADenialIsRecordedWithItsRule) {
  call.authorizer.answer = [](const AccessRequest&) {
    Decision decision = ScriptedAuthorizer::deny();
    decision.winner = "no-barge";
    return decision;
  };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  const AuditRecord& record = call.sink.records()[*call.index_of(RecordType::decision_made)];
  EXPECT_EQ(field(record, "effect"), "deny");
  EXPECT_EQ(field(record, "winner"), "no-barge");
  EXPECT_EQ(field(record, "supervisor"), "supervisor");
}

}  // namespace
}  // namespace barge::test
