// SPDX-License-Identifier: Apache-2.0
// In the agent's place, and who is left for the customer.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {

bool Bridge::Impl::agent_is_replaced(const Session* except, const Settings& settings) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& other) {
    if (&other == except || other.now.mode != Mode::takeover) return false;
    const bool all = other.now.scope == AgentScope::all || settings.scope == AgentScope::all;
    return all || other.now.agent == settings.agent;
  });
}

Status Bridge::Impl::check_takeover(const Member& supervisor, const Settings& settings) const {
  if (settings.mode != Mode::takeover) return Ok{};
  const Member* const agent = roster_.get(settings.agent);
  if (agent == nullptr || agent->person.role != Role::agent) {
    return Error{Errc::invalid_argument, "a takeover needs an agent to take over from"};
  }
  if (supervisor.muted || supervisor.lost) {
    return Error{Errc::invalid_argument, "a takeover needs the supervisor's voice: it is muted"};
  }
  if (agent_is_replaced(session_of(supervisor.id), settings)) {
    return Error{Errc::takeover_in_force, "another supervisor has taken over from this agent"};
  }
  return Ok{};
}

/// Whether the supervisor of a pending takeover can be heard, so that nobody's voice is taken for
/// silence.
bool Bridge::Impl::may_replace_now(const Session& session) const {
  const Settings& to = session.pending->to;
  if (to.mode != Mode::takeover || session.now.mode == Mode::takeover) return true;
  const Member& supervisor = *roster_.get(session.supervisor);
  const bool key_is_up = to.push_to_talk && !(session.now.push_to_talk && session.talking);
  return !supervisor.muted && !supervisor.lost && !key_is_up && supervisor.hold == Hold::none &&
         supervisor.conversation == ConversationId::main;
}

Status Bridge::Impl::hand_back(ParticipantId supervisor, Mode to) {
  catch_up();
  auto found = roster_.find(supervisor);
  if (!found) return found.error();
  Session* const session = session_of(supervisor);
  if (session == nullptr || session->now.mode != Mode::takeover) {
    return Error{Errc::wrong_role, "the supervisor has taken over from nobody"};
  }
  if (to >= Mode::takeover) {
    return Error{Errc::not_a_lowering, "handing back needs a lower mode"};
  }
  const bool all = session->now.scope == AgentScope::all && !roster_.agents().empty();
  if (!all && roster_.get(session->now.agent) == nullptr) {
    return Error{Errc::agent_gone, "the agent has left the call"};
  }
  cancel(*session, "lowered");
  lower_to(*session, to, Cause::handed_back);
  extend(*session);
  sweep();
  return Ok{};
}

Status Bridge::Impl::set_talking(ParticipantId supervisor, bool talking) {
  catch_up();
  auto found = roster_.find(supervisor);
  if (!found) return found.error();
  Session* const session = session_of(supervisor);
  if (session == nullptr || !session->in_force() || !session->now.push_to_talk) {
    return Error{Errc::wrong_role, "no session in push-to-talk"};
  }
  if (std::exchange(session->talking, talking) != talking) replan();
  return Ok{};
}

// ── The agent leaves during barge ───────────────────────────────────────────────────────────────

/// Supervisors who barge in where no agent is left stay audible: no edge opens. Whether it counts
/// as a takeover is the policy's to say, and of one supervisor alone.
void Bridge::Impl::watch_barges() {
  if (!roster_.agents().empty()) return;
  for (Session& session : sessions_) {
    if (session.now.mode == Mode::barge && !session.paused && !session.unattended_barge) {
      promote(session);
    }
  }
}

void Bridge::Impl::promote(Session& session) {
  cancel(session, "target_changed");
  const bool is_taken = std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& other) {
    return &other != &session && (other.now.mode == Mode::takeover || other.promotion);
  });
  if (is_taken) return;
  Settings to = session.now;
  to.mode = Mode::takeover;
  to.scope = AgentScope::bound;
  to.agent = ParticipantId();
  withdraw(session.promotion);
  session.promotion = inquire(session, to, session.reason);
}

