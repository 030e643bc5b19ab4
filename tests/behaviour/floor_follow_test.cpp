// SPDX-License-Identifier: Apache-2.0
// A supervisor follows an agent from call to call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/floor.hpp"

namespace barge::test {
namespace {

using testing::IsEmpty;

Following following(const std::string& supervisor, const std::string& agent) {
  return {Office::person(Role::supervisor, supervisor), PersonGid(agent), "coaching"};
}

ModeRequest following_request(Mode mode) {
  ModeRequest request;
  request.mode = mode;
  request.follow = Follow::agent;
  return request;
}

TEST(FloorFollow, JoinsTheAgentsNextCallInMonitor) {
  Office office;
  office.call("c1", "bob");
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  office.settle();
  EXPECT_THAT(office.all<Followed>(), IsEmpty());
  EXPECT_EQ(office.floor->followings().value().size(), 1U);

  Line& next = office.call("c2", "ann");
  office.poll();
  ASSERT_EQ(office.all<Followed>().size(), 1U);
  EXPECT_EQ(office.events.back().call, next.id);
  const Followed followed = office.all<Followed>()[0];
  EXPECT_EQ(followed.supervisor, PersonGid("sue"));
  EXPECT_EQ(followed.agent, PersonGid("ann"));
  EXPECT_EQ(followed.joined.participant, office.find(next, "sue"));
  next.parties.push_back(followed.joined);
  office.settle();
  EXPECT_EQ(office.mode(next, "sue"), Mode::monitor);
  EXPECT_EQ(office.authorizer.asked.back().action.mode, Mode::monitor);
  EXPECT_EQ(office.authorizer.asked.back().action.reason, "coaching");
  EXPECT_EQ(office.authorizer.asked.back().call.id, CallGid("c2"));

  Line& after = office.call("c3", "ann");
  office.settle();
  EXPECT_EQ(office.all<Followed>().size(), 1U) << "one following leads to one call";
  EXPECT_EQ(office.find(after, "sue"), ParticipantId());
}

TEST(FloorFollow, JoinsACallThatTheAgentIsOnAlready) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.settle();
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  office.settle();
  EXPECT_EQ(office.mode(line, "sue"), Mode::monitor);
}

TEST(FloorFollow, BeginsByItselfWhereASessionFollowedTheAgent) {
  Office office;
  Line& first = office.call("c1", "ann");
  office.supervise(first, "sue", following_request(Mode::whisper));
  office.supervise(first, "tom");  // follows the call
  EXPECT_EQ(office.mode(first, "sue"), Mode::whisper);
  office.leave(first, "ann");
  office.settle();
  ASSERT_EQ(office.floor->followings().value().size(), 1U);
  EXPECT_EQ(office.floor->followings().value()[0].supervisor.roles,
            std::vector<std::string>{"team_lead"});
  EXPECT_EQ(office.mode(first, "sue"), Mode::off);

  Line& second = office.call("c2", "ann");
  office.settle();
  EXPECT_EQ(office.mode(second, "sue"), Mode::monitor) << "whatever mode it had";
  EXPECT_EQ(office.find(second, "tom"), ParticipantId());
  EXPECT_THAT(office.floor->followings().value(), IsEmpty());

  office.leave(second, "ann");
  office.settle();
  Line& third = office.call("c3", "ann");
  office.settle();
  EXPECT_EQ(office.mode(third, "sue"), Mode::monitor) << "and so on";
  EXPECT_EQ(office.all<Followed>().size(), 2U);
}

TEST(FloorFollow, BeginsAlsoWhereTheSupervisorHungUpAtOnce) {
  Office office;
  Line& first = office.call("c1", "ann");
  office.supervise(first, "sue", following_request(Mode::monitor));
  office.leave(first, "ann");
  office.tick();
  office.leave(first, "sue");
  office.settle();
  Line& second = office.call("c2", "ann");
  office.settle();
  EXPECT_EQ(office.mode(second, "sue"), Mode::monitor);
}

TEST(FloorFollow, FollowsAnAgentWhoseCallWasTransferred) {
  Office office;
  Line& first = office.call("c1", "ann");
  office.supervise(first, "sue", following_request(Mode::monitor));
  const Transfer transfer{office.find(first, "ann"), Office::person(Role::agent, "bob"), {}};
  static_cast<void>(office.bridge(first).transfer(transfer).value());
  office.settle();
  EXPECT_EQ(office.mode(first, "sue"), Mode::off);
  Line& second = office.call("c2", "ann");
  office.settle();
  EXPECT_EQ(office.mode(second, "sue"), Mode::monitor);
}

TEST(FloorFollow, IsJudgedAnewForEveryCall) {
  Office office;
  Line& first = office.call("c1", "ann");
  office.supervise(first, "sue", following_request(Mode::monitor));
  office.leave(first, "ann");
  office.settle();
  office.authorizer.answer = [](const AccessRequest& request) {
    return request.call.id == CallGid("c2") ? ScriptedAuthorizer::deny()
                                            : ScriptedAuthorizer::permit();
  };
  Line& second = office.call("c2", "ann");
  office.settle();
  EXPECT_EQ(office.all<Followed>().size(), 1U);
  EXPECT_EQ(office.mode(second, "sue"), Mode::off);
  ASSERT_EQ(office.all<RequestDenied>().size(), 1U);
  EXPECT_EQ(office.all<RequestDenied>()[0].supervisor, office.find(second, "sue"));
}

TEST(FloorFollow, NeverJoinsACallThatTheSupervisorIsAPartyOf) {
  Office office;
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  Line& own = office.call("own", "ann");
  office.join(own, Role::agent, "sue");
  office.settle();
  EXPECT_THAT(office.all<Followed>(), IsEmpty());
  Line& other = office.call("other", "ann");
  office.settle();
  EXPECT_EQ(office.mode(other, "sue"), Mode::monitor) << "it waits for another one";
}

TEST(FloorFollow, MonitorsAnewWhereTheSupervisorIsStillOnTheCall) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue", following_request(Mode::barge));
  office.join(line, Role::agent, "bob");
  office.leave(line, "ann");
  office.settle();
  const ParticipantId sue = office.find(line, "sue");
  EXPECT_EQ(office.mode(line, "sue"), Mode::off);
  office.join(line, Role::agent, "ann");
  office.settle();
  ASSERT_EQ(office.all<Followed>().size(), 1U);
  EXPECT_EQ(office.all<Followed>()[0].joined.participant, sue);
  EXPECT_EQ(office.mode(line, "sue"), Mode::monitor);
  EXPECT_EQ(office.floor->sessions().value().at(0).agent, PersonGid("ann"));
}

