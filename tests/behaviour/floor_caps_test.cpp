// SPDX-License-Identifier: Apache-2.0
// Caps on sessions across calls, and across floors.
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

TEST(Usage, IsSharedByTwoFloors) {
  MemoryUsage usage;
  FloorConfig config;
  config.usage = &usage;
  Office one(config), other(config);
  Obligations limits;
  limits.max_concurrent = Obliged<std::uint32_t>{1, "one-at-a-time"};
  const auto permit = [&](const AccessRequest&) { return ScriptedAuthorizer::permit(limits); };
  one.authorizer.answer = permit;
  other.authorizer.answer = permit;
  Line& here = one.call("c1", "ann");
  Line& there = other.call("c2", "bob");
  one.supervise(here, "sue");
  EXPECT_EQ(one.mode(here, "sue"), Mode::monitor);
  other.supervise(there, "sue");
  EXPECT_EQ(other.mode(there, "sue"), Mode::off);
  ASSERT_EQ(other.all<RequestDenied>().size(), 1U);
  EXPECT_EQ(other.all<RequestDenied>()[0].decision.code, DecisionCode::too_many_sessions);
  one.leave(here, "sue");
  one.settle();
  other.supervise(there, "sue");
  EXPECT_EQ(other.mode(there, "sue"), Mode::monitor);
}

TEST(Usage, IsCountedByTheFloorForAllItsCalls) {
  Office office;
  Obligations limits;
  limits.max_per_agent_per_hour = Obliged<std::uint32_t>{1, "once-an-hour"};
  office.authorizer.answer = [&](const AccessRequest& request) {
    return ScriptedAuthorizer::permit(request.action.mode == Mode::barge ? limits : Obligations());
  };
  Line& first = office.call("c1", "ann");
  office.supervise(first, "sue", {Mode::barge});
  EXPECT_EQ(office.mode(first, "sue"), Mode::barge);
  office.close(first);
  Line& second = office.call("c2", "ann");
  office.supervise(second, "tom", {Mode::barge});
  EXPECT_EQ(office.mode(second, "tom"), Mode::off) << "ann has had her barge of this hour";
  office.clock.advance(1h);
  office.supervise(second, "tom", {Mode::barge});
  EXPECT_EQ(office.mode(second, "tom"), Mode::barge);
}

}  // namespace
}  // namespace barge::test
