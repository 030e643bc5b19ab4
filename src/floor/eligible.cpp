// SPDX-License-Identifier: Apache-2.0
// Who may be told of something: whoever may monitor the call. No answer is a no.
#include <algorithm>

#include "floor/impl.hpp"

namespace barge {

/// Asks for every supervisor who is there.
void Floor::Impl::offer(const Call& call, const News& news) {
  for (const Person& supervisor : signed_on_)
    offer(supervisor, call, news);
}

void Floor::Impl::offer(const Person& supervisor, const Call& call, const News& news) {
  const Seat* const seat = call.seat_of(supervisor.id);
  if (seat != nullptr && seat->person.role != Role::supervisor) return;  // its own call
  const AuthorizerTicket ticket = authorizer_->ask(question(supervisor, call, news));
  questions_.push_back(
      {ticket, supervisor.id, call.id, news, clock_->steady() + config_.authorizer_deadline});
}

/// Asks about the requests that the supervisor has not been told of, as whoever it is now.
void Floor::Impl::offer_open_help(const Person& supervisor) {
  forget_questions([&](const Question& question) {
    return question.supervisor == supervisor.id && std::holds_alternative<HelpId>(question.news);
  });
  for (const Help& help : help_) {
    const auto& told = help.shown_to;
    if (std::find(told.begin(), told.end(), supervisor.id) != told.end()) continue;
    offer(supervisor, *slots_[help.open.call.slot()], help.open.id);
  }
}

void Floor::Impl::ask_again(Authorizer& authorizer) {
  std::vector<Question> open;
  forget_questions([&](const Question& question) {
    open.push_back(question);
    return true;
  });
  authorizer_ = &authorizer;
  for (const Question& question : open) {
    for (const Person& supervisor : signed_on_) {
      if (supervisor.id != question.supervisor) continue;
      offer(supervisor, *slots_[question.call.slot()], question.news);
    }
  }
}

AccessRequest Floor::Impl::question(const Person& supervisor, const Call& call,
                                    const News& news) const {
  AccessRequest request;
  request.subject = {supervisor.id, supervisor.roles, supervisor.queues, supervisor.team};
  request.action.mode = Mode::monitor;
  request.call.id = call.gid;
  request.call.queue = call.queue;
  request.call.attributes = call.attributes;
  const Seat* agent = call.agent();
  if (const HelpId* const help = std::get_if<HelpId>(&news)) {
    for (const Help& open : help_) {
      if (open.open.id == *help) agent = call.seat_of(open.open.request.agent);
    }
  }
  if (agent != nullptr) {
    request.call.agent = agent->person.id;
    request.call.agent_team = agent->person.team;
  }
  for (const Seat& seat : call.seats) {
    if (seat.person.role != Role::supervisor) request.call.parties.push_back(seat.person.id);
  }
  request.environment.now = clock_->wall();
  request.environment.sessions_on_call = static_cast<std::uint32_t>(
      std::count_if(call.sessions.begin(), call.sessions.end(),
                    [](const Watched& session) { return session.mode != Mode::off; }));
  return request;
}

void Floor::Impl::advance_questions() {
  const auto settled = [&](const Question& question) { return is_settled(question); };
  questions_.erase(std::remove_if(questions_.begin(), questions_.end(), settled), questions_.end());
}

bool Floor::Impl::is_settled(const Question& question) {
  const auto decision = authorizer_->take_answer(question.ticket);
  if (!decision) {
    if (clock_->steady() < question.deadline) return false;
    authorizer_->forget(question.ticket);
    return true;
  }
  const Call& call = *slots_[question.call.slot()];
  const bool may = decision->permitted() && decision->terms.raises.has(Mode::monitor) &&
                   (decision->terms.internal_calls || !call.attributes.internal);
  if (may) show(question, call);
  return true;
}

void Floor::Impl::show(const Question& question, const Call& call) {
  if (const auto* const flag = std::get_if<RiskFlag>(&question.news)) {
    return tell(call, RiskFlagged{question.supervisor, *flag});
  }
  if (const auto* const guidance = std::get_if<Guidance>(&question.news)) {
    return tell(call, GuidanceShown{question.supervisor, *guidance});
  }
  const auto help = find_help(std::get<HelpId>(question.news));
  help->shown_to.push_back(question.supervisor);
  tell(call, HelpRequested{help->open.id, question.supervisor, help->open.request});
}

}  // namespace barge
