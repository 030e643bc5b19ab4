// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include <barge/decision.hpp>

namespace barge {
namespace {

using namespace std::chrono_literals;

constexpr ObligationKind all_kinds[] = {ObligationKind::tone,        ObligationKind::phrase,
                                        ObligationKind::visual,      ObligationKind::recording,
                                        ObligationKind::pause_media, ObligationKind::four_eyes,
                                        ObligationKind::notify};

TEST(Decisions, DenyUntilSomebodySaysOtherwise) {
  const Decision decision;
  EXPECT_FALSE(decision.permitted());
  EXPECT_EQ(decision.code, DecisionCode::no_policy);
  EXPECT_EQ(decision.on_revoke.downgrade_to, Mode::off);
}

TEST(Decisions, HaveCodesWithStableNamesAllDifferent) {
  EXPECT_EQ(name(DecisionCode::no_policy), "no_policy");
  EXPECT_EQ(name(DecisionCode::takeover_in_force), "takeover_in_force");
  std::set<std::string_view> names;
  const int count = static_cast<int>(DecisionCode::takeover_in_force) + 1;
  for (int code = 0; code < count; ++code)
    names.insert(name(static_cast<DecisionCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(names.count("?"), 0U);
}

TEST(ObligationKinds, AreASet) {
  const ObligationKinds none;
  for (const ObligationKind kind : all_kinds) {
    EXPECT_FALSE(none.has(kind));
    EXPECT_TRUE(ObligationKinds(kind).has(kind));
    EXPECT_TRUE(ObligationKinds(kind).has(none));
    for (const ObligationKind other : all_kinds) {
      EXPECT_EQ((ObligationKinds(kind).has(other)), kind == other);
      EXPECT_TRUE((kind | other).has(kind));
      EXPECT_EQ((kind | other), (other | kind));
    }
  }
}

TEST(ObligationKinds, AreNamedEachByItsOwnName) {
  std::set<std::string_view> names;
  for (const ObligationKind kind : all_kinds)
    names.insert(name(kind));
  EXPECT_EQ(names.size(), std::size(all_kinds));
  EXPECT_EQ(names.count("?"), 0U);
}

TEST(Obligations, AskForExactlyTheKindsThatTheyHold) {
  const std::pair<ObligationKind, std::function<void(Obligations&)>> cases[] = {
      {ObligationKind::tone,
       [](auto& o) {
         o.tones.push_back({{"beep"}, "r"});
       }},
      {ObligationKind::phrase,
       [](auto& o) {
         o.phrases.push_back({{"notice"}, "r"});
       }},
      {ObligationKind::visual,
       [](auto& o) {
         o.visual = {{}, "r"};
       }},
      {ObligationKind::recording,
       [](auto& o) {
         o.recording_required = {true, "r"};
       }},
      {ObligationKind::pause_media,
       [](auto& o) {
         o.pause_media = {true, "r"};
       }},
      {ObligationKind::four_eyes,
       [](auto& o) {
         o.four_eyes = {true, "r"};
       }},
      {ObligationKind::notify,
       [](auto& o) {
         o.notify = {{"qa"}, "r"};
       }},
  };
  EXPECT_EQ(required_kinds({}), ObligationKinds());
  ObligationKinds all;
  Obligations everything;
  for (const auto& [kind, add] : cases) {
    Obligations one;
    add(one);
    add(everything);
    EXPECT_EQ(required_kinds(one), ObligationKinds(kind)) << name(kind);
    all = all | kind;
  }
  EXPECT_EQ(required_kinds(everything), all);
}

TEST(Obligations, ThatTheBridgeKeepsItselfAskNothingOfTheHost) {
  Obligations limits;
  limits.reason = {{"coaching"}, "r"};
  limits.monitor_first = {10s, "r"};
  limits.max_whisper = {60s, "r"};
  limits.max_session = {600s, "r"};
  limits.max_concurrent = {1U, "r"};
  limits.ttl = {5s, "r"};
  EXPECT_EQ(required_kinds(limits), ObligationKinds());
}

TEST(Obligations, ThatAreSwitchedOffAskNothing) {
  Obligations off;
  off.recording_required = {false, "r"};
  off.pause_media = {false, "r"};
  off.four_eyes = {false, "r"};
  EXPECT_EQ(required_kinds(off), ObligationKinds());
}

}  // namespace
}  // namespace barge
