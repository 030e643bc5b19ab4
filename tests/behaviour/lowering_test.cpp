// SPDX-License-Identifier: Apache-2.0
// Leaving and lowering are always allowed, close at once, and are recorded afterwards.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Lowering : public testing::Test {
 protected:
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Lowering, AsksNobodyEvenWhenEverythingIsForbidden) {
  call.enter(supervisor, {Mode::takeover});
  call.authorizer.answer = [](const AccessRequest&) { return ScriptedAuthorizer::deny(); };
  const std::size_t asked = call.authorizer.asked.size();
  for (const Mode mode : {Mode::barge, Mode::whisper, Mode::monitor, Mode::off}) {
    call.enter(supervisor, {mode});
    EXPECT_EQ(call.last<ModeApplied>().to, mode);
  }
  EXPECT_EQ(call.authorizer.asked.size(), asked);
  EXPECT_EQ(call.heard_by(supervisor), "");
}

TEST_F(Lowering, ClosesOnTheNextTickWhileTheLogIsDown) {
  call.enter(supervisor, {Mode::barge});
  call.sink.fail();
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  call.tick();
  EXPECT_FALSE(call.hears(customer, supervisor));
  call.poll();
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
  EXPECT_FALSE(call.all<Fault>().empty());
}

TEST_F(Lowering, NamesTheFirstSampleThatIsExactlyZero) {
  call.enter(supervisor, {Mode::barge});
  static_cast<void>(call.ask(supervisor, {Mode::off}));
  const SampleIndex start = call.position;
  call.tick();
  call.poll();
  const SampleIndex zero = call.last<ModeApplied>().at;
  EXPECT_EQ(zero, start + ramp_samples(SampleRate::hz_16000));
  const auto offset = static_cast<std::ptrdiff_t>(zero.samples() - start.samples());
  EXPECT_GT(customer.out[0], agent.voice);
  EXPECT_TRUE(std::all_of(customer.out.begin() + offset, customer.out.end(),
                          [&](Sample sample) { return sample == agent.voice; }));
}

TEST_F(Lowering, CancelsAPendingRaise) {
  call.enter(supervisor, {Mode::whisper});
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(call.last<RequestCancelled>().why, "lowered");
  EXPECT_EQ(call.last<ModeApplied>().to, Mode::monitor);
}

TEST_F(Lowering, OffEndsTheSession) {
  call.enter(supervisor, {Mode::monitor});
  call.enter(supervisor, {Mode::off});
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::requested);
  EXPECT_FALSE(call.bridge->participants().value()[2].session);
  EXPECT_TRUE(call.index_of(RecordType::session_left));
}

TEST_F(Lowering, ASupervisorWhoLeavesEndsItsSession) {
  call.enter(supervisor, {Mode::takeover});
  call.leave(supervisor);
  call.settle();
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::left);
  EXPECT_EQ(call.heard_by(customer), "agent") << "the agent has its voice back";
  EXPECT_TRUE(call.index_of(RecordType::takeover_agent_returned));
  EXPECT_EQ(call.record_types().back(), "session.left");
}

TEST_F(Lowering, ForceLowersAndRecordsWhy) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->force(supervisor.ids.participant, Mode::monitor, "works council"));
  call.settle();
  EXPECT_EQ(call.last<ModeApplied>().cause, Cause::forced);
  EXPECT_EQ(field(call.sink.records().back(), "reason"), "works council");
  EXPECT_FALSE(call.hears(customer, supervisor));
}

TEST_F(Lowering, ForceNeverRaises) {
  call.enter(supervisor, {Mode::monitor});
  const Status status = call.bridge->force(supervisor.ids.participant, Mode::barge, "");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::not_a_lowering);
}

TEST_F(Lowering, ACustomerWithNobodyLeftIsReported) {
  call.settle();
  call.leave(agent);
  call.settle();
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.last<CustomerUnattended>().customer, customer.ids.participant);
}

