// SPDX-License-Identifier: Apache-2.0
// What is said of a call afterwards, or before its end.
#include <algorithm>

#include "floor/impl.hpp"

namespace barge {

Status Floor::Impl::record_wrapup(const CallGid& call, Wrapup wrapup) {
  if (const Status known = check_known(call); !known) return known;
  std::vector<AuditField> fields{{"outcome", std::string(name(wrapup.outcome))},
                                 {"issue", wrapup.issue},
                                 {"note", wrapup.note}};
  if (wrapup.resolved_at_first_contact) {
    fields.push_back({"resolved_at_first_contact", *wrapup.resolved_at_first_contact});
  }
  if (wrapup.saved) fields.push_back({"saved", *wrapup.saved});
  Status recorded = record(RecordType::wrapup_recorded, call, std::move(fields));
  if (!recorded) return recorded;
  const auto live = by_gid_.find(call);
  if (live != by_gid_.end()) {
    live->second->wrapup = std::move(wrapup);
    return Ok{};
  }
  Past& past = *find_past(call);
  past.wrapup = std::move(wrapup);
  debrief(past);
  return Ok{};
}

Status Floor::Impl::record_satisfaction(const CallGid& call, const Satisfaction& satisfaction) {
  if (const Status known = check_known(call); !known) return known;
  if (satisfaction.of == Role::supervisor || satisfaction.score > satisfaction.best ||
      satisfaction.best == 0) {
    return Error{Errc::invalid_argument,
                 "satisfaction is of a customer or an agent, on a scale from 0 to its best"};
  }
  return record(RecordType::csat_recorded, call,
                {{"of", std::string(name(satisfaction.of))},
                 {"score", static_cast<std::int64_t>(satisfaction.score)},
                 {"best", static_cast<std::int64_t>(satisfaction.best)}});
}

Status Floor::Impl::note_coaching(const CallGid& call, const CoachingNote& note) {
  if (const Status known = check_known(call); !known) return known;
  if (note.agent.empty() || (note.form.empty() && note.note.empty())) {
    return Error{Errc::invalid_argument, "coaching is of an agent, and has a form or a note"};
  }
  return record(RecordType::coaching_noted, call,
                {{"agent", note.agent.text()},
                 {"coach", note.coach.text()},
                 {"form", note.form},
                 {"note", note.note},
                 {"focus", note.focus}});
}

Floor::Impl::Past* Floor::Impl::find_past(const CallGid& call) {
  const auto found = std::find_if(past_.rbegin(), past_.rend(),
                                  [&](const Past& past) { return past.gid == call; });
  return found == past_.rend() ? nullptr : &*found;
}

Status Floor::Impl::check_known(const CallGid& call) {
  if (by_gid_.count(call) != 0 || find_past(call) != nullptr) return Ok{};
  return Error{Errc::unknown_id, "`" + call.text() + "` is neither live nor remembered"};
}

void Floor::Impl::remember(Call& call) {
  past_.push_back({call.gid, call.id, std::move(call.over), std::move(call.wrapup)});
  if (past_.back().wrapup) debrief(past_.back());
  while (past_.size() > config_.remembered_calls) {
    debrief(past_.front());
    past_.pop_front();
  }
}

void Floor::Impl::debrief(Past& past) {
  if (past.sessions.empty()) return;
  events_.push_back({past.id, past.gid, Debrief{std::exchange(past.sessions, {}), past.wrapup}});
}

}  // namespace barge
