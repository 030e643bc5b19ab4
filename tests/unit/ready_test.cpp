// SPDX-License-Identifier: Apache-2.0
// The list by which media threads tell a control thread that there is news.
#include "media/ready.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace barge::media {
namespace {

using Tags = std::vector<std::uint64_t>;

struct Ready : ::testing::Test {
  Tags visited() {
    Tags tags;
    list->visit([&](std::uint64_t tag) { tags.push_back(tag); });
    return tags;
  }
  std::shared_ptr<ReadyFlag> flag(std::uint64_t tag) { return ReadyList::make_flag(list, tag); }

  std::shared_ptr<ReadyList> list = std::make_shared<ReadyList>();
};

TEST_F(Ready, VisitsNobodyWhoHasNotRaisedAFlag) {
  const auto first = flag(1);
  EXPECT_EQ(visited(), Tags());
}

TEST_F(Ready, VisitsAFlagOnceHoweverOftenItWasRaised) {
  const auto first = flag(1), second = flag(2);
  for (int round = 0; round < 3; ++round) {
    second->raise();
    first->raise();
    second->raise();
    EXPECT_EQ(visited(), Tags({2, 1}));
    EXPECT_EQ(visited(), Tags());
  }
}

TEST_F(Ready, VisitsAFlagThatIsRaisedDuringItsVisitTheNextTime) {
  const auto first = flag(1), second = flag(2);
  first->raise();
  for (int round = 0; round < 3; ++round) {
    Tags tags;
    list->visit([&](std::uint64_t tag) {
      tags.push_back(tag);
      first->raise();
      second->raise();
    });
    EXPECT_EQ(tags, round == 0 ? Tags({1}) : Tags({1, 2}));
  }
}

TEST_F(Ready, VisitsAFlagWhoseOwnerHasGone) {
  auto first = flag(1), second = flag(2);
  first->raise();
  second->raise();
  first.reset();
  EXPECT_EQ(visited(), Tags({1, 2}));
  second->raise();
  second.reset();
  EXPECT_EQ(visited(), Tags({2}));
}

TEST_F(Ready, NeedsNobodyWhoVisits) {
  const auto first = flag(1);
  auto second = flag(2);
  first->raise();
  list.reset();
  second->raise();
  second.reset();
  first->raise();
}

}  // namespace
}  // namespace barge::media
