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

}  // namespace

/// Begins a raise. `to.authorised` becomes everybody who is on the call now.
void Bridge::Impl::propose(Session& session, Settings to, std::string reason, Cause cause) {
  session.ended = false;
  session.last_denial.reset();
  Pending& pending = session.pending.emplace();
  pending.to = std::move(to);
  pending.reason = std::move(reason);
  pending.cause = cause;
  pending.give_up = clock_->steady() + config_.raise_deadline;
  auto fields = settings_fields(pending.to, roster_);
  fields.push_back({"cause", std::string(name(pending.cause))});
  journal_.append(RecordType::session_requested, session, std::move(fields));
  begin_again(session);
}

/// Starts a raise from the first state, for the parties of now.
void Bridge::Impl::begin_again(Session& session) {
  Pending& pending = *session.pending;
  stop_notices(session);
  withdraw(pending.inquiry);
  withdraw(pending.recheck);
  pending.state = RaiseState::requested;
  pending.record.reset();
  pending.duties.clear();
  pending.to.authorised = roster_.plain_parties();
  pending.inquiry = inquire(session, pending.to, pending.reason);
  pending.deadline = pending.inquiry.deadline;
  advance_requested(session);
}

void Bridge::Impl::advance(Session& session) {
  bool moved = true;
  while (moved && session.pending) {
    if (clock_->steady() >= session.pending->give_up) {
      deny(session, DecisionCode::notice_undeliverable);
      return;
    }
    if (!advance_recheck(session)) return;
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

/// The facts have changed since the decision: a denial now ends the raise. Returns whether it goes
/// on.
bool Bridge::Impl::advance_recheck(Session& session) {
  Pending& pending = *session.pending;
  if (!pending.recheck || !is_answered(*pending.recheck)) return true;
  const Decision decision = judgement(*pending.recheck, session, pending.to, pending.reason);
  pending.recheck.reset();
  if (decision.permitted()) return true;  // what has become due is seen to before it is applied
  record_decision(session, decision, question(session, pending.to, pending.reason));
  deny(session, decision);
  return false;
}

std::optional<AuditTicket> Bridge::Impl::record_decision(Session& session, const Decision& decision,
                                                         const AccessRequest& request) {
  return journal_.append(RecordType::decision_made, session, decision_fields(decision, request));
}

bool Bridge::Impl::advance_requested(Session& session) {
  Pending& pending = *session.pending;
  if (!is_answered(pending.inquiry)) return false;
  Decision decision = judgement(pending.inquiry, session, pending.to, pending.reason);
  if (decision.permitted() && !has_room(session, pending.to, decision.obligations)) {
    decision.effect = Effect::deny;
    decision.code = DecisionCode::too_many_sessions;
  }
  pending.record =
      record_decision(session, decision, question(session, pending.to, pending.reason));
  pending.decision = std::move(decision);
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
  withdraw(pending.recheck);
  pending.inquiry = inquire(session, pending.to, pending.reason);
  pending.deadline = pending.inquiry.deadline;
  return true;
}

bool Bridge::Impl::advance_obliged(Session& session) {
  Pending& pending = *session.pending;
  if (!is_answered(pending.inquiry)) return false;
  if (pending.to.mode == Mode::takeover && !session.resuming.empty()) {
    pending.deadline = pending.give_up;  // whoever takes over has to reach everybody first
    return false;
  }
  Decision decision = judgement(pending.inquiry, session, pending.to, pending.reason);
  decision.terms = narrower(pending.decision.terms, decision.terms);
  if (!decision.permitted()) {
    record_decision(session, decision, question(session, pending.to, pending.reason));
    deny(session, decision);
  } else if (pending.to.mode == Mode::takeover && agent_is_replaced(&session, pending.to)) {
    deny(session, DecisionCode::takeover_in_force);
  } else if (!may_replace_now(session)) {
    cancel(session, "supervisor_muted");  // the customer would hear nobody
  } else if (pending.to.authorised != roster_.plain_parties() ||
             !same_duties(pending.decision.obligations, decision.obligations)) {
    // Somebody has not been noticed, or not in the way that is now required: from the start.
    begin_again(session);
    return false;  // one round a poll
  } else if (!take_room(session, pending.to, decision.obligations)) {
    deny(session, DecisionCode::too_many_sessions);
  } else {
    apply(session, pending.inquiry, decision);
  }
  return true;
}

void Bridge::Impl::apply(Session& session, const Inquiry& inquiry, const Decision& decision) {
  keep_periodic(session);
  Change change;
  change.before = session.now;
  change.after = session.pending->to;
  if (!inquiry.agents_may_listen && !decision.terms.agent_may_listen) {
    change.after.disposition = std::max(change.after.disposition, Disposition::hold);
  }
  change.raise = true;
  change.reason = session.pending->reason;
  change.applied = {session.id, session.supervisor,    change.before.mode, change.after.mode,
                    {},         session.pending->cause};
  for (const GainRaise& raise : session.pending->gains) {
    if (const auto found = edge(raise.listener, raise.speaker)) (*found)->gain = raise.gain;
  }
  session.reason = session.pending->reason;
  session.pending.reset();
  withdraw(session.review);  // it asked about what is over now
  withdraw(session.promotion);
  accept(session, decision);
  settle(session, change.after);
  auto& discharged = session.discharged;
  discharged.erase(
      std::remove_if(discharged.begin(), discharged.end(),
                     [&](const Discharged& given) { return given.mode >= session.now.mode; }),
      discharged.end());
  discharged.push_back({session.now.mode, decision.obligations});
  replan();
  session.revision = change.revision = next_revision();
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
  const Mode mode = session.pending->to.mode;
  const Cause cause = session.pending->cause;
  fail_notices(session);
  drop_pending(session);
  session.last_denial = decision;
  events_.push_back(RequestDenied{session.id, session.supervisor, mode, decision});
  if (session.now.mode == Mode::off) session.ended = true;
  // What is in force was permitted for the parties of then. A policy that denies it for those of
  // now ends it; a log that is down only keeps the edges to the newcomer closed.
  const bool judged = decision.code != DecisionCode::audit_unavailable &&
                      decision.code != DecisionCode::notice_undeliverable &&
                      decision.code != DecisionCode::unsupported_obligation;
  if (cause != Cause::party_joined) {
    extend(session);
  } else if (judged) {
    revoke(session, decision.on_revoke);
  } else {
    session.extend_at = clock_->steady() + extension_retry;
  }
}

void Bridge::Impl::cancel(Session& session, std::string why) {
  if (!session.pending) return;
  events_.push_back(
      RequestCancelled{session.id, session.supervisor, session.pending->to.mode, std::move(why)});
  drop_pending(session);
  if (session.now.mode == Mode::off) session.ended = true;
  if (session.in_force()) session.extend_at = clock_->steady();
}

/// Forgets the raise with all that was begun for it.
void Bridge::Impl::drop_pending(Session& session) {
  stop_notices(session);
  withdraw(session.pending->inquiry);
  withdraw(session.pending->recheck);
  session.pending.reset();
}

/// Asks for what is in force once more where somebody is on the call whom it was not judged for.
void Bridge::Impl::extend(Session& session) {
  session.extend_at.reset();
  if (!session.in_force() || session.pending) return;
  Settings to = session.now;
  to.authorised = roster_.plain_parties();
  const bool opens = is_raise(session.now.view(session.supervisor), to.view(session.supervisor),
                              roster_.party_states());
  if (opens) propose(session, std::move(to), session.reason, Cause::party_joined);
}

}  // namespace barge
