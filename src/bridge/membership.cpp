// SPDX-License-Identifier: Apache-2.0
// Who is on the call.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {
namespace {

media::EngineConfig engine_config(const BridgeConfig& config) {
  media::EngineConfig engine{config.format, config.overload, {}};
  if (!config.speech) return engine;
  const auto samples = [&](std::chrono::milliseconds time) {
    return static_cast<std::uint32_t>(hertz(config.format.rate) * time.count() / 1000);
  };
  const int threshold = config.speech->threshold_dbfs;
  engine.speech = {mean_square_at(threshold) * config.format.frame_samples,
                   mean_square_at(threshold - 6) * config.format.frame_samples,
                   samples(config.speech->onset), samples(config.speech->hangover)};
  return engine;
}

}  // namespace

Bridge::Impl::Impl(BridgeConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock)
    : config_(std::move(config)),
      plan_options_{config_.format.frame_samples, config_.overload, config_.speech.has_value(),
                    config_.whisper_duck, config_.media_memory},
      authorizer_(&authorizer),
      clock_(&clock),
      journal_(config_.call, sink, clock),
      engine_(std::allocate_shared<media::Engine>(
          std::pmr::polymorphic_allocator<media::Engine>(config_.media_memory),
          engine_config(config_))),
      closed_plan_(compile_closed_plan(config_.media_memory)) {}

Status Bridge::Impl::check_join(const Person& person) const {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  if (person.id.empty()) return Error{Errc::invalid_argument, "a person needs an id"};
  if (roster_.has_person(person.id)) {
    return Error{Errc::already_joined, "`" + person.id.text() + "` is on this call already"};
  }
  if (roster_.size() >= config_.max_legs) {
    return Error{Errc::too_many_legs,
                 "the bridge takes " + std::to_string(config_.max_legs) + " legs and has as many"};
  }
  return Ok{};
}

Result<Joined> Bridge::Impl::join(Person person, Ears ears) {
  if (const Status status = check_join(person); !status) return status.error();
  catch_up();
  const Role role = person.role;
  const Member& member = roster_.add(std::move(person), ears);
  const Joined joined{member.id, member.leg, member.right_ear};
  publish();
  if (role == Role::agent) unattended_.clear();
  if (role != Role::supervisor) {
    for (Session& session : sessions_)
      extend(session);
  }
  if (!sessions_.empty()) watch_customers();  // a takeover does not reach a newcomer yet
  return joined;
}

Status Bridge::Impl::leave(ParticipantId participant) {
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  if (Session* const session = session_of(participant)) {
    cancel(*session, "session_ended");
    lower_to(*session, Mode::off, Cause::left);
  }
  roster_.remove(participant);
  forget_party(participant);
  publish();
  watch_customers();
  sweep();
  return Ok{};
}

/// Takes a party that left out of every session. A whisper without a target is no whisper.
void Bridge::Impl::forget_party(ParticipantId party) {
  for (Session& session : sessions_) {
    erase_id(session.now.targets, party);
    erase_id(session.now.authorised, party);
    if (session.now.mode == Mode::whisper && session.now.targets.empty()) {
      lower_to(session, Mode::monitor, Cause::agent_left);
    }
    if (!session.pending) continue;
    const Settings& to = session.pending->to;
    if (to.agent == party || contains(to.targets, party)) cancel(session, "target_changed");
  }
}

bool Bridge::Impl::attended(const Scene& scene, const PartyState& customer) const {
  return std::any_of(scene.parties.begin(), scene.parties.end(), [&](PartyState speaker) {
    if (speaker.role == Role::customer || roster_.get(speaker.id)->lost) return false;
    speaker.muted = false;  // whoever is muted can un-mute and speak
    return hears(scene, customer, speaker);
  });
}

/// Reports each customer that has just lost the last one who could speak to it.
void Bridge::Impl::watch_customers() {
  if (closed_) return;
  const std::vector<PartyState> parties = roster_.party_states();
  std::vector<SessionState> states;
  for (const Session& session : sessions_)
    states.push_back(session.now.view(session.supervisor));
  const Scene scene{parties, states};
  for (const PartyState& party : parties) {
    if (party.role != Role::customer) continue;
    const bool known = contains(unattended_, party.id);
    if (attended(scene, party)) {
      erase_id(unattended_, party.id);
    } else if (!known) {
      unattended_.push_back(party.id);
      journal_.append(RecordType::call_unattended,
                      {{"customer", roster_.get(party.id)->person.id.text()}});
      events_.push_back(CustomerUnattended{party.id});
    }
  }
}

