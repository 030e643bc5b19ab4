// SPDX-License-Identifier: Apache-2.0
// Asking the authorizer, and what its answer comes to on this call.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {
namespace {

bool asks_for_listeners(const Settings& settings) {
  return settings.mode == Mode::takeover && settings.disposition == Disposition::listen;
}

UseLimits limits_of(const Obligations& obligations) {
  const auto value_of = [](const auto& obligation) {
    return obligation ? std::optional(obligation->value) : std::nullopt;
  };
  return {value_of(obligations.max_concurrent), value_of(obligations.max_per_agent_per_hour)};
}

/// Whether the settings go on with what was counted when the session took it up.
bool is_same_use(const Session& session, const Settings& settings) {
  return settings.mode == session.now.mode && settings.agent == session.now.agent;
}

void refuse(Decision& decision, DecisionCode code, const char* rule_code = "") {
  decision.effect = Effect::deny;
  decision.code = code;
  if (*rule_code != '\0') decision.rule_code = rule_code;
}

}  // namespace

Terms narrower(const Terms& a, const Terms& b) {
  Terms both;
  both.raises = Modes();
  for (const Mode mode : {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    if (a.raises.has(mode) && b.raises.has(mode)) both.raises = both.raises | mode;
  }
  both.agent_may_listen = a.agent_may_listen && b.agent_may_listen;
  both.consult = std::min(a.consult, b.consult);
  both.card_data = std::max(a.card_data, b.card_data);
  both.without_consent = std::min(a.without_consent, b.without_consent);
  both.whisper_on_agent_track = a.whisper_on_agent_track && b.whisper_on_agent_track;
  both.internal_calls = a.internal_calls && b.internal_calls;
  return both;
}

AccessRequest Bridge::Impl::question(const Session& session, const Settings& settings,
                                     const std::string& reason) const {
  const Member& supervisor = *roster_.get(session.supervisor);
  AccessRequest request;
  request.subject = {supervisor.person.id, supervisor.person.roles, supervisor.person.queues,
                     supervisor.person.team};
  request.action = {settings.mode, session.now.mode, reason};
  request.call.id = config_.call;
  request.call.queue = config_.queue;
  request.call.attributes = config_.attributes;
  if (const Member* const agent = roster_.get(settings.agent)) {
    request.call.agent = agent->person.id;
    request.call.agent_team = agent->person.team;
  }
  for (const ParticipantId party : roster_.plain_parties()) {
    request.call.parties.push_back(roster_.get(party)->person.id);
  }
  request.environment.now = clock_->wall();
  request.environment.sessions_on_call = static_cast<std::uint32_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [](const Session& other) { return other.now.mode != Mode::off; }));
  request.environment.heard = heard(session);
  request.environment.whisper_used =
      std::chrono::duration_cast<std::chrono::seconds>(session.whispered(clock_->steady()));
  return request;
}

/// Whether the agent may monitor: who is taken over from and stays is an observer.
AccessRequest Bridge::Impl::listener_question(const Settings& settings, const Member& agent) const {
  AccessRequest request;
  request.subject = {agent.person.id, agent.person.roles, agent.person.queues, agent.person.team};
  request.action = {Mode::monitor, Mode::off, {}};
  request.call.id = config_.call;
  request.call.queue = config_.queue;
  request.call.attributes = config_.attributes;
  request.call.agent = PersonGid(gid_of(settings.agent));
  request.environment.now = clock_->wall();
  return request;
}

Inquiry Bridge::Impl::inquire(const Session& session, const Settings& settings,
                              const std::string& reason, std::optional<WallTime> as_of) {
  Inquiry inquiry;
  AccessRequest request = question(session, settings, reason);
  if (as_of) request.environment.now = *as_of;
  inquiry.open = authorizer_->ask(request);
  inquiry.deadline = clock_->steady() + config_.authorizer_deadline;
  if (!asks_for_listeners(settings)) return inquiry;
  Settings taken = settings;
  taken.authorised = roster_.plain_parties();
  for (const PartyState& party : roster_.party_states()) {
    if (!replaces(taken.view(session.supervisor), party)) continue;
    inquiry.listeners.push_back(
        authorizer_->ask(listener_question(settings, *roster_.get(party.id))));
  }
  return inquiry;
}

