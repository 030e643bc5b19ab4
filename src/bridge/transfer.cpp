// SPDX-License-Identifier: Apache-2.0
// An agent's place goes to another one, in one plan.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {

Status Bridge::Impl::check_transfer(const Transfer& transfer) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  const auto from = roster_.find(transfer.from);
  if (!from) return from.error();
  if ((*from)->person.role != Role::agent) {
    return Error{Errc::wrong_role, "only an agent's place can be given to another one"};
  }
  for (const Session& session : sessions_) {
    const bool taken = session.now.mode == Mode::takeover && session.now.agent == transfer.from;
    if (taken && !session.ended && session.now.follow == Follow::agent) {
      return Error{Errc::takeover_in_force,
                   "the takeover follows the agent: it has to be handed back before"};
    }
  }
  return check_successor(transfer);
}

Status Bridge::Impl::check_successor(const Transfer& transfer) {
  if (const Person* const person = std::get_if<Person>(&transfer.to)) {
    if (person->role != Role::agent) {
      return Error{Errc::wrong_role, "an agent's place goes to an agent"};
    }
    if (person->id == roster_.get(transfer.from)->person.id) {
      return Error{Errc::already_joined, "the place goes to whoever has it"};
    }
    return check_join(*person);
  }
  const ParticipantId id = std::get<ParticipantId>(transfer.to);
  const auto to = roster_.find(id);
  if (!to) return to.error();
  if ((*to)->person.role == Role::customer) {
    return Error{Errc::wrong_role, "an agent's place goes to an agent or a supervisor"};
  }
  if (id == transfer.from) {
    return Error{Errc::invalid_argument, "the place goes to whoever has it"};
  }
  return Ok{};
}

Result<Joined> Bridge::Impl::transfer(const Transfer& transfer) {
  catch_up();
  if (const Status status = check_transfer(transfer); !status) return status.error();
  const ParticipantId from = transfer.from;
  const Person* const person = std::get_if<Person>(&transfer.to);
  const ParticipantId to = person != nullptr ? roster_.add(*person, Ears::mono).id
                                             : std::get<ParticipantId>(transfer.to);
  Member& successor = *roster_.get(to);
  if (person != nullptr) begin(successor);
  record_move("transfer", *roster_.get(from), {{"to", successor.person.id.text()}});
  if (successor.person.role == Role::supervisor) become_agent(successor);
  if (successor.conversation != ConversationId::main) leave_conversation(successor);
  successor.hold = Hold::none;
  if (transfer.queue) config_.queue = *transfer.queue;
  // The one who held them is gone.
  take_off_hold([](const Member& member) {
    return member.person.role == Role::customer && member.hold == Hold::local && !member.parked;
  });
  remove_party(Member(*roster_.get(from)));
  for (Session& session : sessions_)
    hand_over(session, from, to);
  forget_party(from);
  replan();
  watch_customers();
  judge_all_again();
  extend_all();
  sweep();
  return Joined{to, roster_.get(to)->leg, roster_.get(to)->right_ear};
}

/// Takes a session along to the new agent, or lets it go with the former one.
void Bridge::Impl::hand_over(Session& session, ParticipantId from, ParticipantId to) {
  if (session.now.agent != from || !session.in_force()) return;
  cancel(session, "target_changed");
  if (session.now.mode == Mode::takeover) return;  // it stays with the customer
  if (session.now.follow == Follow::agent) {
    return lower_to(session, Mode::off, Cause::transferred);
  }
  Settings before = session.now;
  before.agent = to;
  if (before.mode > Mode::monitor) lower_to(session, Mode::monitor, Cause::transferred);
  session.now.agent = to;
  erase_id(session.now.authorised, to);
  // In barge again once it has been judged for the new agent, and everybody has been told.
  if (before.mode == Mode::barge) {
    propose(session, std::move(before), session.reason, Cause::transferred);
  }
}

/// A supervisor to whom the call is transferred is an agent from then on.
void Bridge::Impl::become_agent(Member& member) {
  if (Session* const session = session_of(member.id)) {
    cancel(*session, "session_ended");
    session->now.follow = Follow::call;  // it stays
    lower_to(*session, Mode::off, Cause::transferred);
  }
  member.person.role = Role::agent;
}

}  // namespace barge
