// SPDX-License-Identifier: Apache-2.0
// A session that is pending, one whose agent leaves, and what a session has heard.
#include <memory_resource>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

struct Supervised : Call {
  explicit Supervised(const BridgeConfig& config) : Call(config) {}
  Party& ann = customer();
  Party& bob = agent();
  Party& sue = supervisor();
};

ParticipantId id(const Party& party) {
  return party.ids.participant;
}

/// A decision that waits for the host to show an indicator.
Decision with_indicator() {
  Obligations obligations;
  obligations.visual = {VisualObligation{}, "indicator"};
  return ScriptedAuthorizer::permit(obligations);
}

class SessionLife : public testing::Test {
 protected:
  Supervised call{Call::config(ObligationKind::visual)};
};

struct Happening {
  const char* what;
  void (*happens)(Supervised&);
};

void PrintTo(const Happening& happening, std::ostream* out) {
  *out << happening.what;
}

class PendingSession : public testing::TestWithParam<Happening> {
 protected:
  Supervised call{Call::config(ObligationKind::visual)};
};

TEST_P(PendingSession, IsJudgedAgainAndDeniedByTheFactsOfNow) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::barge};
  request.agent = id(call.bob);
  call.authorizer.answer = [](const AccessRequest&) { return with_indicator(); };
  static_cast<void>(call.ask(call.sue, request));
  call.poll();
  ASSERT_EQ(call.all<ObligationDue>().size(), 1u);
  ASSERT_TRUE(second.connected);

  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  const std::size_t before = call.authorizer.asked.size();
  GetParam().happens(call);
  call.poll();
  EXPECT_GT(call.authorizer.asked.size(), before);
  ASSERT_FALSE(call.all<RequestDenied>().empty());
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::forbidden);
  call.settle();
  EXPECT_EQ(call.heard_by(call.sue), "");
}

void take(Status status) {
  static_cast<void>(status.value());
}

INSTANTIATE_TEST_SUITE_P(
    Meanwhile, PendingSession,
    testing::Values(Happening{"hold", [](Supervised& c) { take(c.bridge->hold(id(c.ann))); }},
                    Happening{"resume",
                              [](Supervised& c) {
                                take(c.bridge->hold(id(c.ann)));
                                take(c.bridge->resume(id(c.ann)));
                              }},
                    Happening{"replaced leg",
                              [](Supervised& c) {
                                c.bob.ids = c.bridge->replace_leg(id(c.bob)).value();
                              }},
                    Happening{"somebody joins", [](Supervised& c) { c.customer("another"); }},
                    Happening{"somebody leaves", [](Supervised& c) { c.leave(*c.parties[3]); }},
                    Happening{"consent",
                              [](Supervised& c) {
                                CallAttributes attributes;
                                attributes.consent = Consent::given;
                                take(c.bridge->set_attributes(attributes));
                              }},
                    Happening{"card data",
                              [](Supervised& c) {
                                CallAttributes attributes;
                                attributes.card_data = true;
                                take(c.bridge->set_attributes(attributes));
                              }},
                    Happening{"another policy",
                              [](Supervised& c) { take(c.bridge->set_policy(c.authorizer)); }}));

TEST_F(SessionLife, APendingRaiseIsJudgedAgainWhateverHappensMeanwhile) {
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(call.sue, {Mode::monitor}));
  const int forgotten = call.authorizer.forgotten;
  take(call.bridge->hold(id(call.ann)));
  EXPECT_EQ(call.authorizer.asked.size(), 2u) << "the question is put anew";
  EXPECT_EQ(call.authorizer.forgotten, forgotten + 1);
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::permit(); };
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
}

TEST_F(SessionLife, ARaiseThatIsNeverDoneWithDeniesAtItsDeadline) {
  call.authorizer.answer = [](const AccessRequest&) { return with_indicator(); };
  static_cast<void>(call.ask(call.sue, {Mode::barge}));
  for (int i = 0; i < 20 && call.all<RequestDenied>().empty(); ++i) {
    call.customer("customer " + std::to_string(i));  // nobody has told this one
    call.poll();
    for (const ObligationDue& due : call.all<ObligationDue>())
      static_cast<void>(call.bridge->complete(due.obligation, Fulfilment::fulfilled));
    call.clock.advance(8s);
    call.poll();
  }
  ASSERT_EQ(call.all<RequestDenied>().size(), 1u);
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::notice_undeliverable);
  EXPECT_LE(call.clock.steady() - SteadyTime(1000s), 100s);
}

TEST_F(SessionLife, ARaiseWaitsNoLongerThanItsDecisionSays) {
  call.authorizer.answer = [](const AccessRequest&) {
    Decision decision = with_indicator();
    decision.obligations.ttl = {std::chrono::seconds(3), "quick"};
    return decision;
  };
  static_cast<void>(call.ask(call.sue, {Mode::barge}));
  call.poll();
  call.clock.advance(2900ms);
  call.poll();
  ASSERT_TRUE(call.all<RequestDenied>().empty());
  call.clock.advance(200ms);
  call.poll();
  EXPECT_EQ(call.all<RequestDenied>().size(), 1u);
}