/// Whether all answers are there. What has not been answered in time is denied.
bool Bridge::Impl::is_answered(Inquiry& inquiry) {
  const bool late = clock_->steady() >= inquiry.deadline;
  if (inquiry.open) {
    inquiry.decision = authorizer_->take_answer(*inquiry.open);
    if (inquiry.decision) {
      inquiry.open.reset();
    } else if (late) {
      inquiry.decision.emplace().code = DecisionCode::authorizer_unavailable;
    }
  }
  auto& listeners = inquiry.listeners;
  const auto answered = [&](AuthorizerTicket ticket) {
    const std::optional<Decision> decision = authorizer_->take_answer(ticket);
    if (!decision) return false;
    // What such a grant is bound to, nobody would see to.
    if (!decision->permitted() || !(required_kinds(decision->obligations) == ObligationKinds())) {
      inquiry.agents_may_listen = false;
    }
    return true;
  };
  listeners.erase(std::remove_if(listeners.begin(), listeners.end(), answered), listeners.end());
  if (!late) return inquiry.decision && listeners.empty();
  if (!listeners.empty()) inquiry.agents_may_listen = false;
  withdraw(inquiry);
  return true;
}

/// What the answer comes to, by the facts of now.
Decision Bridge::Impl::judgement(const Inquiry& inquiry, const Session& session,
                                 const Settings& settings, const std::string& reason) const {
  Decision decision = *inquiry.decision;
  enforce(decision, session, question(session, settings, reason));
  return decision;
}

/// Turns a permission into a denial where one of its obligations is not met or cannot be.
void Bridge::Impl::enforce(Decision& decision, const Session& session,
                           const AccessRequest& request) const {
  if (!decision.permitted()) return;
  const std::string& reason = request.action.reason;
  const Obligations& obligations = decision.obligations;
  const bool capped = obligations.max_concurrent || obligations.max_per_agent_per_hour;
  if (!config_.dischargeable.has(needed_from_host(obligations)) ||
      (capped && config_.usage == nullptr)) {
    return refuse(decision, DecisionCode::unsupported_obligation);
  }
  if (obligations.reason) {
    const auto& allowed = obligations.reason->value;
    const bool listed = std::find(allowed.begin(), allowed.end(), reason) != allowed.end();
    if (allowed.empty() ? reason.empty() : !listed) {
      return refuse(decision, DecisionCode::reason_required);
    }
  }
  if (obligations.monitor_first) {
    const auto missing = obligations.monitor_first->value - request.environment.heard;
    if (missing.count() > 0) {
      decision.retry_after = missing;
      return refuse(decision, DecisionCode::monitor_first);
    }
  }
  if (request.action.mode == Mode::whisper && obligations.max_whisper &&
      request.environment.whisper_used >= obligations.max_whisper->value) {
    return refuse(decision, DecisionCode::whisper_budget);
  }
  enforce_call(decision, session, request.action.mode);
}

/// What the terms of the permission, and those of the session, say about this call.
void Bridge::Impl::enforce_call(Decision& decision, const Session& session, Mode mode) const {
  const Terms& terms = decision.terms;
  const CallAttributes& call = config_.attributes;
  if (session.in_force() && mode > session.now.mode && !session.terms.raises.has(mode)) {
    return refuse(decision, DecisionCode::not_granted);
  }
  if (call.internal && !terms.internal_calls) {
    return refuse(decision, DecisionCode::forbidden, "internal_call");
  }
  if (session.in_force() && attends_alone(session)) return;
  if (refuses_consent() && mode > terms.without_consent) {
    return refuse(decision, DecisionCode::forbidden, "no_consent");
  }
  if (call.card_data && terms.card_data == CardData::end) {
    return refuse(decision, DecisionCode::forbidden, "card_data");
  }
}

Use Bridge::Impl::use_of(const Session& session, const Settings& settings) const {
  return {session.gid, session.supervisor_gid, PersonGid(gid_of(settings.agent)), settings.mode,
          clock_->wall()};
}

/// Whether the caps of a decision leave room for the session to take up the mode.
bool Bridge::Impl::has_room(const Session& session, const Settings& settings,
                            const Obligations& obligations) const {
  if (config_.usage == nullptr || is_same_use(session, settings)) return true;
  return config_.usage->has_room(use_of(session, settings), limits_of(obligations));
}

/// Counts the session's mode, where there is room.
bool Bridge::Impl::take_room(const Session& session, const Settings& settings,
                             const Obligations& obligations) {
  if (config_.usage == nullptr || is_same_use(session, settings)) return true;
  return config_.usage->begin(use_of(session, settings), limits_of(obligations));
}

void Bridge::Impl::withdraw(Inquiry& inquiry) {
  if (inquiry.open) authorizer_->forget(*inquiry.open);
  inquiry.open.reset();
  for (const AuthorizerTicket ticket : inquiry.listeners)
    authorizer_->forget(ticket);
  inquiry.listeners.clear();
}

void Bridge::Impl::withdraw(std::optional<Inquiry>& inquiry) {
  if (inquiry) withdraw(*inquiry);
  inquiry.reset();
}

}  // namespace barge
