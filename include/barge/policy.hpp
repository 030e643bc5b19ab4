// SPDX-License-Identifier: Apache-2.0
// Who may supervise what: the question, the one who answers it, and the built-in policy.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <barge/call_attributes.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/ids.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>

BARGE_NAMESPACE_BEGIN

struct Subject {
  PersonGid id{};
  std::vector<std::string> roles{};
  std::vector<std::string> queues{};
  std::string team{};
};

struct Action {
  Mode mode = Mode::monitor;
  Mode from = Mode::off;
  std::string reason{};
};

struct CallFacts {
  CallGid id{};
  std::string queue{};
  PersonGid agent{};
  std::string agent_team{};
  std::vector<PersonGid> parties{};  ///< customers and agents on the call
  CallAttributes attributes{};
};

struct Environment {
  WallTime now{};
  std::uint32_t sessions_on_call = 0;
  std::chrono::seconds heard{0};         ///< conversation heard in this session so far
  std::chrono::seconds whisper_used{0};  ///< whisper time of this session so far
};

/// One question: may this person do this on this call, now.
struct AccessRequest {
  Subject subject;
  Action action;
  CallFacts call;
  Environment environment;
};

/// Names one question put to an Authorizer.
enum class AuthorizerTicket : std::uint64_t {};

/// Answers questions, at once or later. One authorizer may serve many bridges.
class BARGE_API Authorizer {
 public:
  virtual ~Authorizer() = default;

  /// Puts a question; never waits for the answer.
  /// Thread: control. Realtime-safe: no.
  virtual AuthorizerTicket ask(const AccessRequest& request) = 0;

  /// The answer if it is there, once; the ticket is then over.
  /// Thread: control. Realtime-safe: no.
  virtual std::optional<Decision> take_answer(AuthorizerTicket ticket) = 0;

  /// Withdraws a question whose answer nobody waits for any more.
  /// Thread: control. Realtime-safe: no.
  virtual void forget(AuthorizerTicket ticket) = 0;
};

struct Rule {
  std::string id{};
  Effect effect = Effect::deny;       ///< deny is a forbid; without meaning where `tone` is there
  std::vector<std::string> roles{};   ///< the subject has one of them; empty: any subject
  std::vector<Mode> modes{};          ///< the action's mode is one of them; empty: any mode
  std::vector<std::string> queues{};  ///< the call's queue is one of them; empty: any queue
  bool own_queues = false;  ///< the call's queue is one of the subject's, besides `queues`
  std::string code{};       ///< of a forbid: what to answer
  /// Makes it a requirement: it neither permits nor forbids, and what is permitted where it matches
  /// carries the tone.
  std::optional<ToneObligation> tone{};
};

/// An immutable policy: default deny, a forbid beats every permit, the order of rules is without
/// meaning. The winner is the matching permit or forbid with the lowest id. Of several requirements
/// of one tone the strictest wins: all their targets, at leave if one says so, and the shortest
/// interval.
class BARGE_API Policy {
 public:
  /// The policy of these rules; their ids have to be distinct.
  /// Thread: any. Realtime-safe: no.
  Policy(PolicyVersion version, std::vector<Rule> rules);

  /// Decides; total and without effects.
  /// Thread: any. Realtime-safe: no.
  Decision evaluate(const AccessRequest& request) const;

  /// Thread: any. Realtime-safe: yes.
  const PolicyVersion& version() const noexcept { return version_; }

  /// Thread: any. Realtime-safe: yes.
  const std::vector<Rule>& rules() const noexcept { return rules_; }

 private:
  PolicyVersion version_;
  std::vector<Rule> rules_;  ///< by id
};

/// Answers from a policy in memory, at once. Without a policy every answer is a denial.
class BARGE_API PolicyAuthorizer final : public Authorizer {
 public:
  PolicyAuthorizer() = default;
  /// Thread: any. Realtime-safe: no.
  explicit PolicyAuthorizer(Policy policy);

  AuthorizerTicket ask(const AccessRequest& request) override;
  std::optional<Decision> take_answer(AuthorizerTicket ticket) override;
  void forget(AuthorizerTicket ticket) override;

 private:
  std::optional<Policy> policy_;
  std::vector<std::pair<AuthorizerTicket, Decision>> answers_;
  std::uint64_t asked_ = 0;
};

BARGE_NAMESPACE_END
