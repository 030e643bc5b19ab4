// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <algorithm>
#include <string>

namespace barge::explore {
namespace {

const std::string* text_of(const AuditRecord& record, const char* key) {
  for (const AuditField& field : record.data) {
    if (field.key == key) return std::get_if<std::string>(&field.value);
  }
  return nullptr;
}

/// Why a raise began.
Cause cause_of(const AuditRecord& record) {
  const std::string* const text = text_of(record, "cause");
  for (const Cause cause : {Cause::party_joined, Cause::transferred}) {
    if (text != nullptr && *text == name(cause)) return cause;
  }
  return Cause::requested;
}

Seat seat_in(const AuditRecord& record, const char* key) {
  const std::string* const text = text_of(record, key);
  return text == nullptr || text->empty() ? nobody : Seat(text->front() - '0');
}

}  // namespace

PersonGid gid_of(std::size_t seat) {
  return PersonGid(std::string(1, static_cast<char>('0' + seat)));
}

Seat seat_of(const PersonGid& id) {
  return id.empty() ? nobody : Seat(id.text().front() - '0');
}

// ── The authorizer ──────────────────────────────────────────────────────────────────────────────

AuthorizerTicket ScriptAuthorizer::ask(const AccessRequest& request) {
  Question question;
  question.ticket = AuthorizerTicket{++asked_};
  question.subject = seat_of(request.subject.id);
  question.mode = request.action.mode;
  for (const PersonGid& party : request.call.parties)
    question.parties = static_cast<Seats>(question.parties | bit(seat_of(party)));
  question.about_listening = (born_supervisors & bit(question.subject)) == 0;
  open.push_back(question);
  return question.ticket;
}

std::optional<Decision> ScriptAuthorizer::take_answer(AuthorizerTicket ticket) {
  const auto found = std::find_if(open.begin(), open.end(), [&](const Question& question) {
    return question.ticket == ticket;
  });
  if (found == open.end() || answers == Answers::withheld) return std::nullopt;
  const Question question = *found;
  open.erase(found);
  return decide(question);
}

void ScriptAuthorizer::forget(AuthorizerTicket ticket) {
  open.erase(std::remove_if(open.begin(), open.end(),
                            [&](const Question& question) { return question.ticket == ticket; }),
             open.end());
}

Decision ScriptAuthorizer::decide(const Question& question) {
  Decision decision;
  if (question.about_listening) {
    decision.code = DecisionCode::no_rule;  // agents have no grant to listen
    return decision;
  }
  const bool permits = answers != Answers::deny;
  verdicts[question.subject][static_cast<std::size_t>(question.mode)] = {permits, answers,
                                                                         question.parties, step};
  decision.code = permits ? DecisionCode::permitted : DecisionCode::forbidden;
  if (!permits) return decision;
  decision.effect = Effect::permit;
  decision.winner = "p";
  if (answers == Answers::notice) decision.obligations.phrases = {{{"n", NoticeTo::both}, "p"}};
  if (answers == Answers::duty) decision.obligations.visual = {{true, true}, "p"};
  if (generous) {
    decision.terms.agent_may_listen = true;
    decision.terms.consult = ConsultEar::all;
    decision.terms.without_consent = Mode::monitor;
    decision.terms.internal_calls = true;
  }
  return decision;
}

// ── The sink ────────────────────────────────────────────────────────────────────────────────────

Result<AuditTicket> ScriptSink::append(AuditRecord record) {
  const bool waits = mode == Audit::held && record.type == RecordType::decision_made;
  records_.push_back(waits                    ? Durability::pending
                     : mode == Audit::failing ? Durability::failed
                                              : Durability::durable);
  undecided += waits ? 1 : 0;
  const Seat supervisor = seat_in(record, "supervisor");
  switch (record.type) {
    case RecordType::session_requested: {
      started.push_back({supervisor, cause_of(record)});
      break;
    }
    case RecordType::obligation_fulfilled:
      ++fulfilled[supervisor];
      fulfilled_at[supervisor] = record.sample.value_or(SampleIndex()).samples();
      break;
    case RecordType::call_unattended:
      unattended = static_cast<Seats>(unattended | bit(seat_in(record, "customer")));
      break;
    case RecordType::session_joined:
    case RecordType::session_left:
      note_session(record);
      break;
    default:
      break;
  }
  return AuditTicket{records_.size()};
}

/// A session's global id ends with its number on the call.
void ScriptSink::note_session(const AuditRecord& record) {
  const std::string& gid = record.session.text();
  const auto number = static_cast<std::size_t>(std::stoul(gid.substr(gid.rfind('/') + 1)));
  if (sessions.size() <= number) sessions.resize(number + 1, 0);
  const std::int8_t expected = record.type == RecordType::session_joined ? 0 : 1;
  if (sessions[number] != expected) {
    wrong =
        expected == 0 ? "session.joined twice" : "session.left without session.joined, or twice";
  }
  sessions[number] = static_cast<std::int8_t>(expected + 1);
}

Durability ScriptSink::durability(AuditTicket ticket) const {
  return records_[static_cast<std::size_t>(ticket) - 1];
}

/// What was held back becomes durable, or fails, with the change.
void ScriptSink::set(Audit to) {
  mode = to;
  if (to == Audit::held) return;
  undecided = 0;
  const Durability now = to == Audit::failing ? Durability::failed : Durability::durable;
  std::replace(records_.begin(), records_.end(), Durability::pending, now);
}

}  // namespace barge::explore
