// SPDX-License-Identifier: Apache-2.0
// Who is there to be told, and what there is to tell: help, risks; guidance.
#include <algorithm>

#include "floor/impl.hpp"

namespace barge {
namespace {

Error no_agent(const PersonGid& person) {
  return {Errc::wrong_role, "`" + person.text() + "` is no agent of this call"};
}

}  // namespace

Status Floor::Impl::sign_on(Person supervisor) {
  if (supervisor.id.empty()) return Error{Errc::invalid_argument, "a person needs an id"};
  if (supervisor.role != Role::supervisor) {
    return Error{Errc::wrong_role, "`" + supervisor.id.text() + "` is no supervisor"};
  }
  catch_up();
  offer_open_help(supervisor);
  for (Person& known : signed_on_) {
    if (known.id != supervisor.id) continue;
    known = std::move(supervisor);
    return Ok{};
  }
  signed_on_.push_back(std::move(supervisor));
  return Ok{};
}

Status Floor::Impl::sign_off(const PersonGid& supervisor) {
  const auto found = std::find_if(signed_on_.begin(), signed_on_.end(),
                                  [&](const Person& known) { return known.id == supervisor; });
  if (found == signed_on_.end()) {
    return Error{Errc::unknown_id, "`" + supervisor.text() + "` is not signed on"};
  }
  forget_questions([&](const Question& question) { return question.supervisor == supervisor; });
  static_cast<void>(unfollow(supervisor));
  signed_on_.erase(found);
  return Ok{};
}

Result<HelpId> Floor::Impl::request_help(CallId call, HelpRequest request) {
  auto found = find_live(call);
  if (!found) return found.error();
  if (!(*found)->has_agent(request.agent)) return no_agent(request.agent);
  for (const Help& help : help_) {
    if (help.open.call == call && help.open.request.agent == request.agent) return help.open.id;
  }
  const HelpId id{++help_made_};
  record_or_tell(RecordType::help_requested, **found,
                 {{"help", static_cast<std::int64_t>(help_made_)},
                  {"agent", request.agent.text()},
                  {"state", std::string("open")},
                  {"reason", request.reason}});
  help_.push_back({{id, call, std::move(request), clock_->steady()}, {}});
  offer(**found, id);
  return id;
}

Status Floor::Impl::cancel_help(HelpId help) {
  const auto found = find_help(help);
  if (found == help_.end()) return Error{Errc::nothing_pending, "this request is not open"};
  close_help(found, HelpEnd::cancelled);
  return Ok{};
}

Status Floor::Impl::accept_help(HelpId help, const PersonGid& supervisor) {
  const auto found = find_help(help);
  if (found == help_.end()) return Error{Errc::nothing_pending, "this request is not open"};
  const auto& told = found->shown_to;
  if (std::find(told.begin(), told.end(), supervisor) == told.end()) {
    return Error{Errc::not_authorised, "`" + supervisor.text() + "` was not told of this request"};
  }
  close_help(found, HelpEnd::accepted, supervisor);
  return Ok{};
}

std::vector<OpenHelp> Floor::Impl::open_help() const {
  std::vector<OpenHelp> open;
  for (const Help& help : help_)
    open.push_back(help.open);
  return open;
}

std::vector<Floor::Impl::Help>::iterator Floor::Impl::find_help(HelpId help) {
  return std::find_if(help_.begin(), help_.end(),
                      [&](const Help& open) { return open.open.id == help; });
}

void Floor::Impl::close_help(std::vector<Help>::iterator help, HelpEnd end, const PersonGid& by) {
  const HelpId id = help->open.id;
  const Call& call = *slots_[help->open.call.slot()];
  std::vector<AuditField> fields{{"help", static_cast<std::int64_t>(id)},
                                 {"agent", help->open.request.agent.text()},
                                 {"state", std::string(name(end))}};
  if (!by.empty()) fields.push_back({"supervisor", by.text()});
  record_or_tell(RecordType::help_requested, call, std::move(fields));
  tell(call, HelpClosed{id, end, by, std::move(help->shown_to)});
  help_.erase(help);
  forget_questions([&](const Question& question) {
    const HelpId* const about = std::get_if<HelpId>(&question.news);
    return about != nullptr && *about == id;
  });
}

/// Closes the call's requests for help: all of them where the call has ended, else those of agents
/// who have left.
void Floor::Impl::watch_help(const Call& call, HelpEnd end) {
  const auto is_over = [&](const Help& help) {
    if (help.open.call != call.id) return false;
    return end == HelpEnd::call_ended || !call.has_agent(help.open.request.agent);
  };
  auto over = std::find_if(help_.begin(), help_.end(), is_over);
  while (over != help_.end()) {
    close_help(over, end);
    over = std::find_if(help_.begin(), help_.end(), is_over);
  }
}

Status Floor::Impl::flag_risk(CallId call, RiskFlag flag) {
  auto found = find_live(call);
  if (!found) return found.error();
  if (flag.score > 100 || flag.category.empty()) {
    return Error{Errc::invalid_argument, "a risk has a score of 0 to 100 and a category"};
  }
  record_or_tell(RecordType::risk_flagged, **found,
                 {{"score", static_cast<std::int64_t>(flag.score)},
                  {"category", flag.category},
                  {"reference", flag.reference}});
  offer(**found, std::move(flag));
  return Ok{};
}

Status Floor::Impl::note_guidance(CallId call, Guidance guidance) {
  auto found = find_live(call);
  if (!found) return found.error();
  if (!(*found)->has_agent(guidance.agent)) return no_agent(guidance.agent);
  Status recorded = record(RecordType::guidance_shown, (*found)->gid,
                           {{"agent", guidance.agent.text()},
                            {"text", guidance.text},
                            {"reference", guidance.reference}});
  if (recorded) offer(**found, std::move(guidance));
  return recorded;
}

Status Floor::Impl::record(RecordType type, const CallGid& call, std::vector<AuditField> data) {
  AuditRecord record;
  record.type = type;
  record.time = clock_->wall();
  record.monotonic = clock_->steady();
  record.call = call;
  record.data = std::move(data);
  const auto ticket = sink_->append(std::move(record));
  if (!ticket) return ticket.error();
  return Ok{};
}

/// For what has to go on although the log takes no record: help for an agent does not wait.
void Floor::Impl::record_or_tell(RecordType type, const Call& call, std::vector<AuditField> data) {
  const Status recorded = record(type, call.gid, std::move(data));
  if (!recorded) tell(call, Fault{recorded.error().code, recorded.error().message});
}

}  // namespace barge
