// SPDX-License-Identifier: Apache-2.0
// An agent's place goes to another one while the call is supervised.
#include "support/transfer.hpp"

#include <gtest/gtest.h>

namespace barge::test {
namespace {

TEST_F(Transfer, IsOneTickForEverybody) {
  Party& colleague = call.agent("colleague");
  ModeRequest request{Mode::barge};
  request.agent = colleague.ids.participant;
  call.enter(supervisor, request);
  answer_nothing();
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent supervisor colleague");
  const Party& next = transfer();
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "supervisor colleague next");
  EXPECT_EQ(call.heard_by(next), "customer colleague") << "and of supervisors once they are judged";
  EXPECT_EQ(call.heard_by(colleague), "customer supervisor next");
  EXPECT_EQ(agent.pulled, PullStatus::unknown_leg);
  EXPECT_EQ(moves(call), std::vector<std::string>{"transfer agent"});
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Transfer, IsOneTickWhateverMediaDoesMeanwhile) {
  Party& whispering = call.supervisor("whispering");
  call.enter(supervisor, {Mode::barge});
  call.enter(whispering, {Mode::whisper});
  answer_nothing();
  EXPECT_EQ(steps_of(call, [&] { transfer(); }).size(), 2u);
}

TEST_F(Transfer, LeavesNoCustomerAloneForASample) {
  call.settle();
  call.tick();
  transfer();
  call.tick();
  const auto is_silent = [](Sample sample) { return sample == 0; };
  EXPECT_TRUE(std::none_of(customer.out.begin() + 20, customer.out.end(), is_silent));
  call.poll();
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Transfer, KeepsAMonitorJudgedForTheNewAgentAndQueue) {
  call.enter(supervisor, {Mode::monitor});
  call.authorizer.asked.clear();
  const auto permitting = call.authorizer.answer;
  answer_nothing();
  const Party& next = transfer("vip");
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer") << "the new agent only once it is judged";
  ASSERT_FALSE(call.authorizer.asked.empty());
  for (const AccessRequest& request : call.authorizer.asked) {
    EXPECT_EQ(request.call.agent.text(), "next");
    EXPECT_EQ(request.call.queue, "vip");
    EXPECT_EQ(request.action.mode, Mode::monitor);
  }
  call.authorizer.answer = permitting;
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer next");
  EXPECT_EQ(call.heard_by(next), "customer");
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::monitor);
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

TEST_F(Transfer, WithoutAQueueLeavesItAsItIs) {
  call.enter(supervisor, {Mode::monitor});
  transfer();
  call.settle();
  EXPECT_EQ(call.authorizer.asked.back().call.queue, "sales");
}

TEST_F(Transfer, EndsASessionThatIsDeniedForTheNewAgent) {
  deny_for_the_next_one();
  call.enter(supervisor, {Mode::monitor});
  const Party& next = transfer();
  for (const Sample sample : listen(call, supervisor, 5))
    ASSERT_EQ(sample & next.voice, 0) << "not one sample of it";
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u);
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::revoked);
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(Transfer, EndsASessionThatIsDeniedOnlyAfterItsGrace) {
  deny_for_the_next_one({Mode::off, 500ms});
  call.enter(supervisor, {Mode::monitor});
  transfer();
  EXPECT_TRUE(is_steady(listen(call, supervisor, 45), customer.voice));
  listen(call, supervisor, 20);
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(Transfer, LowersAWhisperToMonitor) {
  call.enter(supervisor, {Mode::whisper});
  Party& next = transfer();
  EXPECT_TRUE(is_steady(listen(call, next, 20), customer.voice));
  EXPECT_EQ(call.heard_by(supervisor), "customer next");
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  const auto applied = call.all<ModeApplied>();
  EXPECT_TRUE(std::any_of(applied.begin(), applied.end(), [](const ModeApplied& mode) {
    return mode.from == Mode::whisper && mode.to == Mode::monitor &&
           mode.cause == Cause::transferred;
  }));
}

TEST_F(Transfer, CancelsAPendingRaise) {
  for (const bool in_force : {false, true}) {
    SCOPED_TRACE(in_force);
    Call other;
    Party& from = other.agent();
    Party& asker = other.supervisor();
    other.customer();
    if (in_force) other.enter(asker, {Mode::monitor});
    const auto permitting = std::exchange(
        other.authorizer.answer, [](const AccessRequest&) { return std::optional<Decision>(); });
    static_cast<void>(other.ask(asker, {Mode::barge}));
    ASSERT_TRUE(other.bridge->transfer({from.ids.participant, person(Role::agent, "next"), {}}));
    other.authorizer.answer = permitting;
    other.settle();
    ASSERT_EQ(other.all<RequestCancelled>().size(), 1u);
    EXPECT_EQ(other.last<RequestCancelled>().why, "target_changed");
    EXPECT_EQ(other.last<RequestCancelled>().mode, Mode::barge);
    EXPECT_EQ(info_of(other, asker).mode, in_force ? Mode::monitor : Mode::off);
  }
}

TEST_F(Transfer, LowersABargeToMonitorUntilItIsJudgedAndNoticed) {
  permit(with_notice());
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  listen(call, customer, 200);
  ASSERT_TRUE(call.hears(customer, supervisor));
  call.events.clear();
  Party& next = transfer();
  const SampleIndex moved = call.position;
  bool speaks = false;
  for (int tick = 0; tick < 200; ++tick) {
    listen(call, customer, 1);
    const bool before = speaks;
    speaks = call.hears(customer, supervisor) || call.hears(next, supervisor);
    if (!speaks || before) continue;
    call.poll();
    ASSERT_FALSE(call.all<NoticePlayed>().empty()) << "it was heard before its notice";
    EXPECT_FALSE(call.position < call.last<NoticePlayed>().to);
  }
  EXPECT_EQ(call.all<ModeApplied>().front().to, Mode::monitor);
  EXPECT_EQ(call.all<ModeApplied>().front().cause, Cause::transferred);
  EXPECT_LT(moved, call.last<NoticePlayed>().to);
  EXPECT_EQ(call.heard_by(next), "customer supervisor") << "in the end";
  EXPECT_EQ(call.heard_by(customer), "supervisor next");
}

TEST_F(Transfer, LeavesABargeInMonitorWhereItIsDeniedForTheNewAgent) {
  call.enter(supervisor, {Mode::barge});
  call.authorizer.answer = [](const AccessRequest& request) {
    const bool listens = request.action.mode == Mode::monitor;
    return listens ? ScriptedAuthorizer::permit() : ScriptedAuthorizer::deny();
  };
  transfer();
  listen(call, customer, 10);
  EXPECT_EQ(rows(call), "customer<[next] supervisor<[customer next] next<[customer] ");
  EXPECT_EQ(call.last<RequestDenied>().mode, Mode::barge);
  EXPECT_TRUE(call.all<SessionEnded>().empty());
}

TEST_F(Transfer, LeavesATakeoverWithTheCustomer) {
  call.enter(supervisor, {Mode::takeover});
  call.tick();
  Party& next = transfer();
  EXPECT_TRUE(has_throughout(listen(call, customer, 20), supervisor)) << "without a gap";
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::takeover);
  EXPECT_EQ(call.heard_by(customer), "supervisor next");
  EXPECT_EQ(call.heard_by(next), "customer supervisor");
  EXPECT_EQ(call.bridge->hand_back(supervisor.ids.participant).error().code, Errc::agent_gone);
}

