// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barge/participant.hpp>

namespace barge {
namespace {

TEST(Roles, HaveTheNamesOfTheField) {
  EXPECT_EQ(name(Role::customer), "customer");
  EXPECT_EQ(name(Role::agent), "agent");
  EXPECT_EQ(name(Role::supervisor), "supervisor");
}

TEST(Persons, AreCustomersWithoutAnyRightsUnlessTheHostSaysMore) {
  const Person person;
  EXPECT_EQ(person.role, Role::customer);
  EXPECT_TRUE(person.id.empty());
  EXPECT_TRUE(person.roles.empty());
  EXPECT_TRUE(person.queues.empty());
}

}  // namespace
}  // namespace barge
