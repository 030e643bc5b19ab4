// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include <barge/audit.hpp>

namespace barge {
namespace {

TEST(RecordTypes, AreWrittenAsSubjectDotVerbAllDifferent) {
  std::set<std::string_view> names;
  const int count = static_cast<int>(RecordType::attempt_refused) + 1;
  for (int type = 0; type < count; ++type) {
    const std::string_view text = name(static_cast<RecordType>(type));
    names.insert(text);
    const std::size_t dot = text.find('.');
    ASSERT_NE(dot, std::string_view::npos) << text;
    EXPECT_EQ(text.find('.', dot + 1), std::string_view::npos) << text;
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_."), std::string_view::npos);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(name(RecordType::decision_made), "decision.made");
  EXPECT_EQ(name(RecordType::takeover_rolled_back), "takeover.rolled_back");
}

TEST(Records, ConcernNoSessionAndNoSampleUnlessTheySaySo) {
  const AuditRecord record;
  EXPECT_TRUE(record.call.empty());
  EXPECT_TRUE(record.session.empty());
  EXPECT_FALSE(record.sample.has_value());
  EXPECT_TRUE(record.data.empty());
}

}  // namespace
}  // namespace barge
