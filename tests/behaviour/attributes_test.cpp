// SPDX-License-Identifier: Apache-2.0
// What becomes known of a call while it is supervised: consent, card data, that it is internal.
#include <gtest/gtest.h>

#include "support/moves.hpp"

namespace barge::test {
namespace {

class Attributes : public testing::Test {
 protected:
  void permit_with(const Terms& terms) {
    call.authorizer.answer = [terms](const AccessRequest&) {
      Decision decision = ScriptedAuthorizer::permit();
      decision.terms = terms;
      return decision;
    };
  }
  void answer_nothing() {
    call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  }
  void set(const CallAttributes& attributes) {
    ASSERT_TRUE(call.bridge->set_attributes(attributes));
  }
  void set_consent(Consent consent) {
    CallAttributes attributes;
    attributes.consent = consent;
    set(attributes);
  }
  void set_card_data(bool spoken) {
    CallAttributes attributes;
    attributes.card_data = spoken;
    set(attributes);
  }
  void set_internal() {
    CallAttributes attributes;
    attributes.internal = true;
    set(attributes);
  }
  /// Something to pull in every tick.
  Party& tape(const Party& of, Track track) {
    const LegId tap = call.bridge->tap(of.ids.participant, track).value();
    Party& tape = call.add(Role::customer, "tape", {{}, tap, {}});
    tape.connected = false;
    return tape;
  }
  void expect_refusal(Mode mode, const std::string& rule_code) {
    const Requested answer = call.ask(supervisor, {mode});
    ASSERT_EQ(answer.state, RaiseState::denied);
    EXPECT_EQ(answer.decision->code, DecisionCode::forbidden);
    EXPECT_EQ(answer.decision->rule_code, rule_code);
  }

  Call call{with_music()};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Attributes, ReachTheAuthorizer) {
  CallAttributes attributes{Consent::given, false, true, false, false};
  set(attributes);
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  EXPECT_TRUE(call.authorizer.asked.back().call.attributes == attributes);
  call.settle();
  const std::size_t records = call.sink.records().size();
  attributes = {Consent::notice, true, false, true, false};
  set(attributes);
  EXPECT_TRUE(call.authorizer.asked.back().call.attributes == attributes) << "judged again";
  EXPECT_EQ(call.authorizer.asked.back().action.mode, Mode::monitor);

  const auto& written = call.sink.records();
  ASSERT_EQ(written.size(), records + 4);
  EXPECT_EQ(written[records].type, RecordType::consent_changed);
  EXPECT_EQ(field(written[records], "from"), "given");
  EXPECT_EQ(field(written[records], "to"), "notice");
  const char* const names[] = {"card_data", "health_data", "personal"};
  const bool values[] = {true, false, true};
  for (std::size_t i = 0; i < 3; ++i) {
    const AuditRecord& record = written[records + 1 + i];
    EXPECT_EQ(record.type, RecordType::call_attribute_changed);
    EXPECT_EQ(field(record, "attribute"), names[i]);
    EXPECT_EQ(std::get<bool>(record.data[1].value), values[i]);
  }
  const std::size_t asked = call.authorizer.asked.size();
  set(attributes);
  EXPECT_EQ(written.size(), records + 4) << "nothing has changed";
  EXPECT_EQ(call.authorizer.asked.size(), asked);
}

TEST_F(Attributes, ThatAreKnownFromTheBeginningHold) {
  BridgeConfig config = Call::config();
  config.attributes.consent = Consent::refused;
  Call refused(config);
  refused.customer();
  refused.agent();
  const Requested answer = refused.ask(refused.supervisor(), {Mode::monitor});
  EXPECT_EQ(answer.state, RaiseState::denied);
  EXPECT_EQ(answer.decision->rule_code, "no_consent");
}

TEST_F(Attributes, WithdrawnConsentEndsSessions) {
  for (const Consent consent : {Consent::refused, Consent::withdrawn}) {
    for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
      SCOPED_TRACE(name(mode));
      call.enter(supervisor, {mode});
      call.events.clear();
      set_consent(consent);
      call.tick();
      EXPECT_EQ(rows(call), "customer<[agent] agent<[customer] supervisor<[] ") << "at once";
      call.settle();
      ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
      EXPECT_EQ(call.last<SessionEnded>().cause, Cause::consent);
      expect_refusal(Mode::monitor, "no_consent");
      set_consent(Consent::given);
    }
  }
}

TEST_F(Attributes, WithdrawnConsentDeniesWhatIsPending) {
  const auto permit = call.authorizer.answer;
  answer_nothing();
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  set_consent(Consent::withdrawn);
  call.authorizer.answer = permit;
  call.settle();
  ASSERT_EQ(call.all<RequestDenied>().size(), 1u);
  EXPECT_EQ(call.last<RequestDenied>().decision.rule_code, "no_consent");
}

TEST_F(Attributes, WithdrawnConsentLeavesAsMuchAsTheTermsSay) {
  Terms terms;
  terms.without_consent = Mode::monitor;
  permit_with(terms);
  call.enter(supervisor, {Mode::barge});
  call.events.clear();
  set_consent(Consent::withdrawn);
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::consent);
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
  EXPECT_EQ(call.heard_by(customer), "agent");
  expect_refusal(Mode::whisper, "no_consent");
  call.settle();
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::monitor) << "and no less";
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

