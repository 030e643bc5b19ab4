// SPDX-License-Identifier: Apache-2.0
// What passing time brings about, and what media counts meanwhile.
#include <algorithm>
#include <chrono>

#include "bridge/impl.hpp"

namespace barge {

void Bridge::Impl::watch_limits() {
  for (Session& session : sessions_) {
    const std::vector<Session::Limit> limits = session.limits;
    for (const Session::Limit& limit : limits) {
      if (limit.at > clock_->steady() || limit.then >= session.now.mode) continue;
      lower_to(session, limit.then, Cause::expired);
    }
  }
}

void Bridge::Impl::watch_extensions() {
  for (Session& session : sessions_) {
    if (session.extend_at && *session.extend_at <= clock_->steady()) extend(session);
  }
}

/// A permission whose record came too late was refused; the log has to say so.
void Bridge::Impl::watch_late_records() {
  for (Session& session : sessions_) {
    auto& late = session.late_records;
    const auto settled = [&](AuditTicket record) {
      const Durability durability = journal_.durability(record);
      if (durability == Durability::durable) {
        journal_.append(RecordType::decision_expired, session,
                        {{"code", std::string(name(DecisionCode::audit_unavailable))}});
      }
      return durability != Durability::pending;
    };
    late.erase(std::remove_if(late.begin(), late.end(), settled), late.end());
  }
}

void Bridge::Impl::watch_media_clock() {
  const SampleIndex position = engine_->position();
  if (position == SampleIndex()) return;
  const SteadyTime now = clock_->steady();
  if (anchor_) {
    const auto passed = std::chrono::duration<double>(now - anchor_->steady).count();
    const auto mixed = static_cast<double>(position.samples() - anchor_->sample.samples()) /
                       hertz(config_.format.rate);
    constexpr double stall_seconds = 0.2;
    if (passed - mixed < stall_seconds) return;
  }
  anchor_ = Anchor{position, now, clock_->wall()};
  events_.emplace_back(*anchor_);
}

/// The newest plan with the member's leg that media has mixed under; what it counts of a leg goes
/// on from the plans before.
const media::Plan* Bridge::Impl::newest_plan_with(const Member& member) const {
  const auto& plans = engine_->plans();
  for (auto plan = plans.rbegin(); plan != plans.rend(); ++plan) {
    const std::uint32_t slot = member.leg.slot();
    if (slot >= (*plan)->legs.size() || (*plan)->legs[slot] != member.leg) continue;
    const auto& routings = (*plan)->routings;
    const auto taken = [](const media::Routing& routing) {
      return routing.applied_at.load(std::memory_order_acquire) !=
             media::never;  // pairs with mix()
    };
    if (std::any_of(routings.begin(), routings.end(), taken)) return plan->get();
  }
  return nullptr;
}

void Bridge::Impl::watch_speech() {
  if (!config_.speech) return;
  for (auto& member : roster_.slots()) {
    if (!member) continue;
    const media::Plan* const plan = newest_plan_with(*member);
    if (plan == nullptr) continue;
    const media::Meter& meter = plan->meters[member->leg.slot()];
    const std::uint64_t change = meter.change.load(std::memory_order_acquire);  // its release
    if (std::exchange(member->speech_change, change) == change) continue;
    events_.push_back(SpeechChanged{member->id, (change & 1) != 0, SampleIndex(change / 2)});
  }
}

/// Reports legs whose frames do not come or are not taken, as media has found them.
void Bridge::Impl::watch_flow() {
  const std::uint64_t changes = engine_->flow_changes();
  if (std::exchange(flow_changes_, changes) == changes) return;
  for (auto& member : roster_.slots()) {
    if (!member) continue;
    const media::Plan* const plan = newest_plan_with(*member);
    if (plan == nullptr) continue;
    const media::Flow& flow = plan->flow[member->leg.slot()];
    note_flow(*member, !flow.push_missing.load(std::memory_order_relaxed),
              !flow.pull_missing.load(std::memory_order_relaxed));
  }
}

void Bridge::Impl::note_flow(Member& member, bool pushed, bool pulled) {
  if (pushed == member.pushed && pulled == member.pulled) return;
  member.pushed = pushed;
  member.pulled = pulled;
  events_.push_back(MediaFlow{member.id, pushed, pulled});
}

std::optional<SteadyTime> Bridge::Impl::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&](SteadyTime at) { next = next ? std::min(*next, at) : at; };
  for (const Session& session : sessions_) {
    if (session.pending) {
      consider(std::min(session.pending->deadline, session.pending->give_up));
      if (session.pending->recheck) consider(session.pending->recheck->deadline);
    }
    if (session.review) consider(session.review->deadline);
    if (session.promotion) consider(session.promotion->deadline);
    if (session.drop_at) consider(*session.drop_at);
    if (session.extend_at) consider(*session.extend_at);
    if (!session.limits.empty()) consider(session.limits.front().at);
    if (session.valid_until && session.reviewed_for != session.valid_until_wall) {
      consider(*session.valid_until - review_ahead);
    }
    for (const SteadyTime at : session.resume_at)
      consider(at);
  }
  return next;
}

}  // namespace barge
