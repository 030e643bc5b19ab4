// SPDX-License-Identifier: Apache-2.0
// What is due before a raise: tones and phrases that the bridge plays, and what it asks of the
// host.
#include <algorithm>
#include <utility>

#include <barge/tone.hpp>
#include <barge/tone_generator.hpp>

#include "bridge/duties.hpp"
#include "bridge/impl.hpp"

namespace barge {
namespace {

using Samples = std::shared_ptr<const std::vector<Sample>>;

Samples render(gsl::span<const ToneSegment> segments, const Tone& like, SampleRate rate) {
  const Tone once{like.id, segments, {}, like.level_dbm0, {}};
  auto generator = ToneGenerator::create(once, rate);
  if (!generator) return nullptr;
  const auto samples = static_cast<std::size_t>(length(once).count()) * hertz(rate) / 1000;
  auto made = std::make_shared<std::vector<Sample>>(samples);
  generator->fill(*made);
  return made;
}

const Clip* find_phrase(const BridgeConfig& config, const std::string& id) {
  if (config.announcements == nullptr) return nullptr;
  const auto& phrases = config.announcements->phrases;
  const auto found = std::find_if(phrases.begin(), phrases.end(),
                                  [&](const Phrase& phrase) { return phrase.id == id; });
  return found == phrases.end() ? nullptr : &found->clip;
}

std::vector<AuditField> duty_fields(const ObligationDue& due) {
  return {{"obligation", static_cast<std::int64_t>(due.obligation)},
          {"kind", std::string(name(due.kind))},
          {"id", due.id},
          {"rule", due.rule}};
}

std::vector<std::string> describe(const Tone& tone) {
  std::vector<std::string> segments;
  for (const ToneSegment& segment : tone.lead.empty() ? tone.segments : tone.lead) {
    segments.push_back(std::to_string(segment.hertz) + " Hz " +
                       std::to_string(segment.length.count()) + " ms");
  }
  return segments;
}

}  // namespace

/// Whether the bridge itself can discharge this.
bool Bridge::Impl::plays(ObligationKind kind, const std::string& id) const {
  if (kind == ObligationKind::tone) return find_tone(id) != nullptr;
  return kind == ObligationKind::phrase && find_phrase(config_, id) != nullptr;
}

/// The kinds of these obligations that only the host can discharge.
ObligationKinds Bridge::Impl::needed_from_host(const Obligations& obligations) const {
  ObligationKinds kinds;
  for (const ObligationDue& due : duties_of(obligations)) {
    if (!plays(due.kind, due.id)) kinds = kinds | due.kind;
  }
  return kinds;
}

void Bridge::Impl::start_duties(Session& session) {
  for (ObligationDue& due : duties_of(session.pending->decision.obligations)) {
    due.session = session.id;
    due.obligation = ObligationId{++obligations_made_};
    const bool played = plays(due.kind, due.id);
    session.pending->duties.push_back({due, false, played, {}});
    if (played) continue;
    journal_.append(RecordType::obligation_started, session, duty_fields(due));
    events_.emplace_back(std::move(due));
  }
  start_next_notice(session);
}

/// Tones and phrases play one after the other, in the order of their ids.
void Bridge::Impl::start_next_notice(Session& session) {
  for (Duty& duty : session.pending->duties) {
    if (!duty.played || duty.fulfilled) continue;
    if (duty.sound) return;  // it is being played
    std::optional<Sound> sound = sound_of(duty.due);
    if (!sound || !roster_.has_room()) return;  // it fails at its deadline
    sound->targets = listeners_of(session, duty.due);
    std::vector<AuditField> fields = duty_fields(duty.due);
    std::vector<std::string> targets;
    for (const ParticipantId target : sound->targets)
      targets.push_back(gid_of(target));
    fields.push_back({"targets", targets});
    if (const Tone* const tone = find_tone(duty.due.id))
      fields.push_back({"tone", describe(*tone)});
    journal_.append(RecordType::obligation_started, session, std::move(fields),
                    engine_->position());
    if (sound->targets.empty()) {  // nobody is there to be told
      finish_notice(session, duty, Playing());
      continue;
    }
    sound->must_arrive = true;
    duty.sound = start(std::move(*sound), Purpose::notice, session.id, duty.due.id);
    replan();
    return;
  }
}

std::optional<Sound> Bridge::Impl::sound_of(const ObligationDue& due) const {
  Sound sound;
  if (due.kind == ObligationKind::phrase) {
    const Clip& clip = *find_phrase(config_, due.id);
    sound.first = sound.again = clip.samples;
    return sound;
  }
  const Tone& tone = *find_tone(due.id);
  const SampleRate rate = config_.format.rate;
  sound.again = render(tone.segments, tone, rate);
  sound.first = tone.lead.empty() ? sound.again : render(tone.lead, tone, rate);
  if (sound.first == nullptr || sound.again == nullptr) return std::nullopt;
  const auto repeat = due.repeat.count() > 0 ? due.repeat : tone.repeat;
  sound.repeat = static_cast<std::uint64_t>(repeat.count()) * hertz(rate) / 1000;
  return sound;
}

/// Whom a notice is for. When somebody has joined what is in force already, only the newcomers,
/// unless it was not given to the others either.
std::vector<ParticipantId> Bridge::Impl::listeners_of(const Session& session,
                                                      const ObligationDue& due) const {
  const NoticeTo to = due.to;
  const bool extends = session.pending && session.pending->cause == Cause::party_joined &&
                       !session.discharged.empty() &&
                       covers(session.discharged.back().obligations, due);
  std::vector<ParticipantId> listeners;
  for (const PartyState& party : roster_.party_states()) {
    const bool is_meant = (party.role == Role::agent && to != NoticeTo::customer) ||
                          (party.role == Role::customer && to != NoticeTo::agent);
    if (is_meant && !(extends && contains(session.now.authorised, party.id))) {
      listeners.push_back(party.id);
    }
  }
  return listeners;
}

void Bridge::Impl::finish_notice(Session& session, Duty& duty, const Playing& playing) {
  duty.fulfilled = true;
  const SampleIndex from = playing.from.value_or(engine_->position());
  const SampleIndex to = playing.to.value_or(engine_->position());
  std::vector<AuditField> fields{{"obligation", static_cast<std::int64_t>(duty.due.obligation)},
                                 {"from", static_cast<std::int64_t>(from.samples())}};
  journal_.append(RecordType::obligation_fulfilled, session, std::move(fields), to);
  events_.push_back(
      NoticePlayed{session.id, duty.due.obligation, duty.due.kind, duty.due.id, true, from, to});
}

/// The raise is denied: what was begun and not delivered never will be.
void Bridge::Impl::fail_notices(Session& session) {
  for (const Duty& duty : session.pending->duties) {
    if (duty.fulfilled || (duty.played && !duty.sound)) continue;
    journal_.append(RecordType::obligation_failed, session,
                    {{"obligation", static_cast<std::int64_t>(duty.due.obligation)}},
                    engine_->position());
    if (!duty.played) continue;
    const SampleIndex at = engine_->position();
    events_.push_back(
        NoticePlayed{session.id, duty.due.obligation, duty.due.kind, duty.due.id, false, at, at});
  }
}

void Bridge::Impl::stop_notices(const Session& session) {
  stop_sounds(Purpose::notice, session.id);
}

/// The raise is applied: its tones that repeat go on. Where it is about newcomers, those that
/// others hear go on as well.
void Bridge::Impl::keep_periodic(Session& session) {
  if (session.pending->cause != Cause::party_joined) {
    stop_sounds(Purpose::periodic, session.id);
  }
  for (Playing& playing : playing_) {
    const bool repeats = playing.sound.repeat != 0 && playing.to;
    if (playing.purpose != Purpose::notice || playing.session != session.id || !repeats) continue;
    playing.purpose = Purpose::periodic;
    playing.sound.must_arrive = false;
  }
  stop_notices(session);
}

/// The session has been lowered: the repeating tones are those of the mode that is left.
void Bridge::Impl::return_to_periodic(const Session& session) {
  stop_sounds(Purpose::periodic, session.id);
  if (session.discharged.empty()) return;
  for (const ObligationDue& due : duties_of(session.discharged.back().obligations)) {
    if (due.kind != ObligationKind::tone || !plays(due.kind, due.id)) continue;
    std::optional<Sound> sound = sound_of(due);
    if (!sound || sound->repeat == 0) continue;
    sound->first = sound->again;
    sound->targets = listeners_of(session, due);
    if (!sound->targets.empty()) start(std::move(*sound), Purpose::periodic, session.id, due.id);
  }
}

void Bridge::Impl::play_leave_tones(const Session& session) {
  if (session.discharged.empty()) return;
  for (const ObligationDue& due : duties_of(session.discharged.back().obligations)) {
    if (!due.at_leave || !plays(due.kind, due.id)) continue;
    std::optional<Sound> sound = sound_of(due);
    if (!sound) continue;
    sound->targets = listeners_of(session, due);
    sound->repeat = 0;
    if (!sound->targets.empty()) start(std::move(*sound), Purpose::leave_tone, session.id, due.id);
  }
}

Status Bridge::Impl::complete(ObligationId obligation, Fulfilment fulfilment) {
  catch_up();
  for (Session& session : sessions_) {
    if (!session.pending) continue;
    for (Duty& duty : session.pending->duties) {
      if (duty.due.obligation != obligation || duty.fulfilled || duty.played) continue;
      if (fulfilment == Fulfilment::failed) {
        deny(session, DecisionCode::notice_undeliverable);
      } else {
        journal_.append(RecordType::obligation_fulfilled, session,
                        {{"obligation", static_cast<std::int64_t>(obligation)}},
                        engine_->position());
        duty.fulfilled = true;
      }
      sweep();
      return Ok{};
    }
  }
  return Error{Errc::nothing_pending, "no such obligation waits"};
}

}  // namespace barge
