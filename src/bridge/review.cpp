// SPDX-License-Identifier: Apache-2.0
// Judging a session again: the facts have changed, or the policy has.
#include <algorithm>

#include "bridge/duties.hpp"
#include "bridge/impl.hpp"

namespace barge {
Status Bridge::Impl::set_policy(Authorizer& authorizer) {
  catch_up();
  for (Session& session : sessions_) {
    if (session.pending) withdraw(session.pending->inquiry);
    if (session.pending) withdraw(session.pending->recheck);
    withdraw(session.review);
    withdraw(session.promotion);
  }
  authorizer_ = &authorizer;
  watch_barges();
  judge_all_again();
  sweep();
  return Ok{};
}

void Bridge::Impl::judge_all_again() {
  if (closed_) return;
  for (Session& session : sessions_) {
    if (!session.ended) judge_again(session);
  }
}

/// The call has moved: what is pending is judged by the facts of now.
void Bridge::Impl::judge_pending_again() {
  for (Session& session : sessions_) {
    if (session.pending) ask_again(session);
  }
}

void Bridge::Impl::judge_again(Session& session) {
  if (session.pending) ask_again(session);
  if (session.in_force()) review(session);
}

void Bridge::Impl::ask_again(Session& session) {
  Pending& pending = *session.pending;
  Inquiry inquiry = inquire(session, pending.to, pending.reason);
  if (pending.state == RaiseState::requested || pending.state == RaiseState::obliged) {
    withdraw(pending.inquiry);
    pending.inquiry = std::move(inquiry);
    pending.deadline = pending.inquiry.deadline;
  } else {
    withdraw(pending.recheck);
    pending.recheck = std::move(inquiry);
  }
}

void Bridge::Impl::review(Session& session) {
  withdraw(session.review);
  session.review = inquire(session, session.now, session.reason);
}

void Bridge::Impl::advance_review(Session& session) {
  if (!session.review || !is_answered(*session.review)) return;
  const Inquiry inquiry = *std::exchange(session.review, std::nullopt);
  if (!session.in_force()) return;
  Decision decision = judgement(inquiry, session, session.now, session.reason);
  const Obligations given =
      session.discharged.empty() ? Obligations{} : session.discharged.back().obligations;
  if (decision.permitted() && !covers(given, decision.obligations)) {
    decision.effect = Effect::deny;  // it now takes a notice that was not given
    decision.code = DecisionCode::notice_undeliverable;
  }
  record_decision(session, decision, question(session, session.now, session.reason));
  if (!decision.permitted()) {
    // Of a later instant: until then the permission in force is good, and ends by itself.
    if (!inquiry.ahead) revoke(session, decision.on_revoke);
    return;
  }
  decision.terms = narrower(session.terms, decision.terms);
  const auto reviewed_for = session.reviewed_for;
  accept(session, decision);
  if (inquiry.ahead) session.reviewed_for = reviewed_for;
  set_limits(session);
  const bool listens =
      session.now.mode == Mode::takeover && session.now.disposition == Disposition::listen;
  if (listens && !inquiry.agents_may_listen && !decision.terms.agent_may_listen) {
    session.now.disposition = Disposition::hold;
  }
  replan();
}

/// A permission that may end by the mere passing of time is judged for that instant, a little
/// ahead; until it is renewed the media thread ends it then.
void Bridge::Impl::watch_validity() {
  for (Session& session : sessions_) {
    if (!session.in_force() || !session.valid_until || session.review) continue;
    if (session.reviewed_for == session.valid_until_wall) continue;
    if (clock_->steady() + review_ahead < *session.valid_until) continue;
    session.reviewed_for = session.valid_until_wall;
    session.review = inquire(session, session.now, session.reason, session.valid_until_wall);
    session.review->ahead = true;
  }
}

/// Lowers the session as the revocation says, unless its supervisor is all that the customer has.
void Bridge::Impl::revoke(Session& session, const Revocation& revocation) {
  session.owed.reset();
  if (revocation.downgrade_to >= session.now.mode) return;
  if (is_needed(session)) {
    session.owed = revocation;
    return;
  }
  if (revocation.grace.count() == 0) {
    return lower_to(session, revocation.downgrade_to, Cause::revoked);
  }
  if (session.revoked_at) return;  // further denials do not lengthen the grace
  session.on_revoke = revocation;
  session.revoked_at = clock_->steady() + revocation.grace;
  set_limits(session);
  replan();
}

/// Takes on what a permission says besides yes.
void Bridge::Impl::accept(Session& session, const Decision& decision) {
  const auto value_of = [](const auto& obligation) {
    return obligation ? std::optional(obligation->value) : std::nullopt;
  };
  session.on_revoke = decision.on_revoke;
  session.terms = decision.terms;
  session.max_session = value_of(decision.obligations.max_session);
  session.max_whisper = value_of(decision.obligations.max_whisper);
  session.revoked_at.reset();
  session.owed.reset();
  session.valid_until.reset();
  session.reviewed_for.reset();
  session.valid_until_wall = decision.valid_until;
  if (decision.valid_until) {
    session.valid_until = clock_->steady() + (*decision.valid_until - clock_->wall());
  }
}

}  // namespace barge