TEST_F(Attributes, WithdrawnConsentMayLeaveAWhisperToTheAgent) {
  Terms terms;
  terms.without_consent = Mode::whisper;
  permit_with(terms);
  call.enter(supervisor, {Mode::barge});
  set_consent(Consent::withdrawn);
  call.settle();
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::whisper);
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Attributes, WithdrawnConsentLeavesTheSoleAttendant) {
  Party& barging = call.supervisor("barging");
  Party& monitor = call.supervisor("monitor");
  call.enter(barging, {Mode::barge});
  call.enter(monitor, {Mode::monitor});
  call.enter(supervisor, {Mode::takeover});
  call.events.clear();
  set_consent(Consent::withdrawn);
  EXPECT_TRUE(has_throughout(listen(call, customer, 10), supervisor));
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(barging), "");
  EXPECT_EQ(call.heard_by(monitor), "");
  EXPECT_EQ(call.all<SessionEnded>().size(), 2u);
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::takeover);
}

TEST_F(Attributes, WithdrawnConsentPutsAListeningAgentOnHold) {
  call.enter(supervisor, {Mode::takeover});
  ASSERT_EQ(call.heard_by(agent), "customer supervisor");
  set_consent(Consent::withdrawn);
  EXPECT_TRUE(is_steady(listen(call, agent, 5), 0));
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(Attributes, TheSoleAttendantWhoHandsBackIsNotAloneAnyMore) {
  call.enter(supervisor, {Mode::takeover});
  set_consent(Consent::withdrawn);
  call.settle();
  ASSERT_TRUE(call.bridge->hand_back(supervisor.ids.participant));
  call.settle();
  EXPECT_EQ(rows(call), "customer<[agent] agent<[customer] supervisor<[] ");
  EXPECT_EQ(call.all<SessionEnded>().size(), 1u);
}

TEST_F(Attributes, TheSoleAttendantIsNotAloneAnyMoreWhenAnAgentComes) {
  call.enter(supervisor, {Mode::barge});
  call.leave(agent);
  call.settle();
  set_consent(Consent::withdrawn);
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "supervisor");
  call.agent("next");
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "next");
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(Attributes, TheSoleAttendantIsNotAloneAnyMoreWhenTheAgentIsBack) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->hold(agent.ids.participant));
  set_consent(Consent::withdrawn);
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "supervisor");
  ASSERT_TRUE(call.bridge->resume(agent.ids.participant));
  call.settle();
  EXPECT_EQ(rows(call), "customer<[agent] agent<[customer] supervisor<[] ");
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::consent);
}

TEST_F(Attributes, TheSoleAttendantIsNotAloneAnyMoreWhenTheAgentHasConsulted) {
  Terms terms;
  terms.card_data = CardData::end;
  permit_with(terms);
  Party& expert = call.agent("expert");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  const auto consultation =
      call.bridge->consult(agent.ids.participant, expert.ids.participant).value();
  set_card_data(true);
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "supervisor");
  ASSERT_TRUE(call.bridge->end_consult(consultation.conversation));
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent expert");
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::card_data);
}

TEST_F(Attributes, WithdrawnConsentSilencesTaps) {
  call.settle();
  Party& voice = tape(customer, Track::voice);
  Party& heard = tape(customer, Track::as_heard);
  EXPECT_TRUE(is_steady(listen(call, voice, 3), customer.voice));
  EXPECT_TRUE(is_steady(listen(call, heard, 3), agent.voice));
  set_consent(Consent::withdrawn);
  EXPECT_TRUE(is_steady(listen(call, voice, 1), 0)) << "from the tick on";
  EXPECT_TRUE(is_steady(listen(call, heard, 3), 0));
  EXPECT_EQ(call.heard_by(customer), "agent");
  set_consent(Consent::given);
  EXPECT_TRUE(is_steady(listen(call, voice, 3), customer.voice));
}

