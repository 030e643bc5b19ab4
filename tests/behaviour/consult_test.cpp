// SPDX-License-Identifier: Apache-2.0
// Two parties who speak apart from the call.
#include <gtest/gtest.h>

#include "support/moves.hpp"

namespace barge::test {
namespace {

class Consult : public testing::Test {
 protected:
  void permit_with(ConsultEar ear) {
    call.authorizer.answer = [ear](const AccessRequest&) {
      Decision decision = ScriptedAuthorizer::permit();
      decision.terms.consult = ear;
      return decision;
    };
  }
  ConversationId consult(const Party& party, const Party& with) {
    return call.bridge->consult(party.ids.participant, with.ids.participant).value().conversation;
  }
  /// The agent consults somebody who was not on the call.
  Party& newcomer() {
    const auto consultation =
        call.bridge->consult(agent.ids.participant, person(Role::agent, "newcomer")).value();
    conversation = consultation.conversation;
    return call.add(Role::agent, "newcomer", consultation.with);
  }
  void end() { ASSERT_TRUE(call.bridge->end_consult(conversation)); }
  Errc refusal(ParticipantId party, const barge::Party& with) {
    const std::size_t before = call.bridge->participants()->size();
    const auto consultation = call.bridge->consult(party, with);
    EXPECT_FALSE(consultation);
    EXPECT_EQ(call.bridge->participants()->size(), before) << "nobody has come";
    return consultation ? Errc{} : consultation.error().code;
  }

  Call call{with_music()};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
  Party& colleague = call.agent("colleague");
  ModeRequest bound(Mode mode) const {
    ModeRequest request{mode};
    request.agent = agent.ids.participant;
    return request;
  }
  ConversationId conversation = ConversationId::main;
};

TEST_F(Consult, IsBetweenItsPartiesAlone) {
  call.settle();
  Party& expert = newcomer();
  EXPECT_TRUE(is_steady(listen(call, agent, 3), expert.voice));
  EXPECT_TRUE(is_steady(listen(call, expert, 3), agent.voice));
  EXPECT_TRUE(is_steady(listen(call, customer, 3), colleague.voice));
  EXPECT_TRUE(is_steady(listen(call, colleague, 3), customer.voice));
  EXPECT_TRUE(is_steady(listen(call, supervisor, 3), 0));
  EXPECT_EQ(info_of(call, expert).conversation, conversation);
  EXPECT_EQ(info_of(call, colleague).conversation, ConversationId::main);
  EXPECT_EQ(moves(call), std::vector<std::string>{"consult agent"});
  EXPECT_EQ(field(call.sink.records().back(), "with"), "newcomer");
}

TEST_F(Consult, OfTwoPairsIsTwoConversations) {
  Party& third = call.agent("third");
  Party& fourth = call.agent("fourth");
  const ConversationId one = consult(agent, colleague), other = consult(third, fourth);
  EXPECT_NE(one, other);
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(agent), "colleague");
  EXPECT_EQ(call.heard_by(fourth), "third");
  ASSERT_TRUE(call.bridge->end_consult(one));
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(agent), "customer colleague");
  EXPECT_EQ(call.heard_by(fourth), "third");
}

TEST_F(Consult, IsHeardByNoSupervisorByDefault) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    call.enter(supervisor, bound(mode));
    conversation = consult(agent, colleague);
    EXPECT_TRUE(is_steady(listen(call, supervisor, 4), customer.voice)) << name(mode);
    end();
    listen(call, customer, 4);
  }
}

TEST_F(Consult, IsHeardAsFarAsTheTermsSay) {
  const struct {
    ConsultEar ear;
    Mode mode;
    std::string heard;
  } cases[] = {{ConsultEar::agent, Mode::monitor, "customer agent"},
               {ConsultEar::agent, Mode::whisper, "customer agent"},
               {ConsultEar::agent, Mode::barge, "customer"},
               {ConsultEar::all, Mode::monitor, "customer agent colleague"},
               {ConsultEar::all, Mode::whisper, "customer agent colleague"},
               {ConsultEar::all, Mode::barge, "customer"}};
  for (const auto& [ear, mode, heard] : cases) {
    call.enter(supervisor, {Mode::off});
    permit_with(ear);
    call.enter(supervisor, bound(mode));
    conversation = consult(agent, colleague);
    listen(call, supervisor, 4);
    EXPECT_EQ(call.heard_by(supervisor), heard) << name(mode);
    EXPECT_EQ(call.heard_by(agent), "colleague");
    EXPECT_EQ(call.heard_by(colleague), "agent");
    end();
    listen(call, customer, 4);
  }
}

