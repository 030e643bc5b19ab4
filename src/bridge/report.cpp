// SPDX-License-Identifier: Apache-2.0
// What the media thread and the clock bring about.
#include <algorithm>
#include <chrono>

#include "bridge/impl.hpp"

namespace barge {

std::vector<Event> Bridge::Impl::poll() {
  if (!closed_) {
    catch_up();
    finish_sounds();
    for (Session& session : sessions_)
      advance_session(session);
    watch_limits();
    watch_validity();
    watch_resumes();
    look_after_customers();
    watch_extensions();
    watch_drops();
    watch_late_records();
    watch_media_clock();
    watch_speech();
    watch_flow();
    sweep();
  }
  for (Fault& fault : journal_.take_faults())
    events_.emplace_back(std::move(fault));
  return std::exchange(events_, {});
}

void Bridge::Impl::advance_session(Session& session) {
  if (session.ended) return;
  advance(session);
  advance_review(session);
  advance_promotion(session);
}

/// Publishes what a control call has changed, as one plan: no tick sees a part of it.
void Bridge::Impl::publish() {
  look_after_customers();
  if (!std::exchange(replan_, false) || closed_) return;
  update_hold_source();
  update_clips();
  std::vector<Sound> sounds = heard_sounds();
  const Situation situation{
      roster_, sessions_, sounds, taps_, config_.attributes.card_data, refuses_consent()};
  CompiledPlan compiled = compile_plan(situation, plan_options_);
  compiled.plan->revision = ++revision_;
  for (const Sound& sound : sounds) {
    compiled.plan->borrowed.push_back(sound.first);
    compiled.plan->borrowed.push_back(sound.again);
  }
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
    collect_sounds(*plan);
  }
  for (const media::Plan* const plan : engine_->drained())
    count_heard(*plan);
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
    applied_revision_ = std::max(applied_revision_, report.revision);
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
  for (Awaited& awaited : awaited_) {
    if (awaited.revision > report.revision) continue;
    if (auto* const marker = std::get_if<Marker>(&awaited.event)) marker->at = report.at;
    if (auto* const opened = std::get_if<EdgeReopened>(&awaited.event)) opened->at = report.at;
    events_.push_back(std::move(awaited.event));
  }
  const auto is_done = [&](const Awaited& awaited) { return awaited.revision <= report.revision; };
  awaited_.erase(std::remove_if(awaited_.begin(), awaited_.end(), is_done), awaited_.end());
}

/// What supervisors have heard under a plan that is about to be freed.
void Bridge::Impl::count_heard(const media::Plan& plan) {
  for (const media::Listener& listener : plan.listeners) {
    for (Session& session : sessions_) {
      const Member* const member = roster_.get(session.supervisor);
      if (member == nullptr || plan.legs[listener.slot] != member->leg) continue;
      if (session.ended) continue;
      session.heard += listener.samples.load(std::memory_order_relaxed);  // final: plan drained
    }
  }
}

std::uint64_t Bridge::Impl::heard_samples(const Session& session) const {
  std::uint64_t samples = session.heard;
  const Member* const member = roster_.get(session.supervisor);
  for (const auto& plan : engine_->plans()) {
    for (const media::Listener& listener : plan->listeners) {
      if (member == nullptr || plan->legs[listener.slot] != member->leg) continue;
      samples += listener.samples.load(std::memory_order_relaxed);
    }
  }
  return samples;
}

std::chrono::seconds Bridge::Impl::heard(const Session& session) const {
  return std::chrono::seconds(heard_samples(session) / hertz(config_.format.rate));
}

/// Follows a fallback that the media thread has taken already.
void Bridge::Impl::fall_back(const Report& report) {
  for (const FallbackSession& fallen : report.fallback.sessions) {
    Session* const session = find_session(fallen.session);
    if (session == nullptr || session->now.mode <= fallen.to) continue;
    if (session->revision > report.revision) continue;  // it has changed since that plan
    Change change;
    change.before = session->now;
    change.after = lowered(session->now, fallen.to);
    const bool lost = report.fallback.routing == media::Plan::last_resort &&
                      std::find(losses_.begin(), losses_.end(),
                                roster_.get(session->supervisor)->leg) != losses_.end();
    const Cause cause = lost ? Cause::leg_lost : report.fallback.cause;
    change.applied = {session->id, session->supervisor, change.before.mode, change.after.mode, {},
                      cause};
    cancel(*session, "lowered");
    settle(*session, change.after);
    settle_duties(*session);
    finish(change, report.at);
  }
  replan();
  watch_customers();
}

void Bridge::Impl::read_losses() {
  for (const LegId leg : std::exchange(losses_, {})) {
    auto& slot = roster_.slots()[leg.slot()];
    if (!slot || slot->leg != leg || slot->lost) continue;
    slot->lost = true;
    replan();
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
  const bool returns = change.before.mode == Mode::takeover;
  if (returns) record_takeover(*session, change, applied.at);  // session.left is the last record
  record_change(*session, change, applied.at);
  if (!returns) record_takeover(*session, change, applied.at);
  events_.emplace_back(applied);
  if (applied.to == Mode::off) {
    events_.push_back(SessionEnded{applied.session, applied.supervisor, applied.cause,
                                   follows(*session, change)});
  }
  mark_supervision(applied.at);
}

/// The agent whose next call the supervisor of a session that is over wants to join.
PersonGid Bridge::Impl::follows(const Session& session, const Change& change) const {
  const Cause cause = change.applied.cause;
  const bool left_behind =
      cause == Cause::agent_left || cause == Cause::transferred || cause == Cause::call_ended;
  if (change.before.follow != Follow::agent || !left_behind) return {};
  return session.agent_gid;
}

/// For recordings: whether anybody supervises the call.
void Bridge::Impl::mark_supervision(SampleIndex at) {
  const bool supervised = std::any_of(sessions_.begin(), sessions_.end(),
                                      [](const Session& session) { return session.on_record; });
  if (std::exchange(marked_supervised_, supervised) == supervised) return;
  events_.push_back(Marker{supervised ? Marker::Kind::supervised : Marker::Kind::unsupervised, at});
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

}  // namespace barge