TEST_F(Lowering, ACustomerWhomTheLastSpeakerStopsServingIsReported) {
  call.enter(supervisor, {Mode::barge});
  call.leave(agent);
  call.settle();
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

TEST_F(Lowering, CloseEndsSessionsAndSilencesTheMedia) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->close());
  call.tick();
  EXPECT_EQ(customer.pulled, PullStatus::closed);
  EXPECT_EQ(call.heard_by(customer), "");
  EXPECT_EQ(call.record_types().back(), "session.left");
}

TEST_F(Lowering, CloseTellsWhatBecameOfARaiseThatNoTickTookUp) {
  call.settle();
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  call.poll();
  call.poll();
  ASSERT_TRUE(call.bridge->close());
  call.poll();
  EXPECT_EQ(call.all<ModeApplied>().size() + call.all<RequestDenied>().size() +
                call.all<RequestCancelled>().size(),
            1u);
}

TEST_F(Lowering, EverySessionOnRecordHasExactlyOneEnd) {
  Party& second = call.supervisor("second");
  call.enter(supervisor, {Mode::barge});
  static_cast<void>(call.ask(supervisor, {Mode::off}));  // closes with the call
  static_cast<void>(call.ask(second, {Mode::barge}));    // never opens
  call.poll();
  ASSERT_TRUE(call.bridge->close());
  const std::vector<std::string> types = call.record_types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "session.joined"), 1);
  EXPECT_EQ(std::count(types.begin(), types.end(), "session.left"), 1);
}

TEST_F(Lowering, AfterTheEndEverythingIsHarmless) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->close());
  EXPECT_TRUE(call.bridge->set_muted(agent.ids.participant, true));
  EXPECT_TRUE(call.bridge->leave(agent.ids.participant));
  EXPECT_TRUE(call.bridge->force(supervisor.ids.participant, Mode::off, ""));
  ScriptedAuthorizer other;
  EXPECT_TRUE(call.bridge->set_policy(other));
  call.poll();
  call.tick();
  EXPECT_EQ(customer.pulled, PullStatus::closed);
  EXPECT_EQ(call.heard_by(customer), "");
}

TEST_F(Lowering, ACustomerWhoJoinsATakeoverThatDoesNotReachItIsReported) {
  call.enter(supervisor, {Mode::takeover});
  call.sink.fail();
  Party& second = call.customer("second");
  call.settle();
  EXPECT_FALSE(call.hears(second, supervisor));
  ASSERT_FALSE(call.all<CustomerUnattended>().empty());
  EXPECT_EQ(call.last<CustomerUnattended>().customer, second.ids.participant);
}

TEST_F(Lowering, DoesNotBindTheSessionToAnotherAgentUnasked) {
  call.enter(supervisor, {Mode::barge});
  call.agent("second");
  call.settle();
  call.leave(agent);
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(field(call.sink.records().back(), "agent"), "") << "the bound agent is gone";
}

TEST_F(Lowering, ToALowerModeOfAnotherAgentClosesAtOnceThoughItIsDeniedThere) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  request = {Mode::monitor};
  request.agent = second.ids.participant;
  static_cast<void>(call.ask(supervisor, request));
  call.tick();
  EXPECT_EQ(call.heard_by(customer), "agent second");
  call.clock.advance(5s);
  call.settle();
  EXPECT_EQ(call.heard_by(customer), "agent second");
}

TEST_F(Lowering, ToAWhisperToAnotherAgentIsHeardByThatOneAloneFromNowOn) {
  Party& second = call.agent("second");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  request = {Mode::whisper};
  request.agent = second.ids.participant;
  static_cast<void>(call.ask(supervisor, request));
  call.tick();
  EXPECT_EQ(call.heard_by(agent), "customer second");
  EXPECT_EQ(call.heard_by(customer), "agent second");
  EXPECT_EQ(call.heard_by(second), "customer agent supervisor");
}

}  // namespace
}  // namespace barge::test
