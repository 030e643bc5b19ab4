// SPDX-License-Identifier: Apache-2.0
// Hold, consultation, park and new legs: what the host does with the call while it is supervised.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {

void Bridge::Impl::record_move(const char* move, const Member& member,
                               std::vector<AuditField> more) {
  more.insert(more.begin(), {{"move", std::string(move)}, {"party", member.person.id.text()}});
  journal_.append(RecordType::call_moved, std::move(more));
}

// ── Hold ────────────────────────────────────────────────────────────────────────────────────────

Status Bridge::Impl::hold(ParticipantId participant, Hold kind) {
  if (closed_) return Ok{};
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  if (kind == Hold::none) return resume(participant);
  Member& member = **found;
  if (member.hold == kind) return Ok{};
  member.hold = kind;
  member.parked = false;
  record_move("hold", member, {{"hold", std::string(name(kind))}});
  replan();
  watch_customers();
  judge_pending_again();
  return Ok{};
}

Status Bridge::Impl::resume(ParticipantId participant) {
  if (closed_) return Ok{};
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  Member& member = **found;
  if (member.hold == Hold::none) return Ok{};
  member.hold = Hold::none;
  member.parked = false;
  record_move("resume", member);
  open_later(participant);
  replan();
  watch_customers();
  judge_pending_again();
  return Ok{};
}

/// Takes those off hold whom the condition names.
void Bridge::Impl::take_off_hold(bool (*is_meant)(const Member&)) {
  std::vector<ParticipantId> back;
  for (auto& slot : roster_.slots()) {
    if (!slot || !is_meant(*slot)) continue;
    slot->hold = Hold::none;
    slot->parked = false;
    back.push_back(slot->id);
  }
  for (const ParticipantId party : back)
    open_later(party);
}

/// Whoever speaks openly gets a cue that the party is back, and is heard by it a little later.
void Bridge::Impl::open_later(ParticipantId party) {
  const Member& member = *roster_.get(party);
  const PartyState state{party, member.person.role};
  for (Session& session : sessions_) {
    if (session.now.mode < Mode::barge || session.ended || session.paused) continue;
    if (session.supervisor == party || !may_speak_to(session.state(), state)) continue;
    const auto waits = std::find(session.resuming.begin(), session.resuming.end(), party);
    const SteadyTime at = clock_->steady() + config_.resume_delay;
    if (waits != session.resuming.end()) {
      session.resume_at[static_cast<std::size_t>(waits - session.resuming.begin())] = at;
    } else {
      session.resuming.push_back(party);
      session.resume_at.push_back(at);
    }
    cue(session);
  }
}

