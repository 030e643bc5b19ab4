// SPDX-License-Identifier: Apache-2.0
// Who is on the call, as the asker may see it.
#include <gtest/gtest.h>

#include "support/moves.hpp"

namespace barge::test {
namespace {

class Roster : public testing::Test {
 protected:
  /// Who is on the call for the asker, by name; whoever has none is its role.
  std::string seen_by(const Party& asker) const {
    std::string text;
    for (const ParticipantInfo& info : call.bridge->roster(asker.ids.participant).value()) {
      if (!text.empty()) text += ' ';
      text += info.person.id.empty() ? "(" + std::string(name(info.person.role)) + ")"
                                     : info.person.id.text();
    }
    return text;
  }
  ParticipantInfo line(const Party& asker, const Party& of) const {
    for (const ParticipantInfo& info : call.bridge->roster(asker.ids.participant).value()) {
      if (info.id == of.ids.participant) return info;
    }
    ADD_FAILURE() << asker.name << " does not see " << of.name;
    return {};
  }
  void permit_with_indicator(bool names) {
    call.authorizer.answer = [names](const AccessRequest&) {
      Obligations obligations;
      obligations.visual = Obliged<VisualObligation>{{names, false}, "rule"};
      return ScriptedAuthorizer::permit(obligations);
    };
  }
  void enter_with_indicator(Mode mode) {
    static_cast<void>(call.ask(supervisor, {mode}));
    call.poll();
    EXPECT_EQ(seen_by(agent), "customer agent") << "nothing is in force";
    ASSERT_TRUE(
        call.bridge->complete(call.last<ObligationDue>().obligation, Fulfilment::fulfilled));
    call.settle();
  }

  Call call{Call::config(ObligationKind::visual)};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Roster, ShowsASupervisorEverybody) {
  Party& second = call.supervisor("second");
  Party& third = call.supervisor("third");
  call.enter(supervisor, {Mode::whisper});
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(second, {Mode::barge}));
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant, Hold::far_end));
  ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, true));
  for (const Party* asker : {&supervisor, &second, &third}) {
    EXPECT_EQ(seen_by(*asker), "customer agent supervisor second third");
    EXPECT_EQ(line(*asker, customer).hold, Hold::far_end);
    EXPECT_EQ(line(*asker, customer).person.role, Role::customer);
    EXPECT_TRUE(line(*asker, agent).muted);
    EXPECT_EQ(line(*asker, agent).leg, agent.ids.leg);
    EXPECT_EQ(line(*asker, supervisor).mode, Mode::whisper);
    EXPECT_EQ(line(*asker, supervisor).session, call.last<ModeApplied>().session);
    EXPECT_FALSE(line(*asker, supervisor).pending);
    EXPECT_EQ(line(*asker, second).mode, Mode::off);
    EXPECT_EQ(line(*asker, second).pending, RaiseState::requested);
    EXPECT_FALSE(line(*asker, third).session);
    EXPECT_FALSE(line(*asker, supervisor).paused);
  }
  ASSERT_TRUE(call.bridge->park());
  EXPECT_TRUE(line(third, supervisor).paused);
  const auto consultation =
      call.bridge->consult(agent.ids.participant, third.ids.participant).value();
  EXPECT_EQ(line(second, agent).conversation, consultation.conversation);
  EXPECT_EQ(line(second, third).conversation, consultation.conversation);
}

TEST_F(Roster, ShowsAPartyOnlyTheSupervisorsWhomItHears) {
  Party& colleague = call.agent("colleague");
  const std::string plain = "customer agent colleague",
                    one = "customer agent (supervisor) colleague";
  const struct {
    Mode mode;
    std::string agent, customer, colleague;
  } cases[] = {{Mode::monitor, plain, plain, plain},
               {Mode::whisper, one, plain, plain},
               {Mode::barge, one, one, one},
               {Mode::takeover, one, one, one},
               {Mode::off, plain, plain, plain}};
  for (const auto& expected : cases) {
    SCOPED_TRACE(name(expected.mode));
    ModeRequest request{expected.mode};
    request.agent = agent.ids.participant;
    call.enter(supervisor, request);
    EXPECT_EQ(seen_by(agent), expected.agent);
    EXPECT_EQ(seen_by(customer), expected.customer);
    EXPECT_EQ(seen_by(colleague), expected.colleague);
  }
}

TEST_F(Roster, ShowsAPartyNothingOfWhatIsPendingOrUnderTheShield) {
  call.enter(supervisor, {Mode::monitor});
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  EXPECT_EQ(seen_by(agent), "customer agent");
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::permit(); };
  call.settle();
  ASSERT_EQ(seen_by(agent), "customer agent (supervisor)");
  EXPECT_TRUE(line(agent, supervisor).person.roles.empty());
  CallAttributes attributes;
  attributes.card_data = true;
  ASSERT_TRUE(call.bridge->set_attributes(attributes));
  EXPECT_EQ(seen_by(agent), "customer agent") << "it hears no supervisor now";
}

TEST_F(Roster, ShowsWhoeverConsultsTogether) {
  ASSERT_TRUE(call.bridge->consult(agent.ids.participant, supervisor.ids.participant));
  EXPECT_EQ(seen_by(agent), "customer agent (supervisor)");
  EXPECT_EQ(seen_by(customer), "customer agent");
}

TEST_F(Roster, NamesASupervisorOnlyWhereItsIndicatorDoes) {
  permit_with_indicator(true);
  enter_with_indicator(Mode::monitor);
  EXPECT_EQ(seen_by(agent), "customer agent supervisor");
  EXPECT_EQ(line(agent, supervisor).mode, Mode::monitor);
  EXPECT_EQ(seen_by(customer), "customer agent") << "the indicator is the agent's";
  call.enter(supervisor, {Mode::off});
  EXPECT_EQ(seen_by(agent), "customer agent");

  permit_with_indicator(false);
  enter_with_indicator(Mode::monitor);
  EXPECT_EQ(seen_by(agent), "customer agent (supervisor)");
  EXPECT_EQ(seen_by(customer), "customer agent");
}

TEST_F(Roster, NamesNobodyToACustomer) {
  permit_with_indicator(true);
  enter_with_indicator(Mode::barge);
  EXPECT_EQ(seen_by(agent), "customer agent supervisor");
  EXPECT_EQ(seen_by(customer), "customer agent (supervisor)");
}

TEST_F(Roster, ShowsAnIndicatorOnlyForTheModeThatItIsFor) {
  call.enter(supervisor, {Mode::monitor});
  permit_with_indicator(true);
  enter_with_indicator(Mode::barge);
  EXPECT_EQ(seen_by(agent), "customer agent supervisor");
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(seen_by(agent), "customer agent");
}

TEST_F(Roster, IsForThoseOnTheCall) {
  EXPECT_EQ(call.bridge->roster(ParticipantId(9, 1)).error().code, Errc::unknown_id);
  const ParticipantId gone = supervisor.ids.participant;
  call.leave(supervisor);
  EXPECT_EQ(call.bridge->roster(gone).error().code, Errc::stale_id);
  call.customer("next");  // in the same slot
  EXPECT_EQ(call.bridge->roster(gone).error().code, Errc::stale_id);
}

}  // namespace
}  // namespace barge::test
