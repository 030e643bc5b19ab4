// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barge/policy_document.hpp>

namespace {

using namespace barge;  // NOLINT: the tests speak the library's words
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::string_view acme = R"({
  "schema": "barge.policy/1", "id": "acme", "revision": 42,
  "roles": { "qa": {"modes": ["monitor", "whisper"]}, "team_lead": {}, "trainee": {} },
  "rules": [
    {"id": "qa-listens", "effect": "permit", "roles": ["qa"],
     "modes": ["monitor", "whisper"], "queues": ["*"]},
    {"id": "lead-own-queue", "effect": "permit", "roles": ["team_lead"],
     "modes": ["*"], "queues": ["$subject.queues", "overflow"]},
    {"id": "no-legal", "effect": "forbid", "modes": ["*"], "queues": ["legal"],
     "code": "privileged"},
    {"id": "trainee-never", "effect": "forbid", "roles": ["trainee"]}
  ]
})";

// As sha256sum prints it.
constexpr std::string_view acme_sha256 =
    "16328335feab9c877c76a8eeddb146b2622e422130e4be00fcae8bfe3b50fc1f";

Policy policy(std::string_view text) {
  Result<Policy> parsed = parse_policy("p.json", text);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return std::move(parsed).value();
}

std::string refusal(std::string_view text) {
  const Result<Policy> parsed = parse_policy("p.json", text);
  if (parsed) return "accepted";
  EXPECT_EQ(parsed.error().code, Errc::bad_document);
  return parsed.error().message;
}

// A document with these roles and rules.
std::string document(std::string_view roles, std::string_view rules) {
  return R"({"schema":"barge.policy/1","id":"x","revision":1,"roles":)" + std::string(roles) +
         ",\n\"rules\":" + std::string(rules) + "}";
}

Decision decide(const Policy& policy, std::vector<std::string> roles, Mode mode, std::string queue,
                std::vector<std::string> own_queues = {}) {
  AccessRequest request;
  request.subject.roles = std::move(roles);
  request.subject.queues = std::move(own_queues);
  request.action.mode = mode;
  request.call.queue = std::move(queue);
  return policy.evaluate(request);
}

TEST(PolicyDocument, BecomesThePolicyThatItSays) {
  const Policy loaded = policy(acme);
  EXPECT_EQ(loaded.version().id, "acme");
  EXPECT_EQ(loaded.version().revision, 42u);
  EXPECT_EQ(loaded.version().hash, acme_sha256);
  EXPECT_EQ(loaded.rules().size(), 4u);

  EXPECT_EQ(decide(loaded, {"qa"}, Mode::whisper, "sales").winner, "qa-listens");
  EXPECT_EQ(decide(loaded, {"qa"}, Mode::barge, "sales").code, DecisionCode::no_rule);
  EXPECT_TRUE(decide(loaded, {"team_lead"}, Mode::takeover, "sales", {"sales"}).permitted());
  EXPECT_TRUE(decide(loaded, {"team_lead"}, Mode::monitor, "overflow").permitted());
  EXPECT_FALSE(decide(loaded, {"team_lead"}, Mode::monitor, "sales", {"support"}).permitted());
  EXPECT_FALSE(decide(loaded, {"team_lead"}, Mode::monitor, "sales").permitted());
  EXPECT_FALSE(decide(loaded, {}, Mode::monitor, "sales").permitted());
}

TEST(PolicyDocument, AForbidAppliesToAllThatItDoesNotName) {
  const Policy loaded = policy(acme);
  const Decision legal = decide(loaded, {"qa"}, Mode::monitor, "legal");
  EXPECT_FALSE(legal.permitted());
  EXPECT_EQ(legal.code, DecisionCode::forbidden);
  EXPECT_EQ(legal.winner, "no-legal");
  EXPECT_EQ(legal.rule_code, "privileged");
  EXPECT_THAT(legal.matched, UnorderedElementsAre("no-legal", "qa-listens"));
  EXPECT_EQ(decide(loaded, {"qa", "trainee"}, Mode::monitor, "sales").winner, "trainee-never");
}