void Bridge::Impl::watch_resumes() {
  for (Session& session : sessions_) {
    std::vector<ParticipantId> opened;
    for (std::size_t i = 0; i < session.resuming.size();) {
      if (session.resume_at[i] > clock_->steady()) {
        ++i;
        continue;
      }
      opened.push_back(session.resuming[i]);
      session.resuming.erase(session.resuming.begin() + static_cast<std::ptrdiff_t>(i));
      session.resume_at.erase(session.resume_at.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (opened.empty()) continue;
    replan();
    for (const ParticipantId party : opened) {
      const Member* const member = roster_.get(party);
      const bool shielded = config_.attributes.card_data && !attends_alone(session);
      const bool reaches = member != nullptr && member->hold == Hold::none && session.in_force() &&
                           !session.paused && !shielded &&
                           may_speak_to(session.state(), {party, member->person.role});
      if (reaches) awaited_.push_back({next_revision(), EdgeReopened{session.id, party, {}}});
    }
  }
}

// ── A new leg ───────────────────────────────────────────────────────────────────────────────────

Result<Joined> Bridge::Impl::replace_leg(ParticipantId participant) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  auto found = roster_.find(participant);
  if (!found) return found.error();
  Member& member = **found;
  roster_.replace_leg(member);
  member.first_sample = engine_->position().samples();
  if (std::exchange(member.speech_change, 0) % 2 != 0) {
    events_.push_back(SpeechChanged{member.id, false, engine_->position()});
  }
  note_flow(member, true, true);  // of the new leg nothing is missing yet
  record_move("replace_leg", member);
  replan();
  watch_customers();
  judge_pending_again();
  return Joined{member.id, member.leg, member.right_ear};
}

// ── Consultation ────────────────────────────────────────────────────────────────────────────────

Result<Consultation> Bridge::Impl::consult(ParticipantId party, const Party& with) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  const auto first = roster_.find(party);
  if (!first) return first.error();
  const auto* const newcomer = std::get_if<Person>(&with);
  ParticipantId second_id;
  if (newcomer != nullptr) {
    if (const Status status = check_join(*newcomer); !status) return status.error();
  } else {
    second_id = std::get<ParticipantId>(with);
    const auto second = roster_.find(second_id);
    if (!second) return second.error();
    if ((*second)->conversation != ConversationId::main || second_id == party) {
      return Error{Errc::invalid_argument, "the other party consults already, or is the same one"};
    }
  }
  if ((*first)->conversation != ConversationId::main) {
    return Error{Errc::invalid_argument, "the party consults already"};
  }
  if (newcomer != nullptr) {
    Member& member = roster_.add(*newcomer, Ears::mono);
    begin(member);
    second_id = member.id;
  }
  const ConversationId conversation{++conversations_made_};
  Member& a = *roster_.get(party);
  Member& b = *roster_.get(second_id);
  a.conversation = b.conversation = conversation;
  record_move("consult", a, {{"with", b.person.id.text()}});
  replan();
  watch_customers();
  judge_pending_again();
  if (newcomer != nullptr) extend_all();
  return Consultation{conversation, {b.id, b.leg, b.right_ear}};
}

Status Bridge::Impl::end_consult(ConversationId conversation) {
  catch_up();
  const auto consults = [&](const auto& slot) {
    return slot && slot->conversation == conversation;
  };
  auto& slots = roster_.slots();
  const auto member = std::find_if(slots.begin(), slots.end(), consults);
  if (conversation == ConversationId::main || member == slots.end()) {
    return Error{Errc::unknown_id, "no such consultation on this call"};
  }
  record_move("end_consult", **member);
  leave_conversation(**member);
  replan();
  watch_customers();
  party_joined();
  return Ok{};
}

/// Ends the conversation apart that the member is in.
void Bridge::Impl::leave_conversation(Member& member) {
  const ConversationId conversation = member.conversation;
  for (auto& slot : roster_.slots()) {
    if (slot && slot->conversation == conversation) slot->conversation = ConversationId::main;
  }
}

// ── Park ────────────────────────────────────────────────────────────────────────────────────────

Status Bridge::Impl::park() {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  if (parked_until_) return Ok{};
  parked_until_ = clock_->steady() + config_.park_limit;
  for (auto& slot : roster_.slots()) {
    if (!slot || slot->person.role != Role::customer) continue;
    const bool served = std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& s) {
      return s.in_force() && attends_alone(s);
    });
    if (slot->hold != Hold::none) continue;
    if (served && !contains(unattended_, slot->id)) report_unattended(slot->id);
    slot->hold = Hold::local;
    slot->parked = true;
  }
  for (Session& session : sessions_) {
    if (session.ended) continue;
    session.paused = true;
    set_limits(session);
  }
  journal_.append(RecordType::call_moved, {{"move", std::string("park")}});
  replan();
  watch_customers();
  judge_pending_again();
  return Ok{};
}

Status Bridge::Impl::retrieve() {
  if (closed_) return Ok{};
  catch_up();
  if (!parked_until_) return Error{Errc::nothing_pending, "the call is not parked"};
  parked_until_.reset();
  for (Session& session : sessions_) {
    session.paused = false;
    set_limits(session);
  }
  take_off_hold([](const Member& member) { return member.parked; });
  journal_.append(RecordType::call_moved, {{"move", std::string("retrieve")}});
  replan();
  watch_customers();
  judge_pending_again();
  return Ok{};
}

}  // namespace barge
