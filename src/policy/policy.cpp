// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <barge/policy.hpp>

BARGE_NAMESPACE_BEGIN

namespace {

template <class T>
bool has(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool matches(const Rule& rule, const AccessRequest& request) {
  const auto& held = request.subject.roles;
  const bool role = rule.roles.empty() || std::any_of(held.begin(), held.end(), [&](const auto& r) {
                      return has(rule.roles, r);
                    });
  const bool mode = rule.modes.empty() || has(rule.modes, request.action.mode);
  const std::string& queue = request.call.queue;
  const bool any_queue = rule.queues.empty() && !rule.own_queues;
  const bool own_queue = rule.own_queues && has(request.subject.queues, queue);
  return role && mode && (any_queue || own_queue || has(rule.queues, queue));
}

void add_tone(std::vector<Obliged<ToneObligation>>& tones, const ToneObligation& tone,
              const std::string& rule) {
  const auto place =
      std::lower_bound(tones.begin(), tones.end(), tone.id,
                       [](const auto& known, const auto& id) { return known.value.id < id; });
  if (place == tones.end() || place->value.id != tone.id) {
    tones.insert(place, {tone, rule});
    return;
  }
  ToneObligation& known = place->value;
  if (known.to != tone.to) known.to = NoticeTo::both;
  known.at_leave = known.at_leave || tone.at_leave;
  const bool once = known.repeat.count() == 0;
  if (once || (tone.repeat.count() != 0 && tone.repeat < known.repeat)) known.repeat = tone.repeat;
}

}  // namespace

Policy::Policy(PolicyVersion version, std::vector<Rule> rules)
    : version_(std::move(version)), rules_(std::move(rules)) {
  std::sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
}

Decision Policy::evaluate(const AccessRequest& request) const {
  Decision decision;
  decision.code = DecisionCode::no_rule;
  decision.policy = version_;
  decision.facts = {{"mode", std::string(name(request.action.mode))},
                    {"queue", request.call.queue}};
  const Rule* winner = nullptr;
  std::vector<Obliged<ToneObligation>> tones;
  for (const Rule& rule : rules_) {
    if (!matches(rule, request)) continue;
    decision.matched.push_back(rule.id);
    if (rule.tone) {
      add_tone(tones, *rule.tone, rule.id);
      continue;
    }
    const bool first_forbid =
        rule.effect == Effect::deny && (winner == nullptr || winner->effect == Effect::permit);
    if (winner == nullptr || first_forbid) winner = &rule;
  }
  if (winner == nullptr) return decision;
  decision.winner = winner->id;
  decision.rule_code = winner->code;
  decision.effect = winner->effect;
  decision.code = decision.permitted() ? DecisionCode::permitted : DecisionCode::forbidden;
  if (decision.permitted()) decision.obligations.tones = std::move(tones);
  return decision;
}

PolicyAuthorizer::PolicyAuthorizer(Policy policy) : policy_(std::move(policy)) {}

AuthorizerTicket PolicyAuthorizer::ask(const AccessRequest& request) {
  const AuthorizerTicket ticket{++asked_};
  answers_.emplace_back(ticket, policy_ ? policy_->evaluate(request) : Decision{});
  return ticket;
}

std::optional<Decision> PolicyAuthorizer::take_answer(AuthorizerTicket ticket) {
  const auto found = std::find_if(answers_.begin(), answers_.end(),
                                  [&](const auto& answer) { return answer.first == ticket; });
  if (found == answers_.end()) return std::nullopt;
  Decision decision = std::move(found->second);
  answers_.erase(found);
  return decision;
}

void PolicyAuthorizer::forget(AuthorizerTicket ticket) {
  static_cast<void>(take_answer(ticket));
}

BARGE_NAMESPACE_END
