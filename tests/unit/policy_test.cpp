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
