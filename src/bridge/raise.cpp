// SPDX-License-Identifier: Apache-2.0
// The states that every raise goes through, in this order and no other:
// requested → recorded → durable → obliged → judged again → applied.
#include <algorithm>

#include "bridge/duties.hpp"
#include "bridge/impl.hpp"

namespace barge {
namespace {

/// How long after a log that was down the edges to a newcomer are asked for again.
constexpr std::chrono::seconds extension_retry{1};

bool begins_takeover(const Session& session) {
  return session.pending->to.mode == Mode::takeover && session.now.mode != Mode::takeover;
}

}  // namespace
/// Begins a raise. `to.authorised` becomes everybody who is on the call now.
void Bridge::Impl::propose(Session& session, Settings to, std::string reason, Cause cause) {
  session.last_denial.reset();
  Pending& pending = session.pending.emplace();
  pending.to = std::move(to);
  pending.to.authorised = roster_.plain_parties();
  pending.reason = std::move(reason);
  pending.cause = cause;
  pending.deadline = clock_->steady() + config_.authorizer_deadline;
  auto fields = settings_fields(pending.to, roster_);
  fields.push_back({"cause", std::string(name(cause))});
  journal_.append(RecordType::session_requested, session, std::move(fields));
  pending.question = authorizer_->ask(question(session, pending.to, pending.reason));
  advance_requested(session);
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
  if (session.joined_sample) {
    const auto samples = engine_->position().samples() - session.joined_sample->samples();
    request.environment.heard = std::chrono::seconds(samples / hertz(config_.format.rate));
  }
  request.environment.whisper_used =
      std::chrono::duration_cast<std::chrono::seconds>(session.whispered(clock_->steady()));
  return request;
}

void Bridge::Impl::advance(Session& session) {
  bool moved = true;
  while (moved && session.pending) {
    switch (session.pending->state) {
      case RaiseState::requested:
        moved = advance_requested(session);
        break;
      case RaiseState::recorded:
        moved = advance_recorded(session);
        break;
      case RaiseState::durable:
        moved = advance_durable(session);
        break;
      case RaiseState::obliged:
        moved = advance_obliged(session);
        break;
      default:
        moved = false;
        break;
    }
  }
}

/// The answer to the pending question once it is there; in its absence, past the deadline, a
/// denial.
std::optional<Decision> Bridge::Impl::answer(Session& session) {
  Pending& pending = *session.pending;
  std::optional<Decision> decision = authorizer_->take_answer(*pending.question);
  if (!decision) {
    if (clock_->steady() < pending.deadline) return std::nullopt;
    withdraw(pending.question);
    decision.emplace().code = DecisionCode::authorizer_unavailable;
  }
  pending.question.reset();
  enforce(*decision, question(session, pending.to, pending.reason));
  return decision;
}

/// Turns a permission into a denial where one of its obligations is not met or cannot be.
void Bridge::Impl::enforce(Decision& decision, const AccessRequest& request) const {
  if (!decision.permitted()) return;
  const std::string& reason = request.action.reason;
  const Obligations& obligations = decision.obligations;
  const auto refuse = [&](DecisionCode code) {
    decision.effect = Effect::deny;
    decision.code = code;
  };
  if (!config_.dischargeable.has(required_kinds(obligations))) {
    return refuse(DecisionCode::unsupported_obligation);
  }
  if (obligations.reason) {
    const auto& allowed = obligations.reason->value;
    const bool listed = std::find(allowed.begin(), allowed.end(), reason) != allowed.end();
    if (allowed.empty() ? reason.empty() : !listed) return refuse(DecisionCode::reason_required);
  }
  if (obligations.monitor_first) {
    const auto missing = obligations.monitor_first->value - request.environment.heard;
    if (missing.count() > 0) {
      decision.retry_after = missing;
      return refuse(DecisionCode::monitor_first);
    }
  }
  if (request.action.mode == Mode::whisper && obligations.max_whisper &&
      request.environment.whisper_used >= obligations.max_whisper->value) {
    refuse(DecisionCode::whisper_budget);
  }
}

std::optional<AuditTicket> Bridge::Impl::record_decision(Session& session, const Decision& decision,
                                                         const AccessRequest& request) {
  return journal_.append(RecordType::decision_made, session, decision_fields(decision, request));
}

bool Bridge::Impl::advance_requested(Session& session) {
  std::optional<Decision> decision = answer(session);
  if (!decision) return false;
  Pending& pending = *session.pending;
  pending.record =
      record_decision(session, *decision, question(session, pending.to, pending.reason));
  pending.decision = std::move(*decision);
  if (!pending.decision.permitted()) {
    deny(session, Decision(pending.decision));  // its own is about to go
  } else if (!pending.record) {
    deny(session, DecisionCode::audit_unavailable);
  } else {
    pending.state = RaiseState::recorded;
    pending.deadline = clock_->steady() + config_.audit_deadline;
  }
  return true;
}

bool Bridge::Impl::advance_recorded(Session& session) {
  Pending& pending = *session.pending;
  const Durability durability = journal_.durability(*pending.record);
  if (clock_->steady() >= pending.deadline || durability == Durability::failed) {
    session.late_records.push_back(*pending.record);
    deny(session, DecisionCode::audit_unavailable);
    return true;
  }
  if (durability == Durability::pending) return false;
  pending.state = RaiseState::durable;
  pending.deadline = clock_->steady() + config_.obligation_deadline;
  if (const auto& ttl = pending.decision.obligations.ttl) {
    pending.deadline = std::min(pending.deadline, clock_->steady() + ttl->value);
  }
  start_duties(session);
  return true;
}

void Bridge::Impl::start_duties(Session& session) {
  for (ObligationDue& due : duties_of(session.pending->decision.obligations)) {
    add_duty(session, std::move(due));
  }
}

void Bridge::Impl::add_duty(Session& session, ObligationDue due) {
  due.session = session.id;
  due.obligation = ObligationId{++obligations_made_};
  journal_.append(RecordType::obligation_started, session,
                  {{"obligation", static_cast<std::int64_t>(due.obligation)},
                   {"kind", std::string(name(due.kind))},
                   {"id", due.id},
                   {"rule", due.rule}});
  session.pending->duties.push_back({due.obligation, false});
  events_.emplace_back(std::move(due));
}

bool Bridge::Impl::advance_durable(Session& session) {
  Pending& pending = *session.pending;
  const bool all = std::all_of(pending.duties.begin(), pending.duties.end(),
                               [](const Duty& duty) { return duty.fulfilled; });
  if (!all) {
    if (clock_->steady() < pending.deadline) return false;
    deny(session, DecisionCode::notice_undeliverable);
    return true;
  }
  pending.state = RaiseState::obliged;
  pending.deadline = clock_->steady() + config_.authorizer_deadline;
  pending.question = authorizer_->ask(question(session, pending.to, pending.reason));
  return true;
}

Status Bridge::Impl::complete(ObligationId obligation, Fulfilment fulfilment) {
  for (Session& session : sessions_) {
    if (!session.pending) continue;
    for (Duty& duty : session.pending->duties) {
      if (duty.id != obligation || duty.fulfilled) continue;
      const bool done = fulfilment == Fulfilment::fulfilled;
      journal_.append(done ? RecordType::obligation_fulfilled : RecordType::obligation_failed,
                      session, {{"obligation", static_cast<std::int64_t>(obligation)}},
                      engine_->position());
      duty.fulfilled = done;
      if (!done) deny(session, DecisionCode::notice_undeliverable);
      sweep();
      return Ok{};
    }
  }
  return Error{Errc::nothing_pending, "no such obligation waits"};
}

bool Bridge::Impl::advance_obliged(Session& session) {
  const std::optional<Decision> decision = answer(session);
  if (!decision) return false;
  Pending& pending = *session.pending;
  if (!decision->permitted()) {
    record_decision(session, *decision, question(session, pending.to, pending.reason));
    deny(session, *decision);
  } else if (pending.to.mode == Mode::takeover && agent_is_replaced(&session, pending.to)) {
    deny(session, DecisionCode::takeover_in_force);
  } else if (begins_takeover(session) && roster_.get(session.supervisor)->muted) {
    cancel(session, "supervisor_muted");  // the customer would hear nobody
  } else if (pending.to.authorised != roster_.plain_parties() ||
             !same_duties(pending.decision.obligations, decision->obligations)) {
    // Somebody has not been noticed, or not in the way that is now required: from the start.
    const Pending before = std::move(pending);
    propose(session, before.to, before.reason, before.cause);
    return false;  // one round a poll
  } else {
    apply(session, *decision);
  }
  return true;
}

void Bridge::Impl::apply(Session& session, const Decision& decision) {
  Change change;
  change.before = session.now;
  change.after = session.pending->to;
  change.raise = true;
  change.reason = session.pending->reason;
  change.applied = {session.id, session.supervisor,    change.before.mode, change.after.mode,
                    {},         session.pending->cause};
  session.reason = session.pending->reason;
  session.pending.reset();
  withdraw(session.review);  // it asked about what is over now
  accept_limits(session, decision);
  settle(session, change.after);
  publish();
  session.revision = change.revision = revision_;
  changes_.push_back(std::move(change));
  watch_customers();
}

void Bridge::Impl::deny(Session& session, DecisionCode code) {
  Decision decision = session.pending->decision;
  decision.effect = Effect::deny;
  decision.code = code;
  deny(session, decision);
}

void Bridge::Impl::deny(Session& session, const Decision& decision) {
  const Pending pending = std::move(*session.pending);
  session.pending.reset();
  session.last_denial = decision;
  events_.push_back(RequestDenied{session.id, session.supervisor, pending.to.mode, decision});
  if (session.now.mode == Mode::off) session.ended = true;
  // What is in force was permitted for the parties of then. A policy that denies it for those of
  // now ends it; a log that is down only keeps the edges to the newcomer closed.
  const bool judged = decision.code != DecisionCode::audit_unavailable &&
                      decision.code != DecisionCode::notice_undeliverable &&
                      decision.code != DecisionCode::unsupported_obligation;
  if (pending.cause != Cause::party_joined) {
    extend(session);
  } else if (judged) {
    revoke(session, decision.on_revoke);
  } else {
    session.extend_at = clock_->steady() + extension_retry;
  }
}

void Bridge::Impl::cancel(Session& session, std::string why) {
  if (!session.pending) return;
  withdraw(session.pending->question);
  events_.push_back(
      RequestCancelled{session.id, session.supervisor, session.pending->to.mode, std::move(why)});
  session.pending.reset();
  if (session.now.mode == Mode::off) session.ended = true;
}

void Bridge::Impl::withdraw(std::optional<AuthorizerTicket>& question) {
  if (question) authorizer_->forget(*question);
  question.reset();
}

/// Asks for what is in force once more where somebody is on the call whom it was not judged for.
void Bridge::Impl::extend(Session& session) {
  session.extend_at.reset();
  if (session.now.mode == Mode::off || session.pending) return;
  Settings to = session.now;
  to.authorised = roster_.plain_parties();
  const bool opens = is_raise(session.now.view(session.supervisor), to.view(session.supervisor),
                              roster_.party_states());
  if (opens) propose(session, std::move(to), session.reason, Cause::party_joined);
}

}  // namespace barge
