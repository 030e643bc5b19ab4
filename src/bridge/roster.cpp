// SPDX-License-Identifier: Apache-2.0
#include "bridge/roster.hpp"

#include <algorithm>

#include "media/plan.hpp"

namespace barge {

Member& Roster::add(Person person, Ears ears) {
  auto free = std::find(slots_.begin(), slots_.end(), std::nullopt);
  if (free == slots_.end()) {
    slots_.emplace_back();
    generations_.push_back(0);
    free = slots_.end() - 1;
  }
  const auto slot = static_cast<std::uint32_t>(free - slots_.begin());
  const std::uint32_t generation = ++generations_[slot];
  Member& member = free->emplace();
  member.id = ParticipantId(slot, generation);
  member.leg = LegId(slot, generation);
  // Behind all legs: nothing can be pushed there.
  if (ears == Ears::stereo) member.right_ear = LegId(media::most_legs + slot, generation);
  member.person = std::move(person);
  return member;
}

void Roster::remove(ParticipantId id) {
  slots_[id.slot()].reset();
  for (auto& slot : slots_) {
    if (!slot) continue;
    auto& edges = slot->edges;
    edges.erase(std::remove_if(edges.begin(), edges.end(),
                               [&](const EdgeSetting& edge) { return edge.speaker == id; }),
                edges.end());
  }
}

Member* Roster::get(ParticipantId id) noexcept {
  return const_cast<Member*>(std::as_const(*this).get(id));
}

const Member* Roster::get(ParticipantId id) const noexcept {
  if (id.slot() >= slots_.size() || !slots_[id.slot()]) return nullptr;
  const Member& member = *slots_[id.slot()];
  return member.id == id ? &member : nullptr;
}

Result<Member*> Roster::find(ParticipantId id) {
  if (Member* const member = get(id)) return member;
  const bool existed =
      id && id.slot() < generations_.size() && id.generation() <= generations_[id.slot()];
  if (existed) return Error{Errc::stale_id, "the participant has left the call"};
  return Error{Errc::unknown_id, "no such participant on this call"};
}

bool Roster::has_person(const PersonGid& id) const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [&](const auto& slot) { return slot && slot->person.id == id; });
}

std::size_t Roster::size() const noexcept {
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(),
                                                [](const auto& slot) { return slot.has_value(); }));
}

std::vector<ParticipantId> Roster::plain_parties() const {
  std::vector<ParticipantId> ids;
  for (const auto& slot : slots_) {
    if (slot && slot->person.role != Role::supervisor) ids.push_back(slot->id);
  }
  return ids;
}

std::vector<ParticipantId> Roster::agents() const {
  std::vector<ParticipantId> ids;
  for (const auto& slot : slots_) {
    if (slot && slot->person.role == Role::agent) ids.push_back(slot->id);
  }
  return ids;
}

std::vector<PartyState> Roster::party_states() const {
  std::vector<PartyState> states;
  for (const auto& slot : slots_) {
    if (slot) states.push_back({slot->id, slot->person.role, slot->muted, false});
  }
  return states;
}

}  // namespace barge
