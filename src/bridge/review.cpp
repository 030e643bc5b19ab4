// SPDX-License-Identifier: Apache-2.0
// Judging a session in force again.
#include <algorithm>

#include "bridge/duties.hpp"
#include "bridge/impl.hpp"

namespace barge {

Status Bridge::Impl::set_policy(Authorizer& authorizer) {
  catch_up();
  for (Session& session : sessions_) {
    if (session.pending) withdraw(session.pending->question);
    withdraw(session.review);
  }
  authorizer_ = &authorizer;
  for (Session& session : sessions_) {
    if (session.ended) continue;
    if (session.pending) {
      const Pending before = std::move(*session.pending);
      propose(session, before.to, before.reason, before.cause);
    }
    if (session.now.mode != Mode::off) review(session);
  }
  sweep();
  return Ok{};
}

void Bridge::Impl::review(Session& session) {
  session.review = authorizer_->ask(question(session, session.now, session.reason));
  session.review_deadline = clock_->steady() + config_.authorizer_deadline;
}

void Bridge::Impl::advance_review(Session& session) {
  if (!session.review) return;
  std::optional<Decision> decision = authorizer_->take_answer(*session.review);
  if (!decision) {
    if (clock_->steady() < session.review_deadline) return;
    withdraw(session.review);
    decision.emplace().code = DecisionCode::authorizer_unavailable;
  }
  session.review.reset();
  const AccessRequest request = question(session, session.now, session.reason);
  enforce(*decision, request);
  if (decision->permitted() && !same_duties(session.discharged, decision->obligations)) {
    decision->effect = Effect::deny;  // it now takes a notice that was not given
    decision->code = DecisionCode::notice_undeliverable;
  }
  record_decision(session, *decision, request);
  if (decision->permitted()) {
    accept_limits(session, *decision);
    set_limits(session);
    publish();
  } else {
    revoke(session, decision->on_revoke);
  }
}

void Bridge::Impl::revoke(Session& session, const Revocation& revocation) {
  if (revocation.downgrade_to >= session.now.mode) return;
  lower_to(session, revocation.downgrade_to, Cause::revoked);
}

void Bridge::Impl::accept_limits(Session& session, const Decision& decision) {
  const auto value_of = [](const auto& obligation) {
    return obligation ? std::optional(obligation->value) : std::nullopt;
  };
  session.on_revoke = decision.on_revoke;
  session.discharged = decision.obligations;
  session.max_session = value_of(decision.obligations.max_session);
  session.max_whisper = value_of(decision.obligations.max_whisper);
  session.valid_until.reset();
  if (decision.valid_until) {
    session.valid_until = clock_->steady() + (*decision.valid_until - clock_->wall());
  }
}

}  // namespace barge