// ── The agent leaves during barge ───────────────────────────────────────────────────────────────

TEST_F(SessionLife, ABargeWhoseAgentLeavesIsPromotedWherePermitted) {
  call.enter(call.sue, {Mode::barge});
  call.leave(call.bob);
  for (int i = 0; i < 4; ++i) {
    call.tick();
    EXPECT_TRUE(std::all_of(call.ann.out.begin() + 80, call.ann.out.end(),
                            [&](Sample sample) { return sample == call.sue.voice; }))
        << "tick " << i;
    call.poll();
  }
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::takeover);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::agent_left);
  const auto& asked = call.authorizer.asked;
  EXPECT_TRUE(std::any_of(asked.begin(), asked.end(), [](const AccessRequest& request) {
    return request.action.mode == Mode::takeover && request.action.from == Mode::barge;
  }));
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(SessionLife, ABargeWhoseAgentLeavesGoesOnUnattendedWhereNot) {
  call.enter(call.sue, {Mode::barge});
  call.authorizer.answer = [](const AccessRequest& request) {
    return request.action.mode == Mode::takeover ? ScriptedAuthorizer::deny()
                                                 : ScriptedAuthorizer::permit();
  };
  call.leave(call.bob);
  call.settle();
  EXPECT_EQ(call.heard_by(call.ann), "supervisor");
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::barge);
  ASSERT_EQ(call.all<UnattendedBarge>().size(), 1u);
  EXPECT_EQ(call.last<UnattendedBarge>().supervisor, id(call.sue));
  EXPECT_TRUE(call.index_of(RecordType::session_unattended_barge));
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

// ── What a session has heard ────────────────────────────────────────────────────────────────────

class Heard : public SessionLife {
 protected:
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      call.tick();
      call.poll();
    }
  }
  /// What the authorizer would be told now.
  std::chrono::seconds heard() {
    take(call.bridge->set_policy(call.authorizer));
    const auto known = call.authorizer.asked.back().environment.heard;
    call.poll();
    return known;
  }
};

TEST_F(Heard, CountsOnlyWhatItsLegPulled) {
  call.enter(call.sue, {Mode::monitor});
  EXPECT_EQ(heard(), 0s);
  run(210);
  EXPECT_EQ(heard(), 2s);

  take(call.bridge->hold(id(call.ann)));
  run(150);
  EXPECT_EQ(heard(), 2s) << "on hold";
  take(call.bridge->resume(id(call.ann)));
  CallAttributes card_data;
  card_data.card_data = true;
  take(call.bridge->set_attributes(card_data));
  run(150);
  EXPECT_EQ(heard(), 2s) << "under the shield";
  take(call.bridge->set_attributes({}));
  take(call.bridge->park());
  run(150);
  EXPECT_EQ(heard(), 2s) << "parked";
  take(call.bridge->retrieve());

  const LegId leg = call.sue.ids.leg;
  call.sue.ids.leg = LegId();  // neither pushed nor pulled
  call.sue.connected = false;
  run(150);
  EXPECT_EQ(heard(), 2s) << "not pulled";
  call.sue.ids.leg = leg;
  call.sue.connected = true;
  run(150);
  EXPECT_EQ(heard(), 3s);
}

TEST_F(Heard, BeginsAnewWithEachSession) {
  call.enter(call.sue, {Mode::monitor});
  run(500);
  call.enter(call.sue, {Mode::off});
  call.enter(call.sue, {Mode::monitor});
  run(10);
  EXPECT_EQ(heard(), 0s);
}

TEST_F(SessionLife, AThousandLeaveNothingBehind) {
  call.enter(call.sue, {Mode::monitor});
  call.enter(call.sue, {Mode::off});
  call.settle();
  const std::size_t known = call.bridge->participants().value().size();
  for (int i = 0; i < 1000; ++i) {
    Party& guest = call.supervisor("guest");
    static_cast<void>(call.ask(guest, {i % 2 == 0 ? Mode::barge : Mode::whisper}));
    call.poll();
    call.tick();
    call.poll();
    take(call.bridge->hold(id(call.ann)));
    take(call.bridge->resume(id(call.ann)));
    call.leave(guest);
    call.tick();
    call.poll();
    call.parties.pop_back();
    call.events.clear();
  }
  call.settle();
  EXPECT_EQ(call.bridge->participants().value().size(), known);
  EXPECT_FALSE(call.bridge->next_deadline());
  const LegId last = call.bridge->join({Role::supervisor, PersonGid("last")}).value().leg;
  EXPECT_LE(last.slot(), 6u) << "slots are used again";
}

}  // namespace
}  // namespace barge::test
