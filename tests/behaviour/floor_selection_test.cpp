// SPDX-License-Identifier: Apache-2.0
// Which call a supervisor gets.
#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

const PersonGid sue("sue");
using By = decltype(Selection::by);

CallId pick(Office& office, const By& by, const PersonGid& supervisor = sue) {
  return office.floor->pick({supervisor, by}).value();
}
Errc refusal(Office& office, const By& by, const PersonGid& supervisor = sue) {
  return office.floor->pick({supervisor, by}).error().code;
}

TEST(FloorSelection, TakesTheCallOfAnIdAnAgentOrAnExtension) {
  Office office;
  Line& first = office.open(Office::config("c1"));
  Line& second = office.open(Office::config("c2"));
  for (Line* const line : {&first, &second})
    office.join(*line, Office::person(Role::agent, "ann", "4711"));
  EXPECT_EQ(pick(office, ByCall{CallGid("c1")}), first.id);
  EXPECT_EQ(pick(office, ByAgent{PersonGid("ann")}), second.id) << "opened last";
  EXPECT_EQ(pick(office, ByExtension{"4711"}), second.id);
  EXPECT_EQ(refusal(office, ByCall{CallGid("c3")}), Errc::unknown_id);
  EXPECT_EQ(refusal(office, ByAgent{PersonGid("bob")}), Errc::unknown_id);
  EXPECT_EQ(refusal(office, ByExtension{"4712"}), Errc::unknown_id);
  EXPECT_EQ(refusal(office, ByExtension{""}), Errc::unknown_id);
  EXPECT_EQ(refusal(office, NextInQueue{}, PersonGid()), Errc::invalid_argument);
}

TEST(FloorSelection, NeverTakesACallThatTheSupervisorIsOn) {
  Office office;
  Line& own = office.call("own", "sue");
  Line& watched = office.call("watched", "ann");
  office.supervise(watched, "sue");
  EXPECT_EQ(refusal(office, ByCall{CallGid("own")}), Errc::wrong_role);
  EXPECT_EQ(refusal(office, ByAgent{PersonGid("sue")}), Errc::wrong_role);
  EXPECT_EQ(refusal(office, ByCall{CallGid("watched")}), Errc::already_joined);
  EXPECT_EQ(refusal(office, ByAgent{PersonGid("ann")}), Errc::already_joined);
  for (const By& by : {By(NextInQueue{}), By(RandomSample{}), By(Cycle{})})
    EXPECT_EQ(refusal(office, by), Errc::unknown_id);
  EXPECT_EQ(pick(office, ByAgent{PersonGid("sue")}, PersonGid("tom")), own.id);
  Line& other = office.call("other", "ann");
  Line& latest = office.call("latest", "ann");
  office.join(latest, Role::agent, "sue");
  EXPECT_EQ(pick(office, ByAgent{PersonGid("ann")}), other.id) << "the latest one that is free";
}

TEST(FloorSelection, TakesTheCallOfAQueueThatHasGoneLongestWithoutSupervision) {
  Office office;
  Line& first = office.call("c1", "a1");
  Line& second = office.call("c2", "a2");
  Line& third = office.call("c3", "a3", "claims");
  Line& fourth = office.call("c4", "a4");
  const auto supervise_for_a_minute = [&](Line& line) {
    office.supervise(line, "tom");
    office.clock.advance(60s);
    office.leave(line, "tom");
    office.settle();
  };
  supervise_for_a_minute(second);
  supervise_for_a_minute(first);
  office.supervise(fourth, "tom");
  EXPECT_EQ(pick(office, NextInQueue{}), third.id) << "never supervised";
  EXPECT_EQ(pick(office, NextInQueue{{"sales"}}), second.id) << "a minute before the first";
  office.close(third);
  supervise_for_a_minute(second);
  EXPECT_EQ(pick(office, NextInQueue{}), first.id) << "the fourth is supervised now";
  EXPECT_EQ(refusal(office, NextInQueue{{"claims"}}), Errc::unknown_id);
  EXPECT_EQ(pick(office, NextInQueue{{"claims", "sales"}}), first.id);
}

TEST(FloorSelection, TakesAnotherCallNextTimeWhereThePickedOneWasNotSupervised) {
  Office office;
  Line& first = office.call("c1", "a1");
  Line& second = office.call("c2", "a2");
  EXPECT_EQ(pick(office, NextInQueue{}), first.id);
  EXPECT_EQ(pick(office, NextInQueue{}, PersonGid("tom")), second.id);
  EXPECT_EQ(pick(office, NextInQueue{}), first.id);
}

