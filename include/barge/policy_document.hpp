// SPDX-License-Identifier: Apache-2.0
// Policies from JSON documents, of barge::policy. The documents are a strict subset of
// barge.policy/1:
//
//   { "schema": "barge.policy/1", "id": "acme", "revision": 42,
//     "roles": { "qa": {"modes": ["monitor", "whisper"]}, "team_lead": {} },
//     "rules": [
//       {"id": "qa-listens", "effect": "permit", "roles": ["qa"],
//        "modes": ["monitor", "whisper"], "queues": ["*"]},
//       {"id": "lead-own-queue", "effect": "permit", "roles": ["team_lead"],
//        "modes": ["*"], "queues": ["$subject.queues"]},
//       {"id": "no-legal", "effect": "forbid", "modes": ["*"], "queues": ["legal"],
//        "code": "privileged"},
//       {"id": "announced", "effect": "require", "modes": ["barge", "takeover"],
//        "obligations": {"tone": {"id": "join", "to": "both"}}} ] }
//
// A permit says whom, what and where; a forbid and a require apply to everyone and everything that
// they do not name. A role's modes bound what permits may give it. Only a require carries
// obligations, and grants nothing: "tone" has the "id" of a known tone and may say "to" whom
// ("agent", "customer" or, if it does not say, "both"), whether "at_leave", too, and "repeat_ms",
// the interval at which it sounds again. Strings are at most 256 bytes of UTF-8, a document at most
// 64 MiB.
#pragma once

#include <string>
#include <string_view>

#include <barge/config.hpp>
#include <barge/policy.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

/// The policy of a text. Its version carries the SHA-256 of the text's bytes (FIPS 180-4).
/// Fails with bad_document; the message holds every error, one `origin:line:column: …` to a line.
/// Thread: any. Realtime-safe: no.
BARGE_API Result<Policy> parse_policy(const std::string& origin, std::string_view text);

/// The policy of a file. Fails with io, or as parse_policy does.
/// Thread: any. Realtime-safe: no.
BARGE_API Result<Policy> load_policy(const std::string& path);

BARGE_NAMESPACE_END