TEST(PolicyDocument, APermitMustSayWhomWhatAndWhere) {
  EXPECT_EQ(refusal(document("{}", R"([{"id":"a","effect":"permit"}])")),
            "p.json:2:10: /rules/0: missing key `roles`; expected an array\n"
            "p.json:2:10: /rules/0: missing key `modes`; expected an array\n"
            "p.json:2:10: /rules/0: missing key `queues`; expected an array");
}

TEST(PolicyDocument, AnEmptyListIsNotTakenForEverything) {
  EXPECT_EQ(
      refusal(document(R"({"qa":{"modes":[]}})",
                       R"([{"id":"a","effect":"forbid","roles":[],"modes":[],"queues":[]}])")),
      "p.json:1:73: /roles/qa/modes: expected at least one element\n"
      "p.json:2:46: /rules/0/roles: expected at least one element\n"
      "p.json:2:57: /rules/0/modes: expected at least one element\n"
      "p.json:2:69: /rules/0/queues: expected at least one element");
}

TEST(PolicyDocument, ReportsEveryErrorAtOnce) {
  EXPECT_EQ(
      refusal(R"({"schema": "barge.policy/2", "id": "", "revision": -1, "rool": {},
 "roles": {"qa": {"modes": ["monitr"]}, "lead": 7},
 "rules": [
  {"id": "a", "effect": "allow", "roles": ["q"], "modes": ["bargee"], "queues": ["$subject.queue"]},
  {"id": "a", "effect": "permit", "roles": ["qa"], "modes": ["*", "barge"], "queues": ["*"],
   "code": "x", "quues": []}]})"),
      "p.json:1:12: /schema: expected `barge.policy/1`, got `barge.policy/2`\n"
      "p.json:1:36: /id: expected a non-empty string, got an empty string\n"
      "p.json:1:52: /revision: expected an integer of at least 0, got `-1`\n"
      "p.json:1:56: /rool: unknown key `rool`; the nearest is `roles`\n"
      "p.json:2:29: /roles/qa/modes/0: unknown mode `monitr`; the nearest is `monitor`\n"
      "p.json:2:49: /roles/lead: expected an object, got `7`\n"
      "p.json:4:25: /rules/0/effect: expected `permit`, `forbid` or `require`, got `allow`; the "
      "nearest is `permit`\n"
      "p.json:4:44: /rules/0/roles/0: unknown role `q`; the nearest is `qa`\n"
      "p.json:4:60: /rules/0/modes/0: unknown mode `bargee`; the nearest is `barge`\n"
      "p.json:4:82: /rules/0/queues/0: unknown variable `$subject.queue`; the nearest is "
      "`$subject.queues`\n"
      "p.json:5:10: /rules/1/id: duplicate rule id `a`, first at 4:10\n"
      "p.json:5:62: /rules/1/modes/0: `*` stands alone\n"
      "p.json:6:12: /rules/1/code: only a forbid has a code\n"
      "p.json:6:17: /rules/1/quues: unknown key `quues`; the nearest is `queues`");
}

TEST(PolicyDocument, ARoleIsPermittedNoMoreThanItsModes) {
  const std::string roles = R"({"qa":{"modes":["monitor"]}})";
  EXPECT_EQ(refusal(document(roles, R"([{"id":"a","effect":"permit","roles":["qa"],
"modes":["monitor","barge"],"queues":["*"]}])")),
            "p.json:3:9: /rules/0/modes: permits `barge` to role `qa`, whose modes do not have it");
  EXPECT_THAT(refusal(document(roles, R"([{"id":"a","effect":"permit","roles":["qa"],
"modes":["*"],"queues":["*"]}])")),
              HasSubstr("permits `takeover` to role `qa`"));
}

TEST(PolicyDocument, WhatTheSchemaHasAndThisReaderHasNotIsNamed) {
  const std::string text = document(R"({"lead":{"inherits":["qa"]}})",
                                    R"([{"id":"a","effect":"forbid","when":{"shift":"on"}}])");
  EXPECT_EQ(refusal(text),
            "p.json:1:78: /roles/lead/inherits: `inherits` is not supported yet\n"
            "p.json:2:45: /rules/0/when: `when` is not supported yet");
  EXPECT_THAT(refusal(R"({"timezone":"UTC"})"), HasSubstr("`timezone` is not supported yet"));
}

