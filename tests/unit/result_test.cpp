// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <barge/result.hpp>

namespace barge {
namespace {

TEST(Results, HoldAValueOrAnError) {
  const Result<int> good = 7;
  ASSERT_TRUE(good);
  EXPECT_EQ(good.value(), 7);
  const Result<int> bad = Error{Errc::io, "no space left"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::io);
  EXPECT_EQ(bad.error().message, "no space left");
}

TEST(Results, GiveAwayAValueThatOnlyMoves) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  EXPECT_EQ(**result, 7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Results, LetTheValueBeReachedByArrow) {
  Result<std::string> result = std::string("abc");
  EXPECT_EQ(result->size(), 3U);
  *result = "d";
  EXPECT_EQ(result.value(), "d");
}

TEST(ResultsDeathTest, EndTheProgramWhenTheWrongSideIsAskedFor) {
  const Result<int> good = 7;
  const Result<int> bad = Error{Errc::io, "no"};
  EXPECT_DEATH(static_cast<void>(bad.value()), "");
  EXPECT_DEATH(static_cast<void>(good.error()), "");
}

TEST(Errors, HaveStableNamesAllDifferent) {
  EXPECT_EQ(name(Errc::invalid_argument), "invalid_argument");
  EXPECT_EQ(name(Errc::concurrent_control), "concurrent_control");
  EXPECT_EQ(name(Errc::io), "io");
  std::set<std::string_view> names;
  for (int code = 1; code <= static_cast<int>(Errc::io); ++code)
    names.insert(name(static_cast<Errc>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Errc::io));
  EXPECT_EQ(names.count("?"), 0U);
}

}  // namespace
}  // namespace barge