TEST_F(Transfer, EndsWhatFollowsTheAgent) {
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge}) {
    SCOPED_TRACE(name(mode));
    Call other;
    Party& called = other.customer();
    Party& from = other.agent();
    Party& follower = other.supervisor();
    other.enter(follower, following_the_agent(mode));
    ASSERT_TRUE(other.bridge->transfer({from.ids.participant, person(Role::agent, "next"), {}}));
    from.connected = false;
    other.settle();
    ASSERT_EQ(other.all<SessionEnded>().size(), 1u);
    EXPECT_EQ(other.last<SessionEnded>().cause, Cause::transferred);
    EXPECT_EQ(other.last<SessionEnded>().follows.text(), "agent");
    EXPECT_EQ(other.heard_by(follower), "");
    EXPECT_FALSE(other.hears(called, follower));
  }
}

TEST_F(Transfer, LeavesASessionOfAnotherAgentAlone) {
  Party& colleague = call.agent("colleague");
  ModeRequest request = following_the_agent(Mode::whisper);
  request.agent = colleague.ids.participant;
  call.enter(supervisor, request);
  transfer();
  EXPECT_TRUE(has_throughout(listen(call, colleague, 5), supervisor));
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::whisper);
  EXPECT_EQ(call.heard_by(supervisor), "customer colleague next");
}

TEST_F(Transfer, IsRefusedWhileATakeoverFollowsTheAgent) {
  call.enter(supervisor, following_the_agent(Mode::takeover));
  EXPECT_EQ(refusal(agent.ids.participant, person(Role::agent, "next")), Errc::takeover_in_force);
  ASSERT_TRUE(call.bridge->hand_back(supervisor.ids.participant));
  call.settle();
  transfer();
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "next");
  EXPECT_EQ(call.last<SessionEnded>().follows.text(), "agent");
}