TEST(FloorFollow, AsksForNothingWhereTheSupervisorSupervisesTheCallAlready) {
  Office office;
  Line& line = office.call("c1", "ann");
  office.supervise(line, "sue", {Mode::barge});
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  office.settle();
  EXPECT_THAT(office.all<Followed>(), IsEmpty());
  EXPECT_THAT(office.floor->followings().value(), IsEmpty());
  EXPECT_EQ(office.mode(line, "sue"), Mode::barge);
}

TEST(FloorFollow, SaysWhyItCouldNotJoin) {
  Office office;
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  BridgeConfig config = Office::config("c1");
  config.max_legs = 1;
  Line& line = office.open(config);
  office.join(line, Role::agent, "ann");
  office.settle();
  ASSERT_EQ(office.all<Fault>().size(), 1U);
  EXPECT_EQ(office.all<Fault>()[0].code, Errc::too_many_legs);
  EXPECT_THAT(office.all<Followed>(), IsEmpty());
}

TEST(FloorFollow, EndsWhenTheSupervisorSaysSo) {
  Office office;
  const Person sue = Office::person(Role::supervisor, "sue");
  static_cast<void>(office.floor->follow(following("sue", "ann")).value());
  static_cast<void>(office.floor->follow(following("sue", "bob")).value());
  static_cast<void>(office.floor->unfollow(sue.id).value());
  EXPECT_EQ(office.floor->unfollow(sue.id).error().code, Errc::nothing_pending);
  Line& first = office.call("c1", "ann");
  office.settle();
  EXPECT_EQ(office.find(first, "sue"), ParticipantId());

  static_cast<void>(office.floor->sign_on(sue).value());
  static_cast<void>(office.floor->follow(following("sue", "bob")).value());
  static_cast<void>(office.floor->sign_off(sue.id).value());
  Line& second = office.call("c2", "bob");
  office.settle();
  EXPECT_EQ(office.find(second, "sue"), ParticipantId());
  EXPECT_THAT(office.floor->followings().value(), IsEmpty());
}

TEST(FloorFollow, IsForSupervisorsAndForAgentsWithIds) {
  Office office;
  Following agent = following("sue", "ann");
  agent.supervisor.role = Role::agent;
  EXPECT_EQ(office.floor->follow(agent).error().code, Errc::wrong_role);
  EXPECT_EQ(office.floor->follow(following("", "ann")).error().code, Errc::invalid_argument);
  EXPECT_EQ(office.floor->follow(following("sue", "")).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace barge::test
