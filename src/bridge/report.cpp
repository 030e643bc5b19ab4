// SPDX-License-Identifier: Apache-2.0
// What the media thread and the clock bring about.
#include <algorithm>
#include <chrono>

#include "bridge/impl.hpp"

namespace barge {

std::vector<Event> Bridge::Impl::poll() {
  if (!closed_) {
    catch_up();
    for (Session& session : sessions_) {
      if (session.ended) continue;
      advance(session);
      advance_review(session);
    }
    watch_limits();
    watch_extensions();
    watch_drops();
    watch_late_records();
    watch_media_clock();
    watch_speech();
    sweep();
  }
  for (Fault& fault : journal_.take_faults())
    events_.emplace_back(std::move(fault));
  return std::exchange(events_, {});
}

void Bridge::Impl::publish() {
  if (closed_) return;  // the last plan is published
  CompiledPlan compiled = compile_plan(roster_, sessions_, plan_options_);
  compiled.plan->revision = ++revision_;
  const std::size_t routings = compiled.plan->routings.size();
  collect_reports();
  engine_->publish(std::move(compiled.plan));
  published_.push_back(
      {revision_, std::move(compiled.fallbacks), std::vector<bool>(routings, false)});
}

/// Takes in what the media thread did, before anything is built on it.
void Bridge::Impl::catch_up() {
  if (closed_) return;
  collect_reports();
  read_reports();
  read_losses();
}

/// Reads out all plans, and frees those that media is done with.
void Bridge::Impl::collect_reports() {
  engine_->drain();
  for (const auto& plan : engine_->plans()) {
    const auto published =
        std::find_if(published_.begin(), published_.end(),
                     [&](const Published& known) { return known.revision == plan->revision; });
    collect_routings(*plan, *published);
    collect_losses(*plan);
  }
  engine_->free_drained();
  const auto freed = [&](const Published& published) {
    const auto& plans = engine_->plans();
    return std::none_of(plans.begin(), plans.end(),
                        [&](const auto& plan) { return plan->revision == published.revision; });
  };
  published_.erase(std::remove_if(published_.begin(), published_.end(), freed), published_.end());
}

void Bridge::Impl::collect_routings(const media::Plan& plan, Published& published) {
  for (std::size_t routing = 0; routing < plan.routings.size(); ++routing) {
    if (published.reported[routing]) continue;
    // acquire: pairs with the release in Engine::mix()
    const auto at = plan.routings[routing].applied_at.load(std::memory_order_acquire);
    if (at == media::never) continue;
    published.reported[routing] = true;
    Report report{plan.revision, {}, SampleIndex(at)};
    for (const Fallback& fallback : published.fallbacks) {
      if (fallback.routing == routing) report.fallback = fallback;
    }
    reports_.push_back(std::move(report));
  }
}

void Bridge::Impl::collect_losses(const media::Plan& plan) {
  for (std::size_t slot = 0; slot < plan.legs.size(); ++slot) {
    // acquire: pairs with the release in Engine::leg_lost()
    if (plan.lost[slot].load(std::memory_order_acquire)) losses_.push_back(plan.legs[slot]);
  }
}

void Bridge::Impl::read_reports() {
  std::sort(reports_.begin(), reports_.end(),
            [](const Report& a, const Report& b) { return a.at < b.at; });
  for (const Report& report : std::exchange(reports_, {})) {
    finish_changes(report);  // a fallback of a plan stands on all that the plan changed
    if (report.fallback.routing != media::Plan::main) fall_back(report);
  }
}

void Bridge::Impl::finish_changes(const Report& report) {
  while (!changes_.empty() && changes_.front().revision <= report.revision) {
    const Change change = std::move(changes_.front());
    changes_.erase(changes_.begin());
    finish(change, report.at);
  }
}

/// Follows a fallback that the media thread has taken already.
void Bridge::Impl::fall_back(const Report& report) {
  for (const FallbackSession& fallen : report.fallback.sessions) {
    Session* const session = find_session(fallen.session);
    if (session == nullptr || session->now.mode <= fallen.to) continue;
    if (session->revision > report.revision) continue;  // it has changed since that plan
    Change change;
    change.before = session->now;
    change.after = session->now;
    change.after.mode = fallen.to;
    const bool lost = report.fallback.routing == media::Plan::last_resort &&
                      std::find(losses_.begin(), losses_.end(),
                                roster_.get(session->supervisor)->leg) != losses_.end();
    const Cause cause = lost ? Cause::leg_lost : report.fallback.cause;
    change.applied = {session->id, session->supervisor, change.before.mode, fallen.to, {}, cause};
    cancel(*session, "lowered");
    settle(*session, change.after);
    finish(change, report.at);
  }
  publish();
  watch_customers();
}

void Bridge::Impl::read_losses() {
  for (const LegId leg : std::exchange(losses_, {})) {
    auto& slot = roster_.slots()[leg.slot()];
    if (!slot || slot->leg != leg || slot->lost) continue;
    slot->lost = true;
    events_.push_back(LegLost{slot->id});
    if (Session* const session = session_of(slot->id)) {
      cancel(*session, "leg_lost");
      lower_to(*session, Mode::off, Cause::leg_lost);
    }
    watch_customers();
  }
}

void Bridge::Impl::finish(const Change& change, SampleIndex at) {
  Session* const session = find_session(change.applied.session);
  if (session == nullptr) return;
  ModeApplied applied = change.applied;
  applied.at = change.raise ? at : at + ramp_samples(config_.format.rate);
  if (change.before.mode == Mode::off) session->joined_sample = applied.at;
  const bool returns = change.before.mode == Mode::takeover;
  if (returns) record_takeover(*session, change, applied.at);  // session.left is the last record
  record_change(*session, change, applied.at);
  if (!returns) record_takeover(*session, change, applied.at);
  events_.emplace_back(applied);
  if (applied.to == Mode::off) {
    events_.push_back(SessionEnded{applied.session, applied.supervisor, applied.cause});
  }
}

void Bridge::Impl::record_change(Session& session, const Change& change, SampleIndex at) {
  RecordType type = RecordType::session_mode_changed;
  if (change.before.mode == Mode::off) type = RecordType::session_joined;
  if (change.after.mode == Mode::off) type = RecordType::session_left;
  session.on_record = type != RecordType::session_left;
  std::vector<AuditField> fields = settings_fields(change.after, roster_);
  fields.push_back({"from", std::string(name(change.before.mode))});
  fields.push_back({"cause", std::string(name(change.applied.cause))});
  if (!change.reason.empty()) fields.push_back({"reason", change.reason});
  journal_.append(type, session, std::move(fields), at);
}

void Bridge::Impl::record_takeover(Session& session, const Change& change, SampleIndex at) {
  const bool was = change.before.mode == Mode::takeover;
  const bool is = change.after.mode == Mode::takeover;
  if (was == is) return;
  RecordType type = RecordType::takeover_agent_returned;
  if (is) type = RecordType::takeover_agent_removed;
  if (change.applied.cause == Cause::leg_lost) type = RecordType::takeover_rolled_back;
  const Settings& settings = is ? change.after : change.before;
  const Member* const agent = roster_.get(settings.agent);
  journal_.append(type, session,
                  {{"agent", agent == nullptr ? std::string() : agent->person.id.text()},
                   {"present", agent != nullptr},
                   {"disposition", std::string(name(settings.disposition))}},
                  at);
}

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

void Bridge::Impl::watch_drops() {
  for (Session& session : sessions_) {
    if (!session.drop_at || *session.drop_at > clock_->steady()) continue;
    session.drop_at.reset();
    for (const PartyState& party : roster_.party_states()) {
      if (!replaces(session.now.view(session.supervisor), party)) continue;
      events_.push_back(DropAgent{session.id, party.id});
    }
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

/// The leg's meter in the newest plan that media has mixed under; it goes on from those before.
const media::Meter* Bridge::Impl::meter(const Member& member) const {
  const auto& plans = engine_->plans();
  for (auto plan = plans.rbegin(); plan != plans.rend(); ++plan) {
    const std::uint32_t slot = member.leg.slot();
    if (slot >= (*plan)->meters.size() || (*plan)->legs[slot] != member.leg) continue;
    const auto& routings = (*plan)->routings;
    const auto taken = [](const media::Routing& routing) {
      return routing.applied_at.load(std::memory_order_acquire) !=
             media::never;  // pairs with mix()
    };
    if (std::any_of(routings.begin(), routings.end(), taken)) return &(*plan)->meters[slot];
  }
  return nullptr;
}

void Bridge::Impl::watch_speech() {
  if (!config_.speech) return;
  for (auto& member : roster_.slots()) {
    if (!member) continue;
    const media::Meter* const found = meter(*member);
    if (found == nullptr) continue;
    const std::uint64_t change = found->change.load(std::memory_order_acquire);  // its release
    if (std::exchange(member->speech_change, change) == change) continue;
    events_.push_back(SpeechChanged{member->id, (change & 1) != 0, SampleIndex(change / 2)});
  }
}

std::optional<SteadyTime> Bridge::Impl::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&](SteadyTime at) { next = next ? std::min(*next, at) : at; };
  for (const Session& session : sessions_) {
    if (session.pending) consider(session.pending->deadline);
    if (session.review) consider(session.review_deadline);
    if (session.drop_at) consider(*session.drop_at);
    if (session.extend_at) consider(*session.extend_at);
    if (!session.limits.empty()) consider(session.limits.front().at);
  }
  return next;
}

}  // namespace barge
