// SPDX-License-Identifier: Apache-2.0
// What the bridge plays, and what recorders get.
#include <algorithm>
#include <utility>

#include <barge/tone.hpp>

#include "bridge/impl.hpp"

namespace barge {

/// Puts a sound into the next plan; a null id where the bridge is full.
LegId Bridge::Impl::start(Sound sound, Purpose purpose, SessionId session, std::string notice) {
  if (!roster_.has_room()) return {};
  sound.id = roster_.add_sound();
  Playing& playing = playing_.emplace_back();
  playing.sound = std::move(sound);
  playing.purpose = purpose;
  playing.session = session;
  playing.notice = std::move(notice);
  return playing.sound.id;
}

/// Lets a sound fade with the next plan: nobody hears it from then on.
void Bridge::Impl::fade(Playing& playing) {
  playing.sound.targets.clear();
  playing.stops_with = next_revision();
}

void Bridge::Impl::stop_sounds(Purpose purpose, SessionId session) {
  bool any = false;
  for (Playing& playing : playing_) {
    if (playing.purpose != purpose || playing.session != session || playing.stops_with) continue;
    fade(playing);
    any = true;
  }
  if (any) replan();
}

/// A party is back whom the supervisor could not hear: something for the supervisor's ear alone.
void Bridge::Impl::cue(const Session& session) {
  stop_sounds(Purpose::cue, session.id);
  ObligationDue due;
  due.kind = ObligationKind::tone;
  due.id = "cue";
  std::optional<Sound> sound = sound_of(due);
  if (!sound) return;
  sound->targets = {session.supervisor};
  start(std::move(*sound), Purpose::cue, session.id);
}

// ── Before each plan ────────────────────────────────────────────────────────────────────────────

/// Whoever is on hold here, or has nobody, hears the hold source.
void Bridge::Impl::update_hold_source() {
  const Clip source = config_.announcements ? config_.announcements->hold_source : Clip{};
  if (source.samples == nullptr || source.samples->empty()) return;
  std::vector<ParticipantId> targets;
  for (const PartyState& party : roster_.party_states()) {
    if (hears_hold_source(party) || contains(unattended_, party.id)) targets.push_back(party.id);
  }
  const auto found = std::find_if(playing_.begin(), playing_.end(), [](const Playing& playing) {
    return playing.purpose == Purpose::hold_source && !playing.stops_with;
  });
  if (targets.empty() && found != playing_.end()) {
    fade(*found);
  } else if (found != playing_.end()) {
    found->sound.targets = std::move(targets);
  } else if (!targets.empty()) {
    Sound sound;
    sound.first = sound.again = source.samples;
    sound.repeat = source.samples->size();
    sound.targets = std::move(targets);
    start(std::move(sound), Purpose::hold_source, {});
  }
}

/// A supervisor's clip ends, for each of its targets, with the permission to speak to it.
void Bridge::Impl::update_clips() {
  for (Playing& playing : playing_) {
    if (!playing.sound.by) continue;
    const Session* const session = session_of(playing.sound.by);
    auto& targets = playing.sound.targets;
    const auto is_closed = [&](ParticipantId id) {
      const Member* const member = roster_.get(id);
      return session == nullptr || member == nullptr ||
             !may_speak_to(session->state(), {id, member->person.role});
    };
    targets.erase(std::remove_if(targets.begin(), targets.end(), is_closed), targets.end());
  }
}

/// What is played with the next plan. What has to arrive waits while any of its targets cannot hear
/// it; anything else goes on for the others, if there are any.
std::vector<Sound> Bridge::Impl::heard_sounds() const {
  std::vector<Sound> sounds;
  if (playing_.empty()) return sounds;
  const std::vector<PartyState> parties = roster_.party_states();
  const std::vector<SessionState> sessions = session_states();
  const Scene scene{parties, sessions, config_.attributes.card_data};
  const auto cannot_hear = [&](ParticipantId id) {
    const Member& member = *roster_.get(id);
    return on_hold(scene, {id, member.person.role, member.muted,
                           member.lost ? Hold::far_end : member.hold, member.conversation});
  };
  for (const Playing& playing : playing_) {
    Sound& sound = sounds.emplace_back(playing.sound);
    auto& targets = sound.targets;
    if (playing.purpose == Purpose::hold_source || sound.by) continue;
    const auto held = std::remove_if(targets.begin(), targets.end(), cannot_hear);
    if (held == targets.end()) continue;
    sound.paused = sound.must_arrive || held == targets.begin();
    if (!sound.paused) targets.erase(held, targets.end());
  }
  return sounds;
}

// ── Clips ───────────────────────────────────────────────────────────────────────────────────────

Status Bridge::Impl::check_playback(const Playback& playback) {
  const Clip& clip = playback.clip;
  if (clip.samples == nullptr || clip.samples->empty() || playback.to.empty()) {
    return Error{Errc::invalid_argument, "a clip needs samples, and somebody to hear them"};
  }
  if (clip.rate != config_.format.rate) {
    return Error{Errc::wrong_format, "the clip has " + std::to_string(hertz(clip.rate)) +
                                         " Hz, the bridge " +
                                         std::to_string(hertz(config_.format.rate))};
  }
  for (const ParticipantId id : playback.to) {
    if (const auto found = roster_.find(id); !found) return found.error();
  }
  if (!roster_.has_room()) return Error{Errc::too_many_legs, "the bridge has no room for a clip"};
  if (!playback.by) return Ok{};
  if (const auto found = roster_.find(playback.by); !found) return found.error();
  const Session* const session = session_of(playback.by);
  const auto may_hear_it = [&](ParticipantId id) {
    const Member& member = *roster_.get(id);
    PartyState party{id, member.person.role};
    party.conversation = member.conversation;
    return session != nullptr && session->in_force() && !session->paused &&
           may_speak_to(session->state(), party);
  };
  if (std::all_of(playback.to.begin(), playback.to.end(), may_hear_it)) return Ok{};
  return Error{Errc::not_authorised, "the supervisor may not speak to all whom the clip is for"};
}

Result<PlaybackId> Bridge::Impl::play(const Playback& playback) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  if (const Status status = check_playback(playback); !status) return status.error();
  Sound sound;
  sound.first = sound.again = playback.clip.samples;
  sound.targets = playback.to;
  start(std::move(sound), Purpose::clip, {});
  Playing& playing = playing_.back();
  playing.playback = PlaybackId{++playbacks_made_};
  playing.sound.by = playback.by;
  const PlaybackId id = playing.playback;
  std::vector<std::string> targets;
  for (const ParticipantId target : playback.to)
    targets.push_back(gid_of(target));
  journal_.append(RecordType::clip_played,
                  {{"by", gid_of(playback.by)}, {"targets", std::move(targets)}});
  replan();
  return id;
}

