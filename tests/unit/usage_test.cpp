// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include <barge/usage.hpp>

namespace barge {
namespace {

using namespace std::chrono_literals;

Use use(const std::string& session, const std::string& supervisor, const std::string& agent,
        Mode mode = Mode::barge, WallTime at = WallTime(1'800'000'000s)) {
  return {SessionGid(session), PersonGid(supervisor), PersonGid(agent), mode, at};
}

UseLimits concurrent(std::uint32_t limit) {
  UseLimits limits;
  limits.concurrent = limit;
  return limits;
}

UseLimits per_hour(std::uint32_t limit) {
  UseLimits limits;
  limits.per_agent_per_hour = limit;
  return limits;
}

TEST(MemoryUsage, WithoutLimitsHasRoom) {
  MemoryUsage usage;
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(usage.begin(use(std::to_string(i), "sue", "ann"), {}));
}

TEST(MemoryUsage, CountsTheSessionsOfASupervisorAtATime) {
  MemoryUsage usage;
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann"), concurrent(2)));
  EXPECT_TRUE(usage.begin(use("2", "sue", "bob"), concurrent(2)));
  EXPECT_FALSE(usage.has_room(use("3", "sue", "cid"), concurrent(2)));
  EXPECT_FALSE(usage.begin(use("3", "sue", "cid"), concurrent(2)));
  EXPECT_TRUE(usage.begin(use("4", "tom", "cid"), concurrent(2))) << "somebody else";
  usage.end(SessionGid("1"));
  EXPECT_TRUE(usage.has_room(use("3", "sue", "cid"), concurrent(2)));
  EXPECT_TRUE(usage.begin(use("3", "sue", "cid"), concurrent(2)));
}

TEST(MemoryUsage, ASessionThatTakesUpAnotherModeIsOneSession) {
  MemoryUsage usage;
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann", Mode::monitor), concurrent(1)));
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann", Mode::barge), concurrent(1)));
  usage.end(SessionGid("1"));
  EXPECT_TRUE(usage.begin(use("2", "sue", "ann"), concurrent(1)));
}

TEST(MemoryUsage, CountsTheTimesThatAModeIsTakenUpWithAnAgent) {
  MemoryUsage usage;
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann"), per_hour(2)));
  usage.end(SessionGid("1"));
  EXPECT_TRUE(usage.begin(use("2", "tom", "ann"), per_hour(2)));
  usage.end(SessionGid("2"));
  EXPECT_FALSE(usage.has_room(use("3", "sue", "ann"), per_hour(2)))
      << "whoever it was, ended or not";
  EXPECT_TRUE(usage.has_room(use("3", "sue", "bob"), per_hour(2))) << "another agent";
  EXPECT_TRUE(usage.has_room(use("3", "sue", "ann", Mode::monitor), per_hour(2))) << "another mode";
}

TEST(MemoryUsage, ForgetsWhatIsAnHourOld) {
  MemoryUsage usage;
  const WallTime start(1'800'000'000s);
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann", Mode::barge, start), per_hour(1)));
  EXPECT_FALSE(usage.has_room(use("2", "sue", "ann", Mode::barge, start + 1h - 1ms), per_hour(1)));
  EXPECT_TRUE(usage.has_room(use("2", "sue", "ann", Mode::barge, start + 1h), per_hour(1)));
  EXPECT_TRUE(usage.begin(use("2", "sue", "ann", Mode::barge, start + 1h), per_hour(1)));
  EXPECT_FALSE(usage.has_room(use("3", "sue", "ann", Mode::barge, start + 1h), per_hour(1)));
}

TEST(MemoryUsage, ThatIsRefusedIsNotCounted) {
  MemoryUsage usage;
  UseLimits both = concurrent(1);
  both.per_agent_per_hour = 2;
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann"), both));
  EXPECT_FALSE(usage.begin(use("2", "sue", "ann"), both));
  EXPECT_TRUE(usage.begin(use("3", "tom", "ann"), both))
      << "the refused one is no use of the agent";
  usage.end(SessionGid("1"));
  EXPECT_TRUE(usage.has_room(use("4", "sue", "bob"), both)) << "nor a session of the supervisor";
}

TEST(MemoryUsage, TheEndOfAnUnknownSessionIsNothing) {
  MemoryUsage usage;
  usage.end(SessionGid("never"));
  EXPECT_TRUE(usage.begin(use("1", "sue", "ann"), concurrent(1)));
}

}  // namespace
}  // namespace barge