Status Bridge::Impl::set_muted(ParticipantId participant, bool muted) {
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  if ((*found)->muted == muted) return Ok{};
  (*found)->muted = muted;
  publish();
  return Ok{};
}

/// What is set for the speaker in the listener's ear, or a place for it.
Result<EdgeSetting*> Bridge::Impl::edge(ParticipantId listener, ParticipantId speaker) {
  auto found = roster_.find(listener);
  if (!found) return found.error();
  if (const auto known = roster_.find(speaker); !known) return known.error();
  auto& edges = (*found)->edges;
  const auto edge = std::find_if(edges.begin(), edges.end(), [&](const EdgeSetting& candidate) {
    return candidate.speaker == speaker;
  });
  if (edge != edges.end()) return &*edge;
  return &edges.emplace_back(EdgeSetting{speaker, {}, false});
}

Status Bridge::Impl::set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted) {
  catch_up();
  auto found = edge(listener, speaker);
  if (!found) return found.error();
  if (std::exchange((*found)->muted, muted) != muted) publish();
  return Ok{};
}

Status Bridge::Impl::set_gain(ParticipantId listener, ParticipantId speaker, Gain gain) {
  catch_up();
  auto found = edge(listener, speaker);
  if (!found) return found.error();
  if (std::exchange((*found)->gain, gain) != gain) publish();
  return Ok{};
}

std::vector<ParticipantInfo> Bridge::Impl::participants() const {
  std::vector<ParticipantInfo> infos;
  for (const auto& member : roster_.slots()) {
    if (!member) continue;
    ParticipantInfo info;
    info.id = member->id;
    info.leg = member->leg;
    info.person = member->person;
    info.muted = member->muted;
    if (const media::Meter* const meter = this->meter(*member)) {
      // acquire: pairs with the meter's release. The energy stands by itself.
      info.speaking = (meter->change.load(std::memory_order_acquire) & 1) != 0;
      info.level = {meter->energy.load(std::memory_order_relaxed), config_.format.frame_samples};
    }
    if (const Session* const session = session_of(member->id)) {
      info.mode = session->now.mode;
      info.session = session->id;
      if (session->pending) info.pending = session->pending->state;
      for (const Change& change : changes_) {
        if (change.applied.session == session->id) info.pending = RaiseState::applying;
      }
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

Status Bridge::Impl::close() {
  if (closed_) return Ok{};
  catch_up();
  // What closed and waits for a last tick is closed for good; what was to open never will.
  for (const Change& change : std::exchange(changes_, {})) {
    if (!change.raise) finish(change, engine_->position());
  }
  for (Session& session : sessions_) {
    if (session.pending) withdraw(session.pending->question);
    withdraw(session.review);
    if (!session.on_record) continue;
    journal_.append(RecordType::session_left, session,
                    {{"cause", std::string(name(Cause::call_ended))},
                     {"from", std::string(name(session.now.mode))}},
                    engine_->position());
    events_.push_back(SessionEnded{session.id, session.supervisor, Cause::call_ended});
  }
  sessions_.clear();
  engine_->publish(std::move(closed_plan_));
  closed_ = true;
  return Ok{};
}

Session* Bridge::Impl::find_session(SessionId id) {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [&](const Session& session) { return session.id == id; });
  return found == sessions_.end() ? nullptr : &*found;
}

const Session* Bridge::Impl::session_of(ParticipantId supervisor) const {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return session.supervisor == supervisor && !session.ended;
  });
  return found == sessions_.end() ? nullptr : &*found;
}

Session* Bridge::Impl::session_of(ParticipantId supervisor) {
  return const_cast<Session*>(std::as_const(*this).session_of(supervisor));
}

// A supervisor has one session on a call, so its slot serves for the session too.
Session& Bridge::Impl::add_session(const Member& supervisor) {
  const std::uint32_t slot = supervisor.id.slot();
  if (session_generations_.size() <= slot) session_generations_.resize(slot + 1, 0);
  Session session;
  session.id = SessionId(slot, ++session_generations_[slot]);
  session.gid = SessionGid(config_.call.text() + "/" + std::to_string(++sessions_made_));
  session.supervisor = supervisor.id;
  session.supervisor_gid = supervisor.person.id;
  return sessions_.emplace_back(std::move(session));
}

}  // namespace barge
