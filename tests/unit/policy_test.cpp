// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include <barge/policy.hpp>

namespace barge {
namespace {

AccessRequest question(std::vector<std::string> roles, Mode mode, std::string queue = "sales") {
  AccessRequest request;
  request.subject.id = PersonGid("sue");
  request.subject.roles = std::move(roles);
  request.action.mode = mode;
  request.call.queue = std::move(queue);
  return request;
}

Rule permit(std::string id) {
  Rule rule;
  rule.id = std::move(id);
  rule.effect = Effect::permit;
  return rule;
}

Rule forbid(std::string id) {
  Rule rule;
  rule.id = std::move(id);
  return rule;
}

Rule require(std::string id, ToneObligation tone) {
  Rule rule;
  rule.id = std::move(id);
  rule.tone = std::move(tone);
  return rule;
}

TEST(Policies, WithoutRulesDenyEverything) {
  const Policy policy({"empty", 3, "ab"}, {});
  const Decision decision = policy.evaluate(question({"admin"}, Mode::monitor));
  EXPECT_FALSE(decision.permitted());
  EXPECT_EQ(decision.code, DecisionCode::no_rule);
  EXPECT_TRUE(decision.winner.empty());
  EXPECT_EQ(decision.policy.id, "empty");
  EXPECT_EQ(decision.policy.revision, 3U);
  EXPECT_EQ(decision.policy.hash, "ab");
}

TEST(Policies, PermitWhatARuleNamesAndNothingBeside) {
  Rule rule = permit("qa-listens");
  rule.roles = {"qa"};
  rule.modes = {Mode::monitor, Mode::whisper};
  rule.queues = {"sales"};
  const Policy policy({}, {rule});
  const Decision yes = policy.evaluate(question({"other", "qa"}, Mode::whisper));
  EXPECT_TRUE(yes.permitted());
  EXPECT_EQ(yes.code, DecisionCode::permitted);
  EXPECT_EQ(yes.winner, "qa-listens");
  EXPECT_FALSE(policy.evaluate(question({"other"}, Mode::whisper)).permitted());
  EXPECT_FALSE(policy.evaluate(question({}, Mode::whisper)).permitted());
  EXPECT_FALSE(policy.evaluate(question({"qa"}, Mode::barge)).permitted());
  EXPECT_FALSE(policy.evaluate(question({"qa"}, Mode::whisper, "legal")).permitted());
  EXPECT_FALSE(policy.evaluate(question({"qa"}, Mode::whisper, "")).permitted());
}

TEST(Policies, LetAForbidBeatEveryPermitWhateverTheOrder) {
  Rule no = forbid("no-legal");
  no.queues = {"legal"};
  no.code = "privileged";
  std::vector<Rule> rules{permit("a"), no, permit("z")};
  std::sort(rules.begin(), rules.end(), [](auto& a, auto& b) { return a.id < b.id; });
  do {
    const Policy policy({}, rules);
    const Decision decision = policy.evaluate(question({}, Mode::monitor, "legal"));
    EXPECT_FALSE(decision.permitted());
    EXPECT_EQ(decision.code, DecisionCode::forbidden);
    EXPECT_EQ(decision.winner, "no-legal");
    EXPECT_EQ(decision.rule_code, "privileged");
    EXPECT_EQ(decision.matched, (std::vector<std::string>{"a", "no-legal", "z"}));
    EXPECT_EQ(policy.evaluate(question({}, Mode::monitor)).winner, "a");
  } while (std::next_permutation(rules.begin(), rules.end(),
                                 [](auto& a, auto& b) { return a.id < b.id; }));
}

TEST(Policies, NameTheForbidWithTheLowestId) {
  const Policy policy({}, {forbid("f2"), permit("a"), forbid("f1")});
  EXPECT_EQ(policy.evaluate(question({}, Mode::monitor)).winner, "f1");
}

TEST(Policies, LetWhatTheyPermitCarryWhatTheyRequire) {
  Rule barging = require("r2", {"cue", NoticeTo::customer});
  barging.modes = {Mode::barge};
  const Rule always = require("r1", {"join", NoticeTo::agent});
  Rule other = require("r3", {"leave"});
  other.queues = {"legal"};
  const Policy policy({}, {other, barging, permit("p"), always});
  const Decision decision = policy.evaluate(question({}, Mode::barge));
  EXPECT_EQ(decision.winner, "p");
  EXPECT_EQ(decision.matched, (std::vector<std::string>{"p", "r1", "r2"}));
  const auto& tones = decision.obligations.tones;
  ASSERT_EQ(tones.size(), 2U);  // by the tones' ids
  EXPECT_EQ(tones[0].value.id, "cue");
  EXPECT_EQ(tones[0].value.to, NoticeTo::customer);
  EXPECT_EQ(tones[0].rule, "r2");
  EXPECT_EQ(tones[1].value.id, "join");
  EXPECT_EQ(tones[1].rule, "r1");
  EXPECT_EQ(policy.evaluate(question({}, Mode::monitor)).obligations.tones.size(), 1U);
}

TEST(Policies, GrantNothingByARequirement) {
  const Decision alone = Policy({}, {require("a", {"join"})}).evaluate(question({}, Mode::monitor));
  EXPECT_FALSE(alone.permitted());
  EXPECT_EQ(alone.code, DecisionCode::no_rule);
  const Decision forbidden = Policy({}, {require("a", {"join"}), permit("p"), forbid("z")})
                                 .evaluate(question({}, Mode::monitor));
  EXPECT_EQ(forbidden.winner, "z");
  EXPECT_TRUE(forbidden.obligations.tones.empty());
}

TEST(Policies, TakeTheStrictestOfSeveralRequirementsOfOneTone) {
  using std::chrono::milliseconds;
  std::vector<Rule> rules{permit("p"),
                          require("r1", {"join", NoticeTo::agent, false, milliseconds(0)}),
                          require("r2", {"join", NoticeTo::customer, true, milliseconds(9000)}),
                          require("r3", {"join", NoticeTo::agent, false, milliseconds(5000)})};
  for (std::size_t turned = 0; turned < rules.size(); ++turned) {
    std::rotate(rules.begin(), rules.begin() + 1, rules.end());
    const auto tones = Policy({}, rules).evaluate(question({}, Mode::barge)).obligations.tones;
    ASSERT_EQ(tones.size(), 1U);
    EXPECT_EQ(tones[0].value.to, NoticeTo::both);
    EXPECT_TRUE(tones[0].value.at_leave);
    EXPECT_EQ(tones[0].value.repeat, milliseconds(5000));
    EXPECT_EQ(tones[0].rule, "r1");
  }
}

TEST(Policies, CanBeBoundToTheSubjectsOwnQueues) {
  Rule rule = permit("own");
  rule.own_queues = true;
  const Policy policy({}, {rule});
  AccessRequest request = question({}, Mode::barge);
  EXPECT_FALSE(policy.evaluate(request).permitted());
  request.subject.queues = {"support", "sales"};
  EXPECT_TRUE(policy.evaluate(request).permitted());
  request.call.queue = "legal";
  EXPECT_FALSE(policy.evaluate(request).permitted());
}

TEST(PolicyAuthorizers, WithoutAPolicyDeny) {
  PolicyAuthorizer authorizer;
  const auto answer = authorizer.take_answer(authorizer.ask(question({}, Mode::monitor)));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->permitted());
  EXPECT_EQ(answer->code, DecisionCode::no_policy);
}

TEST(PolicyAuthorizers, AnswerEachQuestionOnceWhateverTheOrder) {
  Rule rule = permit("monitor");
  rule.modes = {Mode::monitor};
  PolicyAuthorizer authorizer(Policy({}, {rule}));
  const auto monitor = authorizer.ask(question({}, Mode::monitor));
  const auto barge = authorizer.ask(question({}, Mode::barge));
  EXPECT_FALSE(authorizer.take_answer(barge).value().permitted());
  EXPECT_TRUE(authorizer.take_answer(monitor).value().permitted());
  EXPECT_FALSE(authorizer.take_answer(monitor));
}

TEST(PolicyAuthorizers, ForgetWhatNobodyWaitsForAnyMore) {
  PolicyAuthorizer authorizer;
  const auto ticket = authorizer.ask(question({}, Mode::monitor));
  authorizer.forget(ticket);
  EXPECT_FALSE(authorizer.take_answer(ticket));
}

}  // namespace
}  // namespace barge
