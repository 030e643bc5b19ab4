// SPDX-License-Identifier: Apache-2.0
// Who is on the call.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {
namespace {

media::EngineConfig engine_config(const BridgeConfig& config) {
  media::EngineConfig engine;
  engine.format = config.format;
  engine.overload = config.overload;
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

std::uint64_t flow_patience(const BridgeConfig& config) {
  return static_cast<std::uint64_t>(config.media_missing_after.count()) *
         hertz(config.format.rate) / 1000;
}

}  // namespace

Bridge::Impl::Impl(BridgeConfig config, Authorizer& authorizer, AuditSink& sink, const Clock& clock)
    : config_(std::move(config)),
      plan_options_{config_.format.frame_samples, config_.overload,
                    config_.speech.has_value(),   config_.whisper_duck,
                    flow_patience(config_),       config_.media_memory},
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
  if (roster_.size() >= config_.max_legs || !roster_.has_room()) {
    return Error{Errc::too_many_legs,
                 "the bridge takes " + std::to_string(config_.max_legs) + " legs and has as many"};
  }
  return Ok{};
}

Result<Joined> Bridge::Impl::join(Person person, Ears ears) {
  if (const Status status = check_join(person); !status) return status.error();
  catch_up();
  const Role role = person.role;
  Member& member = roster_.add(std::move(person), ears);
  begin(member);
  const Joined joined{member.id, member.leg, member.right_ear};
  replan();
  if (role != Role::supervisor) party_joined();
  return joined;
}

/// A leg that is new here. Whoever comes to a parked call is parked as well.
void Bridge::Impl::begin(Member& member) {
  member.first_sample = engine_->position().samples();
  const bool waits = parked_until_ && member.person.role == Role::customer;
  if (!waits || member.hold != Hold::none) return;
  member.hold = Hold::local;
  member.parked = true;
}

/// A plain party is in the call that was not before.
void Bridge::Impl::party_joined() {
  if (!sessions_.empty() || !unattended_.empty()) watch_customers();
  judge_pending_again();
  extend_all();
}

/// Asks for what is in force once more where somebody is on the call whom it was not judged for.
void Bridge::Impl::extend_all() {
  for (Session& session : sessions_)
    extend(session);
}

Status Bridge::Impl::leave(ParticipantId participant) {
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  if (Session* const session = session_of(participant)) {
    cancel(*session, "session_ended");
    lower_to(*session, Mode::off, Cause::left);
  }
  const Role role = (*found)->person.role;
  const bool consulted = (*found)->conversation != ConversationId::main;
  remove_party(**found);
  forget_party(participant);
  if (role == Role::agent) watch_barges();
  const bool customers =
      std::any_of(roster_.slots().begin(), roster_.slots().end(),
                  [](auto& slot) { return slot && slot->person.role == Role::customer; });
  if (role == Role::customer && !customers) {
    for (Session& session : sessions_) {
      cancel(session, "session_ended");
      lower_to(session, Mode::off, Cause::call_ended);
    }
  }
  replan();
  watch_customers();
  if (role != Role::supervisor) judge_all_again();
  if (consulted) extend_all();  // whom it spoke with is in the call again
  sweep();
  return Ok{};
}

/// Empties the party's slot, and what the bridge plays and records of it.
void Bridge::Impl::remove_party(const Member& member) {
  const ParticipantId id = member.id;
  if (member.conversation != ConversationId::main) leave_conversation(*roster_.get(id));
  forget_listener(id);
  remove_taps(id);
  roster_.remove(id);
}

/// Takes a party that left out of every session.
void Bridge::Impl::forget_party(ParticipantId party) {
  for (Session& session : sessions_) {
    erase_id(session.now.targets, party);
    erase_id(session.now.authorised, party);
    const auto waits = std::find(session.resuming.begin(), session.resuming.end(), party);
    if (waits != session.resuming.end()) {
      session.resume_at.erase(session.resume_at.begin() + (waits - session.resuming.begin()));
      session.resuming.erase(waits);
    }
    if (session.pending) {
      Settings& to = session.pending->to;
      const bool is_named = to.agent == party || contains(to.targets, party);
      erase_id(to.authorised, party);
      if (is_named) cancel(session, "target_changed");
    }
    if (session.now.agent == party) leave_session(session, party);
    if (session.now.mode == Mode::whisper && session.now.targets.empty()) {
      lower_to(session, Mode::monitor, Cause::agent_left);  // a whisper needs a target
    }
  }
}

/// The agent that the session is bound to has left.
void Bridge::Impl::leave_session(Session& session, ParticipantId agent) {
  const bool follows = session.now.follow == Follow::agent;
  const bool is_last = roster_.agents().empty();
  switch (session.now.mode) {
    case Mode::off:
    case Mode::takeover:  // it stays with the customer
      return;
    case Mode::barge:
      if (!session.paused && is_last) return;  // see watch_barges()
      if (session.paused) lower_to(session, Mode::monitor, Cause::agent_left);
      break;
    case Mode::whisper:
    case Mode::monitor:
      break;
  }
  if (follows) {
    lower_to(session, Mode::off, Cause::agent_left);
  } else if (session.now.mode == Mode::whisper && contains(session.now.targets, agent)) {
    lower_to(session, Mode::monitor, Cause::agent_left);
  }
}

Status Bridge::Impl::set_muted(ParticipantId participant, bool muted) {
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  if (std::exchange((*found)->muted, muted) != muted) replan();
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
  if (std::exchange((*found)->muted, muted) != muted) replan();
  return Ok{};
}

/// The session in force that has opened the edge between the two, or null.
Session* Bridge::Impl::edge_session(ParticipantId listener, ParticipantId speaker) {
  for (const ParticipantId supervisor : {listener, speaker}) {
    Session* const session = session_of(supervisor);
    if (session != nullptr && session->in_force()) return session;
  }
  return nullptr;
}

Status Bridge::Impl::set_gain(ParticipantId listener, ParticipantId speaker, Gain gain) {
  catch_up();
  auto found = edge(listener, speaker);
  if (!found) return found.error();
  EdgeSetting& edge = **found;
  Session* const session = edge_session(listener, speaker);
  if (session != nullptr && session->pending) {
    auto& gains = session->pending->gains;  // the latest word counts
    gains.erase(std::remove_if(gains.begin(), gains.end(),
                               [&](const GainRaise& raise) {
                                 return raise.listener == listener && raise.speaker == speaker;
                               }),
                gains.end());
  }
  if (edge.gain == gain) return Ok{};
  if (session == nullptr || edge.gain.q14() != 0) {
    edge.gain = gain;
    replan();
    return Ok{};
  }
  cancel(*session, "replaced");
  propose(*session, session->now, session->reason, Cause::requested);
  if (session->pending) session->pending->gains.push_back({listener, speaker, gain});
  sweep();
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
  session.paused = parked_until_.has_value();
  // From here on: what is counted under the plans of now was heard before.
  session.heard = 0 - heard_samples(session);
  return sessions_.emplace_back(std::move(session));
}

std::vector<SessionState> Bridge::Impl::session_states() const {
  std::vector<SessionState> states;
  for (const Session& session : sessions_) {
    if (session.in_force()) states.push_back(session.state());
  }
  return states;
}

std::string Bridge::Impl::gid_of(ParticipantId id) const {
  const Member* const member = roster_.get(id);
  return member == nullptr ? std::string() : member->person.id.text();
}

}  // namespace barge