Status Bridge::Impl::stop(PlaybackId playback) {
  catch_up();
  const auto found = std::find_if(playing_.begin(), playing_.end(), [&](const Playing& playing) {
    return playing.playback == playback && playing.purpose == Purpose::clip && !playing.stops_with;
  });
  if (found == playing_.end()) return Error{Errc::nothing_pending, "no such clip is being played"};
  fade(*found);
  replan();
  return Ok{};
}

/// Takes a party that leaves off the targets of everything that is played.
void Bridge::Impl::forget_listener(ParticipantId party) {
  for (Playing& playing : playing_)
    erase_id(playing.sound.targets, party);
}

// ── What media has played ───────────────────────────────────────────────────────────────────────

void Bridge::Impl::collect_sounds(const media::Plan& plan) {
  for (const media::Player& player : plan.players) {
    // acquire: pairs with the release in Engine, which has written the beginning before.
    const std::uint64_t end = player.finished_at.load(std::memory_order_acquire);
    if (end == media::never) continue;
    for (Playing& playing : playing_) {
      if (playing.sound.id != player.id || playing.to) continue;
      playing.from = SampleIndex(player.started_at.load(std::memory_order_relaxed));
      playing.to = SampleIndex(end);
    }
  }
}

/// Follows up what has been played to its end, has nobody left to hear it, or has faded.
void Bridge::Impl::finish_sounds() {
  for (const Playing& playing : playing_) {
    const bool delivered = playing.to || playing.sound.targets.empty();
    if (playing.purpose == Purpose::notice && !playing.stops_with && delivered) {
      note_notice(playing);
    }
  }
  const auto is_over = [&](const Playing& playing) {
    if (playing.stops_with) return *playing.stops_with <= applied_revision_;
    if (playing.purpose == Purpose::hold_source) return false;
    return playing.sound.targets.empty() || (playing.to && playing.sound.repeat == 0);
  };
  for (std::size_t i = 0; i < playing_.size();) {
    if (!is_over(playing_[i])) {
      ++i;
      continue;
    }
    const Playing done = std::move(playing_[i]);
    playing_.erase(playing_.begin() + static_cast<std::ptrdiff_t>(i));
    roster_.remove_sound(done.sound.id);
    if (done.purpose == Purpose::clip) {
      events_.push_back(ClipFinished{done.playback, done.to.value_or(engine_->position())});
    }
  }
  for (Session& session : sessions_) {
    const bool may_go_on = session.pending && session.pending->state == RaiseState::durable;
    if (may_go_on) start_next_notice(session);
  }
}

/// A notice has been delivered to all its targets, or they have left.
void Bridge::Impl::note_notice(const Playing& playing) {
  Session* const session = find_session(playing.session);
  if (session == nullptr || !session->pending) return;
  for (Duty& duty : session->pending->duties) {
    if (duty.sound == playing.sound.id && !duty.fulfilled) finish_notice(*session, duty, playing);
  }
}

// ── Taps ────────────────────────────────────────────────────────────────────────────────────────

Result<LegId> Bridge::Impl::tap(ParticipantId participant, Track track) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  if (const auto found = roster_.find(participant); !found) return found.error();
  taps_.push_back({roster_.add_ear(), track, participant});
  replan();
  return taps_.back().id;
}

Status Bridge::Impl::untap(LegId tap) {
  catch_up();
  const auto found = std::find_if(taps_.begin(), taps_.end(),
                                  [&](const Tap& candidate) { return candidate.id == tap; });
  if (found == taps_.end()) return Error{Errc::nothing_pending, "no such tap"};
  roster_.remove_ear(tap);
  taps_.erase(found);
  replan();
  return Ok{};
}

void Bridge::Impl::remove_taps(ParticipantId party) {
  const auto is_of_party = [&](const Tap& tap) {
    if (tap.of != party) return false;
    roster_.remove_ear(tap.id);
    return true;
  };
  taps_.erase(std::remove_if(taps_.begin(), taps_.end(), is_of_party), taps_.end());
}

}  // namespace barge