void Bridge::Impl::advance_promotion(Session& session) {
  if (!session.promotion || !is_answered(*session.promotion)) return;
  const Inquiry inquiry = *std::exchange(session.promotion, std::nullopt);
  if (session.now.mode != Mode::barge || !roster_.agents().empty()) return;
  Settings to = session.now;
  to.mode = Mode::takeover;
  to.scope = AgentScope::bound;
  to.agent = ParticipantId();
  const Decision decision = judgement(inquiry, session, to, session.reason);
  const auto record = record_decision(session, decision, question(session, to, session.reason));
  if (!decision.permitted() || !record || !take_room(session, to, decision.obligations)) {
    session.unattended_barge = true;
    journal_.append(RecordType::session_unattended_barge, session, {}, engine_->position());
    events_.push_back(UnattendedBarge{session.id, session.supervisor});
    return watch_barges();  // somebody else may be permitted
  }
  Change change;
  change.before = session.now;
  change.after = to;
  change.raise = true;
  change.applied = {session.id, session.supervisor, Mode::barge, Mode::takeover,
                    {},         Cause::agent_left};
  withdraw(session.review);  // it asked about the barge
  accept(session, decision);
  settle(session, to);
  replan();
  session.revision = change.revision = next_revision();
  changes_.push_back(std::move(change));
  watch_customers();
}

// ── Who is left for the customer ────────────────────────────────────────────────────────────────

bool Bridge::Impl::attends_alone(const Session& session) const {
  const std::vector<PartyState> parties = roster_.party_states();
  const std::vector<SessionState> sessions = session_states();
  return barge::attends_alone({parties, sessions}, session.state());
}

/// Whether somebody can speak to the customer, once un-muted.
bool Bridge::Impl::attended(const Scene& scene, const PartyState& customer) const {
  return std::any_of(scene.parties.begin(), scene.parties.end(), [&](PartyState speaker) {
    if (speaker.role == Role::customer || roster_.get(speaker.id)->lost) return false;
    speaker.muted = false;
    return hears(scene, customer, speaker);
  });
}

/// The sessions as they are when everybody who may speak does.
std::vector<SessionState> Bridge::Impl::speaking_states(const Session* except) const {
  std::vector<SessionState> states;
  for (const Session& session : sessions_) {
    if (!session.in_force() || &session == except) continue;
    SessionState state = session.state();
    state.talking = true;
    state.resuming = {};
    states.push_back(state);
  }
  return states;
}

/// Whether a customer has only the session's supervisor to speak to it.
bool Bridge::Impl::is_needed(const Session& session) const {
  if (session.now.mode < Mode::barge || session.paused) return false;
  const std::vector<PartyState> parties = roster_.party_states();
  const std::vector<SessionState> with = speaking_states(nullptr);
  const std::vector<SessionState> without = speaking_states(&session);
  return std::any_of(parties.begin(), parties.end(), [&](const PartyState& party) {
    const bool shielded = config_.attributes.card_data;
    return party.role == Role::customer && attended({parties, with, shielded}, party) &&
           !attended({parties, without, shielded}, party);
  });
}

/// At the end of a control call: what it has made of those who need somebody or are needed.
void Bridge::Impl::look_after_customers() {
  while (std::exchange(customers_watched_, false))
    report_customers();
}

/// Reports each customer that has just lost the last one who could speak to it, and lets it hear
/// the hold source.
void Bridge::Impl::report_customers() {
  if (closed_) return;
  const std::vector<PartyState> parties = roster_.party_states();
  const std::vector<SessionState> states = speaking_states(nullptr);
  const Scene scene{parties, states, config_.attributes.card_data};
  const std::vector<ParticipantId> before = unattended_;
  for (const PartyState& party : parties) {
    if (party.role != Role::customer) continue;
    const bool waits = party.hold != Hold::none;
    const bool known = contains(unattended_, party.id);
    if (waits || attended(scene, party)) {
      erase_id(unattended_, party.id);
    } else if (!known) {
      report_unattended(party.id);
    }
  }
  const auto is_gone = [&](ParticipantId id) { return roster_.get(id) == nullptr; };
  unattended_.erase(std::remove_if(unattended_.begin(), unattended_.end(), is_gone),
                    unattended_.end());
  if (unattended_ != before) replan();
  // Whoever is needed no longer is not spared any more.
  follow_attributes();
  for (Session& session : sessions_) {
    if (session.owed && session.in_force()) revoke(session, Revocation(*session.owed));
  }
}

void Bridge::Impl::report_unattended(ParticipantId customer) {
  unattended_.push_back(customer);
  journal_.append(RecordType::call_unattended, {{"customer", gid_of(customer)}});
  events_.push_back(CustomerUnattended{customer, clock_->steady() + config_.unattended_deadline});
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

}  // namespace barge