TEST_F(Attributes, CardDataSilencesSupervisorsBothWays) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
    SCOPED_TRACE(name(mode));
    call.enter(supervisor, {mode});
    call.tick();
    const std::string before = rows(call);
    const auto permit = call.authorizer.answer;
    call.events.clear();
    SampleIndex at = call.position;
    set_card_data(true);
    const std::vector<Sample> row = listen(call, agent, 1);
    EXPECT_TRUE(has_throughout(row, customer)) << "unbroken";
    EXPECT_TRUE(is_steady(row, customer.voice));
    EXPECT_TRUE(is_steady(listen(call, supervisor, 5), 0));
    EXPECT_TRUE(is_steady(listen(call, customer, 5), agent.voice));
    ASSERT_EQ(call.all<Marker>().size(), 1u);
    EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::shielded);
    EXPECT_EQ(call.last<Marker>().at, at);
    EXPECT_EQ(info_of(call, supervisor).mode, mode);

    answer_nothing();
    at = call.position;
    set_card_data(false);
    call.tick();
    EXPECT_EQ(rows(call), before) << "it waits for no decision";
    call.poll();
    EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::unshielded);
    EXPECT_EQ(call.last<Marker>().at, at);
    call.authorizer.answer = permit;
    call.settle();
    EXPECT_EQ(rows(call), before);
  }
}

TEST_F(Attributes, CardDataOpensNothingOfARaiseMeanwhile) {
  set_card_data(true);
  call.enter(supervisor, {Mode::barge});
  EXPECT_TRUE(is_steady(listen(call, customer, 5), agent.voice));
  EXPECT_TRUE(is_steady(listen(call, supervisor, 5), 0));
}

TEST_F(Attributes, CardDataEndsSessionsWhereTheTermsSaySo) {
  Terms terms;
  terms.card_data = CardData::end;
  permit_with(terms);
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
    SCOPED_TRACE(name(mode));
    call.enter(supervisor, {mode});
    call.events.clear();
    set_card_data(true);
    call.settle();
    ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
    EXPECT_EQ(call.last<SessionEnded>().cause, Cause::card_data);
    expect_refusal(mode, "card_data");
    set_card_data(false);
    call.settle();
    EXPECT_EQ(call.heard_by(supervisor), "") << "it is over";
  }
}

TEST_F(Attributes, CardDataSparesTheSoleAttendant) {
  Party& monitor = call.supervisor("monitor");
  Terms terms;
  terms.card_data = CardData::end;
  permit_with(terms);
  call.enter(monitor, {Mode::monitor});
  call.enter(supervisor, {Mode::takeover});
  set_card_data(true);
  EXPECT_TRUE(has_throughout(listen(call, customer, 10), supervisor));
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(monitor), "");
  EXPECT_EQ(call.last<SessionEnded>().supervisor, monitor.ids.participant);
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::takeover);
}

TEST_F(Attributes, CardDataSparesABargeWhoseAgentIsGone) {
  Party& monitor = call.supervisor("monitor");
  call.enter(monitor, {Mode::monitor});
  call.enter(supervisor, {Mode::barge});
  call.leave(agent);
  call.tick();
  set_card_data(true);
  EXPECT_TRUE(has_throughout(listen(call, customer, 10), supervisor));
  EXPECT_EQ(call.heard_by(supervisor), "customer");
  EXPECT_EQ(call.heard_by(monitor), "");
  Party& next = call.agent("next");
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "next") << "there is somebody else now";
  EXPECT_EQ(call.heard_by(next), "customer");
}

TEST_F(Attributes, CardDataSparesABargeWhoseAgentsLegIsLost) {
  call.enter(supervisor, {Mode::barge});
  set_card_data(true);
  call.settle();
  ASSERT_EQ(call.heard_by(customer), "agent");
  call.port->leg_lost(agent.ids.leg);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "supervisor");
}

TEST_F(Attributes, InternalCallsAreExcludedUnlessTheTermsIncludeThem) {
  call.enter(supervisor, {Mode::barge});
  call.events.clear();
  set_internal();
  call.tick();
  EXPECT_EQ(rows(call), "customer<[agent] agent<[customer] supervisor<[] ");
  call.settle();
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::revoked);
  expect_refusal(Mode::monitor, "internal_call");

  Terms terms;
  terms.internal_calls = true;
  permit_with(terms);
  call.enter(supervisor, {Mode::barge});
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
  set({});
  call.settle();
  call.events.clear();
  set_internal();
  EXPECT_TRUE(has_throughout(listen(call, customer, 5), supervisor)) << "it is covered";
  EXPECT_TRUE(call.all<ModeApplied>().empty());
}

TEST_F(Attributes, OfAClosedBridgeCannotChange) {
  ASSERT_TRUE(call.bridge->close());
  EXPECT_EQ(call.bridge->set_attributes({}).error().code, Errc::closed);
}

}  // namespace
}  // namespace barge::test