TEST(FloorSelection, DrawsARandomSampleFromAllCallsAlike) {
  Office office;
  constexpr std::size_t calls = 7, draws = 7000;
  std::map<CallId, int> drawn;
  for (std::size_t i = 0; i < calls; ++i)
    drawn[office.call("c" + std::to_string(i), "a" + std::to_string(i)).id] = 0;
  Line& claims = office.call("claims", "x", "claims");
  std::vector<CallId> sequence;
  for (std::size_t i = 0; i < draws; ++i) {
    sequence.push_back(pick(office, RandomSample{{"sales"}}));
    ++drawn.at(sequence.back());
  }
  // Chi squared with 6 degrees of freedom is above 22.5 once in a thousand seeds.
  double chi_squared = 0;
  for (const auto& [call, times] : drawn)
    chi_squared += (times - 1000.0) * (times - 1000.0) / 1000.0;
  EXPECT_LT(chi_squared, 22.5);
  EXPECT_EQ(drawn.count(claims.id), 0U);

  Office again;  // of the same seed
  for (std::size_t i = 0; i < calls; ++i)
    again.call("c" + std::to_string(i), "a" + std::to_string(i));
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_EQ(pick(again, RandomSample{}), sequence[i]);
}

TEST(FloorSelection, CyclesThroughEveryCallOnceARound) {
  Office office;
  std::vector<CallId> calls;
  for (int i = 0; i < 3; ++i)
    calls.push_back(office.call("c" + std::to_string(i), "a" + std::to_string(i)).id);
  EXPECT_EQ(pick(office, Cycle{}), calls[0]);
  EXPECT_EQ(pick(office, Cycle{}), calls[1]);
  EXPECT_EQ(pick(office, Cycle{}, PersonGid("tom")), calls[0]) << "everybody has its own round";
  // Calls come and go in the middle of a round.
  static_cast<void>(office.floor->close(calls[0]).value());
  calls.push_back(office.call("c3", "a3").id);
  EXPECT_EQ(pick(office, Cycle{}), calls[2]);
  EXPECT_EQ(pick(office, Cycle{}), calls[3]);
  EXPECT_EQ(pick(office, Cycle{}), calls[1]) << "the next round";
  EXPECT_EQ(pick(office, Cycle{}), calls[2]);
  EXPECT_EQ(pick(office, Cycle{}, PersonGid("tom")), calls[1]);
}

TEST(FloorSelection, LeavesOutInternalCallsUnlessNamed) {
  Office office;
  BridgeConfig config = Office::config("internal");
  config.attributes.internal = true;
  Line& line = office.open(config);
  office.join(line, Role::customer, "colleague");
  office.join(line, Office::person(Role::agent, "ann", "4711"));
  const By all[] = {ByAgent{PersonGid("ann")}, ByExtension{"4711"}, NextInQueue{}, RandomSample{},
                    Cycle{}};
  for (const By& by : all)
    EXPECT_EQ(refusal(office, by), Errc::unknown_id);
  EXPECT_EQ(pick(office, ByCall{CallGid("internal")}), line.id);
  static_cast<void>(office.bridge(line).set_attributes({}).value());
  for (const By& by : all)
    EXPECT_EQ(pick(office, by), line.id) << "it has proved to be none";
}

TEST(FloorSelection, LeavesOutCallsOfAQueueWithoutAnAgentOrACustomer) {
  Office office;
  Line& waiting = office.open(Office::config("waiting"));
  office.join(waiting, Role::customer, "cid");
  Line& calling = office.open(Office::config("calling"));
  office.join(calling, Role::agent, "ann");
  for (const By& by : {By(NextInQueue{}), By(RandomSample{}), By(Cycle{})})
    EXPECT_EQ(refusal(office, by), Errc::unknown_id);
  EXPECT_EQ(pick(office, ByAgent{PersonGid("ann")}), calling.id);
}

TEST(FloorSelection, KnowsTheQueueThatACallWasTransferredTo) {
  Office office;
  Line& line = office.call("c1", "ann");
  EXPECT_EQ(pick(office, NextInQueue{{"sales"}}), line.id);
  const Transfer transfer{office.find(line, "ann"), Office::person(Role::agent, "bob"), "claims"};
  static_cast<void>(office.bridge(line).transfer(transfer).value());
  EXPECT_EQ(pick(office, NextInQueue{{"claims"}}), line.id);
  EXPECT_EQ(refusal(office, NextInQueue{{"sales"}}), Errc::unknown_id);
  EXPECT_EQ(pick(office, ByAgent{PersonGid("bob")}), line.id);
}

}  // namespace
}  // namespace barge::test