TEST_F(Consult, WithANewcomerIsHeardOnceItHasBeenJudged) {
  permit_with(ConsultEar::all);
  call.enter(supervisor, bound(Mode::monitor));
  const auto permit = std::exchange(call.authorizer.answer,
                                    [](const AccessRequest&) { return std::optional<Decision>(); });
  newcomer();
  listen(call, supervisor, 4);
  EXPECT_EQ(call.heard_by(supervisor), "customer agent colleague");
  call.authorizer.answer = permit;
  listen(call, supervisor, 4);
  EXPECT_EQ(call.heard_by(supervisor), "customer agent colleague newcomer");
}

TEST_F(Consult, SuspendsAWhisper) {
  call.enter(supervisor, bound(Mode::whisper));
  const Party& expert = newcomer();
  EXPECT_TRUE(is_steady(listen(call, agent, 10), expert.voice));
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::whisper);
  const std::size_t asked = call.authorizer.asked.size();
  end();
  call.tick();
  EXPECT_TRUE(call.hears(agent, supervisor));
  EXPECT_EQ(call.heard_by(expert), "customer agent colleague");
  call.settle();
  EXPECT_EQ(call.authorizer.asked.size(), asked) << "nobody is asked";
}

TEST_F(Consult, ExcludesABarge) {
  call.enter(supervisor, bound(Mode::barge));
  conversation = consult(agent, colleague);
  EXPECT_TRUE(is_steady(listen(call, agent, 3), colleague.voice));
  EXPECT_TRUE(is_steady(listen(call, colleague, 3), agent.voice));
  EXPECT_TRUE(is_steady(listen(call, supervisor, 3), customer.voice));
  EXPECT_TRUE(is_steady(listen(call, customer, 3), supervisor.voice)) << "not alone";
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Consult, GoesBeforeHold) {
  call.settle();
  ASSERT_TRUE(call.bridge->hold(agent.ids.participant));
  EXPECT_TRUE(is_music(listen(call, agent, 3)));
  const Party& expert = newcomer();
  EXPECT_TRUE(is_steady(listen(call, agent, 3), expert.voice)) << "and no hold source";
  EXPECT_TRUE(is_steady(listen(call, expert, 3), agent.voice));
  end();
  EXPECT_TRUE(is_music(listen(call, agent, 3)));
  EXPECT_EQ(call.heard_by(customer), "colleague newcomer");
  EXPECT_EQ(call.heard_by(expert), "customer colleague");
}

TEST_F(Consult, EndedBringsBackWhatWasBefore) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    call.enter(supervisor, bound(mode));
    const std::string before = rows(call);
    const std::size_t asked = call.authorizer.asked.size();
    conversation = consult(agent, colleague);
    listen(call, customer, 4);
    EXPECT_NE(rows(call), before);
    end();
    call.tick();
    EXPECT_EQ(rows(call), before) << name(mode) << ", on the next tick";
    listen(call, customer, 4);
    EXPECT_EQ(rows(call), before) << name(mode);
    EXPECT_EQ(call.authorizer.asked.size(), asked) << name(mode);
  }
}

TEST_F(Consult, WithANewcomerOpensABargeToItOnlyOnceItHasBeenJudged) {
  call.enter(supervisor, bound(Mode::barge));
  const auto permit = std::exchange(call.authorizer.answer,
                                    [](const AccessRequest&) { return std::optional<Decision>(); });
  const Party& expert = newcomer();
  listen(call, customer, 4);
  end();
  listen(call, customer, 4);
  EXPECT_EQ(call.heard_by(expert), "customer agent colleague");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent colleague");
  call.authorizer.answer = permit;
  listen(call, customer, 4);
  EXPECT_EQ(call.heard_by(expert), "customer agent supervisor colleague");
  EXPECT_EQ(call.heard_by(supervisor), "customer agent colleague newcomer");
}

TEST_F(Consult, OfTheOnlyAgentWithACustomerWhoIsNotHeldIsReported) {
  call.leave(colleague);
  call.settle();
  const SteadyTime now = call.clock.steady();
  newcomer();
  EXPECT_EQ(is_music(listen(call, customer, 30)), true);
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.last<CustomerUnattended>().customer, customer.ids.participant);
  EXPECT_EQ(call.last<CustomerUnattended>().deadline, now + 30s);
  EXPECT_TRUE(call.index_of(RecordType::call_unattended));
  end();
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(customer), "agent newcomer");
  EXPECT_LT(customer.out.back(), 64) << "no hold source any more";
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

