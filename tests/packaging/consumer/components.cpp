// SPDX-License-Identifier: Apache-2.0
// Needs every part of barge::policy and barge::audit, the JSON reader within them included.
#include <cstdio>
#include <string>

#include <barge/json_lines_sink.hpp>
#include <barge/policy_document.hpp>

int main(int, char** argv) {
  const auto policy = barge::parse_policy("inline", R"({
    "schema": "barge.policy/1", "id": "acme", "revision": 42, "roles": {"qa": {}},
    "rules": [{"id": "qa", "effect": "permit", "roles": ["qa"], "modes": ["*"], "queues": ["*"]}]
  })");
  if (!policy) {
    std::puts(policy.error().message.c_str());
    return 1;
  }
  if (policy.value().version().revision != 42) return 2;

  barge::JsonLinesConfig config;
  config.path = std::string(argv[0]) + ".audit.jsonl";
  auto sink = barge::JsonLinesSink::open(config);
  if (!sink) {
    std::puts(sink.error().message.c_str());
    return 3;
  }
  return sink.value()->close() ? 0 : 4;
}