TEST(PolicyDocument, ARequirementIsTheToneThatItSays) {
  const Policy loaded = policy(document(R"({"lead":{}})", R"([
{"id":"leads","effect":"permit","roles":["lead"],"modes":["*"],"queues":["*"]},
{"id":"announced","effect":"require","modes":["barge"],"queues":["sales"],
 "obligations":{"tone":{"id":"join","to":"agent","at_leave":true,"repeat_ms":15000}}},
{"id":"warned","effect":"require","modes":["takeover"],"obligations":{"tone":{"id":"cue"}}}])"));
  const auto barge = decide(loaded, {"lead"}, Mode::barge, "sales").obligations.tones;
  ASSERT_EQ(barge.size(), 1U);
  EXPECT_EQ(barge[0].rule, "announced");
  EXPECT_EQ(barge[0].value.id, "join");
  EXPECT_EQ(barge[0].value.to, NoticeTo::agent);
  EXPECT_TRUE(barge[0].value.at_leave);
  EXPECT_EQ(barge[0].value.repeat.count(), 15000);
  const auto takeover = decide(loaded, {"lead"}, Mode::takeover, "sales").obligations.tones;
  ASSERT_EQ(takeover.size(), 1U);
  EXPECT_EQ(takeover[0].value.to, NoticeTo::both);
  EXPECT_FALSE(takeover[0].value.at_leave);
  EXPECT_EQ(takeover[0].value.repeat.count(), 0);
  EXPECT_TRUE(decide(loaded, {"lead"}, Mode::monitor, "sales").obligations.tones.empty());
  EXPECT_TRUE(decide(loaded, {"lead"}, Mode::barge, "legal").obligations.tones.empty());
}

TEST(PolicyDocument, ARequirementSaysWhatIsRequiredAndOfWhichTone) {
  const std::string rules = R"([
{"id":"a","effect":"require","obligations":{"tone":{"id":"jion","to":"agents","repeat_ms":-1}}},
{"id":"b","effect":"require"},
{"id":"c","effect":"require","obligations":{"visual":true}},
{"id":"d","effect":"require","code":"x","obligations":{"tone":{"id":"join","hz":440}}},
{"id":"e","effect":"forbid","obligations":{"tone":{"id":"join"}}}])";
  EXPECT_EQ(
      refusal(document("{}", rules)),
      "p.json:3:58: /rules/0/obligations/tone/id: unknown tone `jion`; the nearest is `join`\n"
      "p.json:3:70: /rules/0/obligations/tone/to: expected `agent`, `customer` or `both`, got "
      "`agents`; the nearest is `agent`\n"
      "p.json:3:91: /rules/0/obligations/tone/repeat_ms: expected an integer from 0 to 3600000, "
      "got `-1`\n"
      "p.json:4:1: /rules/1: missing key `obligations`; expected an object\n"
      "p.json:5:44: /rules/2/obligations: missing key `tone`; expected an object\n"
      "p.json:5:54: /rules/2/obligations/visual: `visual` is not supported yet\n"
      "p.json:6:37: /rules/3/code: only a forbid has a code\n"
      "p.json:6:76: /rules/3/obligations/tone/hz: unknown key `hz`; the nearest is `id`\n"
      "p.json:7:43: /rules/4/obligations: only a require has obligations");
}

TEST(PolicyDocument, BadJsonIsRefusedWhereItIs) {
  EXPECT_EQ(refusal("{\"id\":\"a\",\n\"id\":\"b\"}"),
            "p.json:2:1: duplicate key `id`, first at 1:2");
  EXPECT_EQ(refusal("[]"), "p.json:1:1: expected an object, got an array");
}

TEST(PolicyDocument, WithoutRulesNothingIsPermitted) {
  EXPECT_FALSE(decide(policy(document("{}", "[]")), {"qa"}, Mode::monitor, "").permitted());
}

TEST(PolicyDocument, IsLoadedFromAFile) {
  const std::string path = ::testing::TempDir() + "policy_document_test.json";
  std::ofstream(path, std::ios::binary) << acme;
  const Result<Policy> loaded = load_policy(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded.value().version().hash, acme_sha256);
  std::ofstream(path, std::ios::binary) << "{\n}x";
  EXPECT_EQ(load_policy(path).error().message,
            path + ":2:2: unexpected content after the end of the document");
  std::remove(path.c_str());
  EXPECT_EQ(load_policy(path).error().code, Errc::io);
}

}  // namespace