TEST_F(Consult, OfTheOnlyAgentWithACustomerOnHoldIsNoStranding) {
  call.leave(colleague);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  newcomer();
  EXPECT_TRUE(is_music(listen(call, customer, 30)));
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Consult, EndedLeavesACustomerUnattendedToWhomNobodyIsLeft) {
  static_cast<void>(consult(agent, colleague));
  conversation = consult(customer, supervisor);
  call.settle();
  call.events.clear();
  end();
  EXPECT_TRUE(is_music(listen(call, customer, 5)));
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

TEST_F(Consult, OfTheSupervisorWhoTookOverLeavesTheCustomerUnattended) {
  call.leave(colleague);
  Party& chief = call.supervisor("chief");
  call.enter(supervisor, bound(Mode::takeover));
  conversation = consult(supervisor, chief);
  EXPECT_TRUE(is_music(listen(call, customer, 5)));
  EXPECT_EQ(call.heard_by(chief), "supervisor");
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
  end();
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_LT(customer.out.back(), 64);
}

TEST_F(Consult, BeginsAndEndsOnOneTickForEverybody) {
  call.enter(supervisor, bound(Mode::barge));
  EXPECT_EQ(steps_of(call, [&] { conversation = consult(agent, colleague); }).size(), 2u);
  EXPECT_EQ(steps_of(call, [&] { end(); }).size(), 2u);
}

TEST_F(Consult, IsOverWhenEitherLeaves) {
  conversation = consult(agent, colleague);
  listen(call, customer, 3);
  call.leave(colleague);
  call.tick();
  EXPECT_EQ(call.heard_by(agent), "customer");
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.bridge->end_consult(conversation).error().code, Errc::unknown_id);
}

TEST_F(Consult, WhoeverIsLeftOfOneJoinsTheCall) {
  call.enter(supervisor, bound(Mode::barge));
  const Party& expert = newcomer();
  listen(call, customer, 3);
  call.leave(agent);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor colleague newcomer");
  EXPECT_EQ(call.heard_by(supervisor), "customer colleague newcomer");
  EXPECT_EQ(call.heard_by(expert), "customer supervisor colleague");
}

TEST_F(Consult, NeedsTwoWhoConsultWithNobodyElse) {
  const ParticipantId gone = call.agent("gone").ids.participant;
  call.leave(*call.parties.back());
  const ParticipantId unknown(9, 1), one = agent.ids.participant;
  EXPECT_EQ(refusal(one, one), Errc::invalid_argument);
  EXPECT_EQ(refusal(unknown, one), Errc::unknown_id);
  EXPECT_EQ(refusal(one, unknown), Errc::unknown_id);
  EXPECT_EQ(refusal(gone, one), Errc::stale_id);
  EXPECT_EQ(refusal(one, gone), Errc::stale_id);
  EXPECT_EQ(refusal(one, person(Role::agent, "colleague")), Errc::already_joined);
  EXPECT_EQ(refusal(one, person(Role::agent, "")), Errc::invalid_argument);
  conversation = consult(agent, colleague);
  EXPECT_EQ(refusal(one, customer.ids.participant), Errc::invalid_argument);
  EXPECT_EQ(refusal(customer.ids.participant, one), Errc::invalid_argument);
  EXPECT_EQ(refusal(one, person(Role::agent, "somebody")), Errc::invalid_argument);
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(agent), "colleague") << "it goes on";

  EXPECT_EQ(call.bridge->end_consult(ConversationId::main).error().code, Errc::unknown_id);
  EXPECT_EQ(call.bridge->end_consult(ConversationId{99}).error().code, Errc::unknown_id);
  end();
  EXPECT_EQ(call.bridge->end_consult(conversation).error().code, Errc::unknown_id);
  ASSERT_TRUE(call.bridge->close());
  EXPECT_EQ(call.bridge->consult(one, customer.ids.participant).error().code, Errc::closed);
}

TEST_F(Consult, NeedsRoomForANewcomer) {
  BridgeConfig config = Call::config();
  config.max_legs = 2;
  Call full(config);
  full.customer();
  const ParticipantId one = full.agent().ids.participant;
  const auto consultation = full.bridge->consult(one, person(Role::agent, "newcomer"));
  ASSERT_FALSE(consultation);
  EXPECT_EQ(consultation.error().code, Errc::too_many_legs);
  full.settle();
  EXPECT_EQ(full.heard_by(*full.parties[1]), "customer") << "it is still in the call";
}

}  // namespace
}  // namespace barge::test
