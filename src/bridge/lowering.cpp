// SPDX-License-Identifier: Apache-2.0
// What closes at once: the gate first, the record afterwards.
#include <algorithm>
#include <chrono>

#include "bridge/impl.hpp"

namespace barge {

Status Bridge::Impl::force(ParticipantId supervisor, Mode mode, std::string reason) {
  catch_up();
  auto found = roster_.find(supervisor);
  if (!found) return found.error();
  if ((*found)->person.role != Role::supervisor) {
    return Error{Errc::wrong_role, "only a supervisor can be lowered"};
  }
  Session* const session = session_of(supervisor);
  const Mode now = session == nullptr ? Mode::off : session->now.mode;
  if (mode > now) {
    return Error{Errc::not_a_lowering, "cannot force `" + std::string(name(now)) + "` up to `" +
                                           std::string(name(mode)) + "`"};
  }
  if (session == nullptr) return Ok{};
  cancel(*session, "lowered");
  lower_to(*session, mode, Cause::forced, std::move(reason));
  sweep();
  return Ok{};
}

void Bridge::Impl::lower_to(Session& session, Mode mode, Cause cause, std::string reason) {
  if (session.now.mode == Mode::off) return;
  lower(session, lowered(session.now, mode), cause, std::move(reason));
}

void Bridge::Impl::lower(Session& session, Settings to, Cause cause, std::string reason) {
  if (session.now.mode == Mode::off) return;
  cancel(session, "lowered");
  Change change;
  change.before = session.now;
  change.after = to;
  change.reason = std::move(reason);
  change.applied = {session.id, session.supervisor, change.before.mode, change.after.mode, {},
                    cause};
  settle(session, std::move(to));
  settle_duties(session);
  replan();
  session.revision = change.revision = next_revision();
  changes_.push_back(std::move(change));
  watch_customers();
}

/// Puts new settings into force on the control side, with the clocks that depend on them.
void Bridge::Impl::settle(Session& session, Settings to) {
  const SteadyTime now = clock_->steady();
  const bool whispered = session.now.mode == Mode::whisper;
  const bool whispers = to.mode == Mode::whisper;
  if (whispered && !whispers) {
    session.whisper_used = session.whispered(now);
    session.whisper_since.reset();
  }
  if (whispers && !whispered) session.whisper_since = now;
  if (!session.joined) session.joined_at = now;

  const bool drops = to.mode == Mode::takeover && to.disposition == Disposition::drop;
  const bool dropped =
      session.now.mode == Mode::takeover && session.now.disposition == Disposition::drop;
  if (drops && !dropped) session.drop_at = now + config_.drop_after;
  if (!drops) session.drop_at.reset();

  if (to.push_to_talk != session.now.push_to_talk) session.talking = !to.push_to_talk;

  session.joined = true;
  session.unattended_barge &= to.mode == Mode::barge;
  session.now = std::move(to);
  if (const Member* const agent = roster_.get(session.now.agent)) {
    session.agent_gid = agent->person.id;
  }
  set_limits(session);
  if (session.now.mode != Mode::off) return;
  session.ended = true;
  withdraw(session.review);
  withdraw(session.promotion);
  if (config_.usage != nullptr) config_.usage->end(session.gid);
}

/// What was given for a mode above the present one is over.
void Bridge::Impl::settle_duties(Session& session) {
  if (session.now.mode == Mode::off) {
    stop_sounds(Purpose::periodic, session.id);
    stop_sounds(Purpose::cue, session.id);
    play_leave_tones(session);
    return;
  }
  auto& discharged = session.discharged;
  const auto is_above = [&](const Discharged& given) { return given.mode > session.now.mode; };
  const bool any = std::any_of(discharged.begin(), discharged.end(), is_above);
  const bool any_left = !std::all_of(discharged.begin(), discharged.end(), is_above);
  if (!any || !any_left) return;  // given for more, it serves for less
  discharged.erase(std::remove_if(discharged.begin(), discharged.end(), is_above),
                   discharged.end());
  return_to_periodic(session);
}

/// What passing time will make of the session as it is now.
void Bridge::Impl::set_limits(Session& session) {
  const std::vector<Session::Limit> before = std::exchange(session.limits, {});
  const SteadyTime now = clock_->steady();
  const auto add = [&](SteadyTime at, Mode then) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const Session::Limit& limit) {
      return limit.at == at && limit.then == then;
    });
    if (same != before.end()) return session.limits.push_back(*same);
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(at - now).count();
    const auto samples = static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)) *
                         hertz(config_.format.rate) / 1'000'000;
    session.limits.push_back({at, then, engine_->position().samples() + samples});
  };
  if (session.now.mode == Mode::off) return;
  if (session.valid_until && session.on_revoke.downgrade_to < session.now.mode) {
    add(*session.valid_until, session.on_revoke.downgrade_to);
  }
  if (session.revoked_at && session.on_revoke.downgrade_to < session.now.mode) {
    add(*session.revoked_at, session.on_revoke.downgrade_to);
  }
  if (parked_until_) add(*parked_until_, Mode::off);
  if (session.max_session) add(session.joined_at + *session.max_session, Mode::off);
  if (session.max_whisper && session.whisper_since) {
    add(*session.whisper_since + (*session.max_whisper - session.whisper_used), Mode::monitor);
  }
  std::sort(session.limits.begin(), session.limits.end(),
            [](const auto& a, const auto& b) { return a.at < b.at; });
}

Status Bridge::Impl::close() {
  if (!closed_) shut(Cause::call_ended);
  return Ok{};
}

/// Ends all sessions and the media.
void Bridge::Impl::shut(Cause cause) {
  catch_up();
  for (Session& session : sessions_)
    cancel(session, "session_ended");
  // What closed and waits for a last tick is closed for good; what was to open never will.
  for (const Change& change : std::exchange(changes_, {})) {
    const Session* const session = find_session(change.applied.session);
    const bool was_open = session != nullptr && session->on_record;
    if (!change.raise && was_open) finish(change, engine_->position());
    if (!change.raise) continue;
    events_.push_back(RequestCancelled{change.applied.session, change.applied.supervisor,
                                       change.applied.to, "session_ended"});
  }
  for (Session& session : sessions_) {
    withdraw(session.review);
    withdraw(session.promotion);
    if (session.in_force() && config_.usage != nullptr) config_.usage->end(session.gid);
    if (!session.on_record) continue;
    journal_.append(
        RecordType::session_left, session,
        {{"cause", std::string(name(cause))}, {"from", std::string(name(session.now.mode))}},
        engine_->position());
    const bool follows = cause == Cause::call_ended && session.now.follow == Follow::agent;
    events_.push_back(SessionEnded{session.id, session.supervisor, cause,
                                   follows ? session.agent_gid : PersonGid()});
  }
  sessions_.clear();
  mark_supervision(engine_->position());
  for (const Playing& playing : playing_) {
    if (playing.purpose != Purpose::clip) continue;
    events_.push_back(ClipFinished{playing.playback, engine_->position()});
  }
  playing_.clear();
  taps_.clear();
  engine_->publish(std::move(closed_plan_));
  closed_ = true;
}

/// Forgets sessions that are over and have no record left to write.
void Bridge::Impl::sweep() {
  const auto done = [&](const Session& session) {
    const bool awaited = std::any_of(changes_.begin(), changes_.end(), [&](const Change& change) {
      return change.applied.session == session.id;
    });
    return session.ended && !awaited && session.late_records.empty();
  };
  sessions_.erase(std::remove_if(sessions_.begin(), sessions_.end(), done), sessions_.end());
}

}  // namespace barge
