// SPDX-License-Identifier: Apache-2.0
// A parked call, and the sessions that wait for it.
#include <gtest/gtest.h>

#include "support/moves.hpp"

namespace barge::test {
namespace {

constexpr Mode modes[] = {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};

BridgeConfig with_limit() {
  BridgeConfig config = with_music();
  config.park_limit = 2s;
  return config;
}

struct ParkedCall : Call {
  ParkedCall() : Call(with_limit()) {}

  Party& waiting = customer();
  Party& serving = agent();
  Party& boss = supervisor();
};

class Park : public testing::Test {
 protected:
  void park() { ASSERT_TRUE(call.bridge->park()); }
  void retrieve() { ASSERT_TRUE(call.bridge->retrieve()); }

  ParkedCall call;
  Party& customer = call.waiting;
  Party& agent = call.serving;
  Party& supervisor = call.boss;
};

TEST_F(Park, HoldsTheCustomersAndPausesEverySession) {
  for (const Mode mode : modes) {
    SCOPED_TRACE(name(mode));
    ParkedCall parked;
    parked.enter(parked.boss, {mode});
    ASSERT_TRUE(parked.bridge->park());
    EXPECT_TRUE(is_music(listen(parked, parked.waiting, 20)));
    EXPECT_TRUE(is_steady(listen(parked, parked.serving, 3), 0));
    EXPECT_TRUE(is_steady(listen(parked, parked.boss, 3), 0));
    EXPECT_EQ(info_of(parked, parked.waiting).hold, Hold::local);
    EXPECT_EQ(info_of(parked, parked.serving).hold, Hold::none);
    EXPECT_TRUE(info_of(parked, parked.boss).paused);
    EXPECT_EQ(info_of(parked, parked.boss).mode, mode) << "it waits";
    ASSERT_TRUE(parked.bridge->retrieve());
    EXPECT_FALSE(info_of(parked, parked.boss).paused);
  }
}

TEST_F(Park, LetsAgentsHearEachOtherAndNoSupervisor) {
  Party& colleague = call.agent("colleague");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  park();
  EXPECT_TRUE(is_steady(listen(call, agent, 3), colleague.voice));
  EXPECT_TRUE(is_steady(listen(call, supervisor, 3), 0));
}

TEST_F(Park, RetrievedGoesOnAsBefore) {
  for (const Mode mode : modes) {
    SCOPED_TRACE(name(mode));
    ParkedCall parked;
    parked.enter(parked.boss, {mode});
    const std::string before = rows(parked);
    const std::size_t asked = parked.authorizer.asked.size();
    ASSERT_TRUE(parked.bridge->park());
    listen(parked, parked.waiting, 10);
    ASSERT_TRUE(parked.bridge->retrieve());
    parked.tick();
    const bool waits = mode >= Mode::barge;
    EXPECT_EQ(rows(parked) == before, !waits) << rows(parked);
    EXPECT_FALSE(waits && parked.hears(parked.waiting, parked.boss));
    listen(parked, parked.waiting, 40);
    EXPECT_EQ(rows(parked), before);
    EXPECT_EQ(parked.all<EdgeReopened>().size(), waits ? 1u : 0u);
    EXPECT_EQ(info_of(parked, parked.boss).mode, mode);
    EXPECT_EQ(parked.authorizer.asked.size(), asked) << "no new decision";
    listen(parked, parked.waiting, 300);
    EXPECT_EQ(rows(parked), before) << "its limit is forgotten";
  }
}

TEST_F(Park, TwiceIsOnceAndRetrievedTwiceIsAnError) {
  EXPECT_EQ(call.bridge->retrieve().error().code, Errc::nothing_pending);
  park();
  park();
  retrieve();
  EXPECT_EQ(call.bridge->retrieve().error().code, Errc::nothing_pending);
  EXPECT_EQ(moves(call), (std::vector<std::string>{"park ", "retrieve "}));
  ASSERT_TRUE(call.bridge->close());
  EXPECT_EQ(call.bridge->park().error().code, Errc::closed);
}

TEST_F(Park, EndsSessionsAtItsLimit) {
  for (const Mode mode : modes) {
    SCOPED_TRACE(name(mode));
    ParkedCall parked;
    parked.enter(parked.boss, {mode});
    ASSERT_TRUE(parked.bridge->park());
    listen(parked, parked.waiting, 195);
    EXPECT_TRUE(parked.all<SessionEnded>().empty());
    listen(parked, parked.waiting, 10);
    ASSERT_EQ(parked.all<SessionEnded>().size(), 1u);
    EXPECT_EQ(parked.last<SessionEnded>().cause, Cause::expired);
    ASSERT_TRUE(parked.bridge->retrieve());
    listen(parked, parked.waiting, 40);
    EXPECT_EQ(parked.heard_by(parked.waiting), "agent");
    EXPECT_EQ(parked.heard_by(parked.serving), "customer");
    EXPECT_EQ(parked.heard_by(parked.boss), "");
  }
}

TEST_F(Park, CountsItsLimitFromItsLatestBeginning) {
  call.enter(supervisor, {Mode::monitor});
  park();
  listen(call, customer, 150);
  retrieve();
  listen(call, customer, 10);
  park();
  listen(call, customer, 150);
  EXPECT_TRUE(call.all<SessionEnded>().empty());
  ASSERT_TRUE(call.bridge->next_deadline());
  listen(call, customer, 60);
  EXPECT_EQ(call.all<SessionEnded>().size(), 1u);
}

TEST_F(Park, OfATakeoverLeavesTheCustomerUnattended) {
  call.enter(supervisor, {Mode::takeover});
  const SteadyTime now = call.clock.steady();
  park();
  EXPECT_TRUE(is_music(listen(call, customer, 20)));
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.last<CustomerUnattended>().customer, customer.ids.participant);
  EXPECT_EQ(call.last<CustomerUnattended>().deadline, now + 30s);
  EXPECT_TRUE(call.index_of(RecordType::call_unattended));
  retrieve();
  listen(call, customer, 40);
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_LT(customer.out.back(), 64) << "no hold source any more";
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

TEST_F(Park, OfACallThatAnAgentServesStrandsNobody) {
  call.enter(supervisor, {Mode::barge});
  park();
  listen(call, customer, 20);
  retrieve();
  listen(call, customer, 40);
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Park, LeavesWhoeverWasOnHoldBeforeOnHold) {
  Party& far = call.customer("far");
  Party& near = call.customer("near");
  ASSERT_TRUE(call.bridge->hold(far.ids.participant, Hold::far_end));
  ASSERT_TRUE(call.bridge->hold(near.ids.participant));
  park();
  EXPECT_TRUE(is_steady(listen(call, far, 3), 0));
  retrieve();
  listen(call, customer, 3);
  EXPECT_EQ(info_of(call, far).hold, Hold::far_end);
  EXPECT_EQ(info_of(call, near).hold, Hold::local);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_EQ(call.heard_by(near), "");
}

TEST_F(Park, ASessionThatBeginsMeanwhileWaitsToo) {
  park();
  call.enter(supervisor, {Mode::barge});
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(supervisor), "");
  EXPECT_EQ(call.heard_by(agent), "");
  EXPECT_TRUE(info_of(call, supervisor).paused);
  listen(call, customer, 250);
  ASSERT_EQ(call.all<SessionEnded>().size(), 1u) << "and ends at the same limit";
  EXPECT_EQ(call.last<SessionEnded>().cause, Cause::expired);
}

TEST_F(Park, ACustomerWhoJoinsMeanwhileIsOnHoldToo) {
  park();
  Party& late = call.customer("late");
  EXPECT_TRUE(is_steady(listen(call, agent, 3), 0));
  EXPECT_EQ(info_of(call, late).hold, Hold::local);
  retrieve();
  listen(call, customer, 3);
  EXPECT_EQ(call.heard_by(agent), "customer late");
}

TEST_F(Park, BeginsAndEndsOnOneTickForEverybody) {
  Call silent;  // without hold music, whose samples differ from tick to tick
  silent.customer();
  silent.agent();
  silent.customer("second");
  silent.enter(silent.supervisor(), {Mode::whisper});
  silent.enter(silent.supervisor("monitor"), {Mode::monitor});
  EXPECT_EQ(steps_of(silent, [&] { ASSERT_TRUE(silent.bridge->park()); }).size(), 2u);
  EXPECT_EQ(steps_of(silent, [&] { ASSERT_TRUE(silent.bridge->retrieve()); }).size(), 2u);
}

TEST_F(Park, LeavesAPendingRaiseToWaitWithIt) {
  const auto permit = std::exchange(call.authorizer.answer,
                                    [](const AccessRequest&) { return std::optional<Decision>(); });
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  park();
  call.authorizer.answer = permit;
  call.settle();
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::barge);
  EXPECT_EQ(call.heard_by(agent), "");
  EXPECT_EQ(call.heard_by(supervisor), "");
  retrieve();
  listen(call, customer, 40);
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
}

}  // namespace
}  // namespace barge::test
