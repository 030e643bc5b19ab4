// SPDX-License-Identifier: Apache-2.0
// Another call becomes one with this.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {
namespace {

const Member* find_person(const Roster& roster, const PersonGid& id) {
  for (const auto& slot : roster.slots()) {
    if (slot && slot->person.id == id) return &*slot;
  }
  return nullptr;
}

}  // namespace

/// What handles of the other bridge are here.
class Bridge::Impl::NewIds {
 public:
  void add(ParticipantId before, ParticipantId now) { ids_.emplace_back(before, now); }
  ParticipantId operator()(ParticipantId before) const {
    for (const auto& [id, now] : ids_) {
      if (id == before) return now;
    }
    return {};
  }
  std::vector<ParticipantId> operator()(std::vector<ParticipantId> ids) const {
    std::transform(ids.begin(), ids.end(), ids.begin(),
                   [&](ParticipantId id) { return (*this)(id); });
    return ids;
  }
  Settings operator()(Settings settings) const {
    settings.agent = (*this)(settings.agent);
    settings.targets = (*this)(std::move(settings.targets));
    settings.authorised = (*this)(std::move(settings.authorised));
    return settings;
  }
  const std::vector<std::pair<ParticipantId, ParticipantId>>& all() const { return ids_; }

 private:
  std::vector<std::pair<ParticipantId, ParticipantId>> ids_;
};

Status Bridge::Impl::check_merge(const Impl& other) const {
  if (closed_ || other.closed_) return Error{Errc::closed, "one of the bridges is closed"};
  const Format &a = config_.format, &b = other.config_.format;
  if (a.rate != b.rate || a.frame_samples != b.frame_samples) {
    return Error{Errc::invalid_argument, "the bridges differ in rate or frame length"};
  }
  std::size_t legs = roster_.size();
  for (const auto& slot : other.roster_.slots()) {
    if (!slot) continue;
    const Member* const known = find_person(roster_, slot->person.id);
    const bool supervises_both = known != nullptr && slot->person.role == Role::supervisor &&
                                 known->person.role == Role::supervisor;
    if (known != nullptr && !supervises_both) {
      return Error{Errc::already_joined, "`" + slot->person.id.text() + "` is on both calls"};
    }
    legs += known == nullptr ? 1 : 0;
  }
  if (legs > config_.max_legs) {
    return Error{Errc::too_many_legs, "the bridge takes " + std::to_string(config_.max_legs) +
                                          " legs; both together have " + std::to_string(legs)};
  }
  return Ok{};
}

Result<std::vector<Moved>> Bridge::Impl::merge(Impl& other) {
  if (const Status status = check_merge(other); !status) return status.error();
  catch_up();
  other.catch_up();
  journal_.append(RecordType::call_moved,
                  {{"move", std::string("merge")}, {"call", other.config_.call.text()}});
  NewIds now;
  adopt_parties(other, now);
  std::vector<Change> underway;
  for (Session& session : other.sessions_) {
    if (!session.ended) adopt_session(other, session, now, underway);
  }
  other.shut(Cause::merged);
  combine_attributes(other.config_.attributes);
  replan();
  for (Change& change : underway) {
    change.revision = next_revision();
    changes_.push_back(std::move(change));
  }
  anchor_.reset();  // the others' samples are counted anew
  mark_supervision(engine_->position());
  watch_customers();
  judge_all_again();
  extend_all();
  sweep();

  std::vector<Moved> moved;
  for (const auto& [before, after] : now.all()) {
    const Member& member = *roster_.get(after);
    moved.push_back({before, {member.id, member.leg, member.right_ear}});
  }
  return moved;
}

/// Adds the other bridge's parties to this one. A supervisor of both keeps its leg here.
void Bridge::Impl::adopt_parties(const Impl& other, NewIds& now) {
  const std::uint32_t conversations = conversations_made_;
  conversations_made_ += other.conversations_made_;
  for (const auto& slot : other.roster_.slots()) {
    if (!slot) continue;
    if (const Member* const known = find_person(roster_, slot->person.id)) {
      now.add(slot->id, known->id);
      continue;
    }
    const Ears ears = slot->right_ear ? Ears::stereo : Ears::mono;
    const ParticipantId id = roster_.add(slot->person, ears).id;
    Member& member = *roster_.get(id);
    member.muted = slot->muted;
    member.lost = slot->lost;
    if (!slot->parked) member.hold = slot->hold;  // who was parked is retrieved by this
    begin(member);
    if (slot->conversation != ConversationId::main) {
      member.conversation =
          ConversationId{conversations + static_cast<std::uint32_t>(slot->conversation)};
    }
    now.add(slot->id, id);
  }
  for (const auto& slot : other.roster_.slots()) {
    if (!slot) continue;
    for (const EdgeSetting& set : slot->edges) {
      const auto here = edge(now(slot->id), now(set.speaker));
      const bool is_unset = here && (*here)->gain == Gain() && !(*here)->muted;
      if (is_unset) **here = {now(set.speaker), set.gain, set.muted};
    }
  }
}

/// Takes over a session: what is in force, among those for whom it was permitted; what is pending,
/// from the start.
void Bridge::Impl::adopt_session(Impl& other, Session& session, const NewIds& now,
                                 std::vector<Change>& underway) {
  const ParticipantId supervisor = now(session.supervisor);
  if (Session* const own = session_of(supervisor)) {
    const Mode lower = std::min(own->now.mode, session.now.mode);
    if (session.in_force() && lower < own->now.mode) lower_to(*own, lower, Cause::merged);
    if (own->in_force() || !session.in_force()) return;  // the other one ends with its bridge
    cancel(*own, "replaced");
  }
  Session& adopted = add_session(*roster_.get(supervisor));
  const SessionId id = adopted.id;
  const std::uint64_t heard = other.heard_samples(session);
  std::optional<Pending> pending = other.take_pending(session);
  other.withdraw(session.review);
  other.withdraw(session.promotion);
  for (const Change& change : other.changes_) {
    if (change.applied.session != session.id) continue;
    Change& here = underway.emplace_back(change);
    here.before = now(here.before);
    here.after = now(here.after);
    here.applied.session = id;
    here.applied.supervisor = supervisor;
  }
  other.forget_changes(session.id);
  adopted = std::move(session);
  session = Session{};
  session.ended = true;  // nothing of it is left to end there
  adopted.id = id;
  adopted.supervisor = supervisor;
  adopted.now = now(std::move(adopted.now));
  adopted.resuming = now(std::move(adopted.resuming));
  adopted.heard = heard;
  adopted.revision = 0;
  adopted.paused = parked_until_.has_value();
  adopted.limits.clear();  // this bridge counts its own samples
  set_limits(adopted);
  return_to_periodic(adopted);
  if (pending) {
    propose(adopted, now(std::move(pending->to)), std::move(pending->reason), pending->cause);
  }
}

std::optional<Pending> Bridge::Impl::take_pending(Session& session) {
  std::optional<Pending> pending = session.pending;
  if (pending) drop_pending(session);
  return pending;
}

void Bridge::Impl::forget_changes(SessionId session) {
  const auto is_of_it = [&](const Change& change) { return change.applied.session == session; };
  changes_.erase(std::remove_if(changes_.begin(), changes_.end(), is_of_it), changes_.end());
}

}  // namespace barge