TEST_F(Transfer, CompletesAConsultation) {
  call.enter(supervisor, {Mode::monitor});
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  const auto consultation =
      call.bridge->consult(agent.ids.participant, person(Role::agent, "next")).value();
  Party& next = call.add(Role::agent, "next", consultation.with);
  listen(call, customer, 3);
  transfer_to(next);
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "next") << "whom the former agent held";
  EXPECT_LT(customer.out.back(), 64);
  EXPECT_EQ(call.heard_by(next), "customer");
  EXPECT_EQ(info_of(call, next).conversation, ConversationId::main);
  EXPECT_EQ(call.bridge->end_consult(consultation.conversation).error().code, Errc::unknown_id);
  call.settle();
  EXPECT_EQ(call.heard_by(supervisor), "customer next");
  EXPECT_EQ(call.authorizer.asked.back().call.agent.text(), "next");
}

TEST_F(Transfer, ToOneWhoConsultsWithSomebodyElseEndsThatConsultation) {
  Party& next = call.agent("next");
  Party& third = call.agent("third");
  ASSERT_TRUE(call.bridge->consult(next.ids.participant, third.ids.participant));
  listen(call, customer, 3);
  transfer_to(next);
  call.tick();
  EXPECT_EQ(call.heard_by(third), "customer next");
  EXPECT_EQ(call.heard_by(customer), "next third");
}

TEST_F(Transfer, LeavesACustomerWhomTheFarEndHoldsAsItIs) {
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant, barge::Hold::far_end));
  transfer();
  EXPECT_TRUE(is_steady(listen(call, customer, 3), 0));
  EXPECT_EQ(info_of(call, customer).hold, barge::Hold::far_end);
}

TEST_F(Transfer, NeverGivesAnAgentWhoWasReplacedItsVoiceForAMoment) {
  call.enter(supervisor, {Mode::takeover});
  Party& monitor = call.supervisor("monitor");
  ModeRequest request{Mode::whisper};
  request.agent = agent.ids.participant;
  call.enter(monitor, request);
  call.tick();
  std::vector<std::string> heard;
  call.clock.on_steady = [&] {  // media goes on while control works
    call.tick();
    heard.push_back(call.heard_by(customer));
  };
  transfer_to(supervisor);
  call.clock.on_steady = nullptr;
  call.tick();
  heard.push_back(call.heard_by(customer));
  EXPECT_EQ(heard, std::vector<std::string>(heard.size(), "supervisor"));
}

TEST_F(Transfer, IsFromAnAgentToAnother) {
  Party& colleague = call.agent("colleague");
  call.settle();
  const ParticipantId one = agent.ids.participant, unknown(9, 1);
  const barge::Party next = person(Role::agent, "next");
  EXPECT_EQ(refusal(customer.ids.participant, next), Errc::wrong_role);
  EXPECT_EQ(refusal(supervisor.ids.participant, next), Errc::wrong_role);
  EXPECT_EQ(refusal(one, customer.ids.participant), Errc::wrong_role);
  EXPECT_EQ(refusal(one, person(Role::customer, "next")), Errc::wrong_role);
  EXPECT_EQ(refusal(one, person(Role::supervisor, "next")), Errc::wrong_role);
  EXPECT_EQ(refusal(one, person(Role::agent, "colleague")), Errc::already_joined);
  EXPECT_EQ(refusal(one, person(Role::agent, "agent")), Errc::already_joined);
  EXPECT_EQ(refusal(one, person(Role::agent, "")), Errc::invalid_argument);
  EXPECT_EQ(refusal(one, one), Errc::invalid_argument);
  EXPECT_EQ(refusal(unknown, next), Errc::unknown_id);
  EXPECT_EQ(refusal(one, unknown), Errc::unknown_id);
  const ParticipantId gone = colleague.ids.participant;
  call.leave(colleague);
  call.settle();
  EXPECT_EQ(refusal(gone, next), Errc::stale_id);
  EXPECT_EQ(refusal(one, gone), Errc::stale_id);
  ASSERT_TRUE(call.bridge->close());
  EXPECT_EQ(call.bridge->transfer({one, next, {}}).error().code, Errc::closed);
}

TEST_F(Transfer, ToANewcomerNeedsRoomForBoth) {
  BridgeConfig config = Call::config();
  config.max_legs = 2;
  Call full(config);
  full.customer();
  const ParticipantId one = full.agent().ids.participant;
  const auto transferred = full.bridge->transfer({one, person(Role::agent, "next"), {}});
  ASSERT_FALSE(transferred);
  EXPECT_EQ(transferred.error().code, Errc::too_many_legs);
  full.settle();
  EXPECT_EQ(full.heard_by(*full.parties[0]), "agent");
}

}  // namespace
}  // namespace barge::test
