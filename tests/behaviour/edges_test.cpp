// SPDX-License-Identifier: Apache-2.0
// Gains, edge mutes, the duck and stereo ears.
#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

class Edges : public testing::Test {
 protected:
  void SetUp() override {
    customer.in.assign(Call::frame, 1000);
    agent.in.assign(Call::frame, 4000);
    supervisor.in.assign(Call::frame, 64);
    call.settle();
  }
  Status set_gain(const Party& listener, const Party& speaker, double gain) {
    return call.bridge->set_gain(listener.ids.participant, speaker.ids.participant,
                                 Gain::linear(gain));
  }
  Status mute_edge(const Party& listener, const Party& speaker, bool muted) {
    return call.bridge->set_edge_muted(listener.ids.participant, speaker.ids.participant, muted);
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

using EdgeGain = Edges;
using EdgeMute = Edges;

TEST_F(EdgeGain, IsHeardByThatListenerAlone) {
  call.enter(supervisor, {Mode::monitor});
  static_cast<void>(set_gain(agent, customer, 0.5).value());
  call.settle();
  EXPECT_EQ(agent.out.back(), 500);
  EXPECT_EQ(supervisor.out.back(), 5000);
  EXPECT_EQ(customer.out.back(), 4000);
}

TEST_F(EdgeGain, GoesUpAsWellAsDown) {
  static_cast<void>(set_gain(agent, customer, 1.75).value());
  call.settle();
  EXPECT_EQ(agent.out.back(), 1750);
  static_cast<void>(set_gain(agent, customer, 1).value());
  call.settle();
  EXPECT_EQ(agent.out, customer.in);
}

TEST_F(EdgeGain, OpensNoEdgeThatIsClosed) {
  static_cast<void>(set_gain(customer, supervisor, 1.5).value());
  static_cast<void>(set_gain(supervisor, customer, 1.5).value());
  call.settle();
  EXPECT_EQ(customer.out.back(), 4000);
  EXPECT_EQ(supervisor.out.back(), 0);
}

TEST_F(EdgeGain, ChangesOverARampWithoutAStep) {
  static_cast<void>(set_gain(agent, customer, 0.5).value());
  call.tick();
  EXPECT_NEAR(agent.out.front(), 1000, 2);
  for (std::size_t i = 1; i < Call::frame; ++i)
    EXPECT_LE(std::abs(agent.out[i] - agent.out[i - 1]), 12) << i;
  EXPECT_EQ(agent.out.back(), 500);
}

TEST_F(EdgeGain, IsForgottenWhenEitherPartyLeaves) {
  static_cast<void>(set_gain(agent, customer, 0.5).value());
  call.leave(customer);
  Party& next = call.customer("next");
  next.in.assign(Call::frame, 2000);
  call.settle();
  EXPECT_EQ(next.ids.leg.slot(), customer.ids.leg.slot());
  EXPECT_EQ(agent.out.back(), 2000);
}

TEST_F(EdgeGain, OfStrangersIsRefused) {
  const Party stranger;
  EXPECT_EQ(set_gain(agent, stranger, 1).error().code, Errc::unknown_id);
  EXPECT_EQ(set_gain(stranger, agent, 1).error().code, Errc::unknown_id);
  call.leave(customer);
  EXPECT_EQ(set_gain(agent, customer, 1).error().code, Errc::stale_id);
  EXPECT_EQ(mute_edge(customer, agent, true).error().code, Errc::stale_id);
}

TEST_F(EdgeMute, ClosesThatEdgeAlone) {
  call.enter(supervisor, {Mode::barge});
  static_cast<void>(mute_edge(customer, agent, true).value());
  call.settle();
  EXPECT_EQ(customer.out.back(), 64);
  EXPECT_EQ(agent.out.back(), 1064);
  EXPECT_EQ(supervisor.out.back(), 5000);
}

TEST_F(EdgeMute, KeepsTheGainForLater) {
  static_cast<void>(set_gain(agent, customer, 0.5).value());
  static_cast<void>(mute_edge(agent, customer, true).value());
  call.settle();
  EXPECT_EQ(agent.out.back(), 0);
  static_cast<void>(mute_edge(agent, customer, false).value());
  call.settle();
  EXPECT_EQ(agent.out.back(), 500);
}

/// A call whose agents hear the customer at a quarter while a supervisor whispers to them.
class Duck : public testing::Test {
 protected:
  Duck() {
    BridgeConfig config = Call::config();
    config.whisper_duck = Gain::linear(0.25);
    call.emplace(config);
    customer = &call->customer();
    agent = &call->agent();
    second = &call->agent("second");
    supervisor = &call->supervisor();
    customer->in.assign(Call::frame, 1000);
    agent->in.assign(Call::frame, 4000);
    second->in.assign(Call::frame, 8000);
    supervisor->in.assign(Call::frame, 64);
    call->settle();
  }
  void enter(Mode mode) {
    ModeRequest request{mode};
    request.agent = agent->ids.participant;
    call->enter(*supervisor, request);
  }

  std::optional<Call> call;
  Party *customer, *agent, *second, *supervisor;
};

TEST_F(Duck, TurnsTheCustomerDownForTheAgentWhoIsWhisperedTo) {
  enter(Mode::whisper);
  EXPECT_EQ(agent->out.back(), 250 + 8000 + 64);
  EXPECT_EQ(second->out.back(), 1000 + 4000);
  EXPECT_EQ(supervisor->out.back(), 1000 + 4000 + 8000);
  EXPECT_EQ(customer->out.back(), 4000 + 8000);
}

TEST_F(Duck, EndsWithTheWhisper) {
  enter(Mode::whisper);
  enter(Mode::barge);
  EXPECT_EQ(agent->out.back(), 1000 + 8000 + 64);
  enter(Mode::whisper);
  enter(Mode::monitor);
  EXPECT_EQ(agent->out.back(), 1000 + 8000);
}

TEST_F(Duck, ComesOnTopOfAGain) {
  static_cast<void>(
      call->bridge->set_gain(agent->ids.participant, customer->ids.participant, Gain::linear(0.5))
          .value());
  enter(Mode::whisper);
  EXPECT_EQ(agent->out.back(), 125 + 8000 + 64);
}

class StereoEars : public testing::Test {
 protected:
  StereoEars() {
    supervisor = &call.join(Role::supervisor, "supervisor", Ears::stereo);
    customer.in.assign(Call::frame, 1000);
    agent.in.assign(Call::frame, 4000);
    right.resize(Call::frame);
  }
  void tick() {
    auto tick = call.port->begin_tick();
    for (Party* party : {&customer, &agent, supervisor})
      tick.push(party->ids.leg, party->in);
    const auto mixed = std::move(tick).mix();
    for (Party* party : {&customer, &agent, supervisor})
      EXPECT_EQ(mixed.pull(party->ids.leg, party->out), PullStatus::ok);
    EXPECT_EQ(mixed.pull(supervisor->ids.right_ear, right), PullStatus::ok);
    left_row = mixed.row(supervisor->ids.leg);
    right_row = mixed.row(supervisor->ids.right_ear);
  }
  void settle() {
    for (int i = 0; i < 3; ++i) {
      call.poll();
      tick();
    }
  }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party* supervisor = nullptr;
  std::vector<Sample> right;
  Row left_row, right_row;
};

TEST_F(StereoEars, HaveTheAgentLeftAndTheCustomerRight) {
  static_cast<void>(call.ask(*supervisor, {Mode::monitor}));
  settle();
  EXPECT_EQ(supervisor->out, agent.in);
  EXPECT_EQ(right, customer.in);
  EXPECT_EQ(left_row.kind, RowKind::copy);
  EXPECT_EQ(left_row.source, agent.ids.leg);
  EXPECT_EQ(right_row.source, customer.ids.leg);
}

TEST_F(StereoEars, AreSilentWithoutASession) {
  settle();
  EXPECT_EQ(supervisor->out, std::vector<Sample>(Call::frame));
  EXPECT_EQ(right, std::vector<Sample>(Call::frame));
  EXPECT_EQ(right_row.kind, RowKind::silence);
}

TEST_F(StereoEars, OpenOverARampInBothEars) {
  settle();
  static_cast<void>(call.ask(*supervisor, {Mode::monitor}));
  call.poll();
  tick();
  EXPECT_LT(right.front(), 10);
  EXPECT_EQ(right.back(), 1000);
  EXPECT_LT(supervisor->out.front(), 10);
  EXPECT_EQ(supervisor->out.back(), 4000);
}

TEST_F(StereoEars, HearASecondSupervisorInBoth) {
  Party& second = call.supervisor("second");
  static_cast<void>(call.ask(*supervisor, {Mode::monitor}));
  static_cast<void>(call.ask(second, {Mode::barge}));
  settle();
  auto tick = call.port->begin_tick();
  second.in.assign(Call::frame, 32);
  tick.push(second.ids.leg, second.in);
  const auto mixed = std::move(tick).mix();
  mixed.pull(supervisor->ids.leg, supervisor->out);
  mixed.pull(supervisor->ids.right_ear, right);
  EXPECT_EQ(supervisor->out, second.in);
  EXPECT_EQ(right, second.in);
}

TEST_F(StereoEars, AreOnlyPulled) {
  call.settle();
  auto tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(supervisor->ids.right_ear, customer.in), PushStatus::unknown_leg);
  EXPECT_FALSE(supervisor->ids.right_ear == supervisor->ids.leg);
  EXPECT_FALSE(customer.ids.right_ear);
}

TEST_F(StereoEars, GoWithTheirLeg) {
  settle();
  call.leave(*supervisor);
  auto tick = call.port->begin_tick();
  const auto mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(supervisor->ids.right_ear, right), PullStatus::unknown_leg);
}

}  // namespace
}  // namespace barge::test
