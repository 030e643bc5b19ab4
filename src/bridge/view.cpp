// SPDX-License-Identifier: Apache-2.0
// Who is on the call, and who may see it.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {

/// Whether a raise is published and no tick has taken it up.
bool Bridge::Impl::is_applying(const Session& session) const {
  return std::any_of(changes_.begin(), changes_.end(), [&](const Change& change) {
    return change.raise && change.applied.session == session.id;
  });
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
    info.hold = member->hold;
    info.conversation = member->conversation;
    if (const media::Plan* const plan = config_.speech ? newest_plan_with(*member) : nullptr) {
      const media::Meter& meter = plan->meters[member->leg.slot()];
      // acquire: pairs with the meter's release. The energy stands by itself.
      info.speaking = (meter.change.load(std::memory_order_acquire) & 1) != 0;
      info.level = {meter.energy.load(std::memory_order_relaxed), config_.format.frame_samples};
    }
    if (const Session* const session = session_of(member->id)) {
      info.mode = session->now.mode;
      info.session = session->id;
      info.paused = session->paused;
      if (is_applying(*session)) info.pending = RaiseState::applying;
      if (session->pending) info.pending = session->pending->state;
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

Result<std::vector<ParticipantInfo>> Bridge::Impl::roster(ParticipantId asker) const {
  const auto found = const_cast<Roster&>(roster_).find(asker);
  if (!found) return found.error();
  std::vector<ParticipantInfo> infos = participants();
  if ((*found)->person.role == Role::supervisor) return infos;

  const std::vector<PartyState> parties = roster_.party_states();
  const std::vector<SessionState> sessions = session_states();
  const Scene scene{parties, sessions, config_.attributes.card_data};
  const auto state_of = [&](ParticipantId id) {
    return *std::find_if(parties.begin(), parties.end(),
                         [&](const PartyState& party) { return party.id == id; });
  };
  const bool is_agent = (*found)->person.role == Role::agent;
  const auto is_hidden = [&](ParticipantInfo& info) {
    if (info.person.role != Role::supervisor) return false;
    const Session* const session = session_of(info.id);
    const bool in_force = session != nullptr && session->in_force();
    const VisualObligation* indicator = nullptr;
    if (in_force && is_agent && !session->discharged.empty()) {
      const auto& visual = session->discharged.back().obligations.visual;
      if (visual) indicator = &visual->value;
    }
    if (indicator == nullptr || !indicator->names_supervisor) info.person = {Role::supervisor};
    if (!in_force) info.session.reset();
    info.pending.reset();
    return indicator == nullptr && !hears(scene, state_of(asker), state_of(info.id));
  };
  infos.erase(std::remove_if(infos.begin(), infos.end(), is_hidden), infos.end());
  return infos;
}

}  // namespace barge
