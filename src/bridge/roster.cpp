// SPDX-License-Identifier: Apache-2.0
#include "bridge/roster.hpp"

#include <algorithm>

#include "media/plan.hpp"

namespace barge {
namespace {

/// In the generation of every sound's id, and of no leg's.
constexpr std::uint32_t sound_bit = 0x80000000;

}  // namespace

/// The lowest slot that neither a party nor a sound has.
std::uint32_t Roster::take_slot() {
  std::uint32_t slot = 0;
  while (slot < slots_.size() && (slots_[slot] || history_[slot].is_sound))
    ++slot;
  if (slot == slots_.size()) {
    slots_.emplace_back();
    history_.emplace_back();
  }
  return slot;
}

Member& Roster::add(Person person, Ears ears) {
  const std::uint32_t slot = take_slot();
  Member& member = slots_[slot].emplace();
  member.id = ParticipantId(slot, ++history_[slot].parties);
  member.leg = LegId(slot, ++history_[slot].legs);
  if (ears == Ears::stereo) member.right_ear = add_ear();
  member.person = std::move(person);
  return member;
}

void Roster::remove(ParticipantId id) {
  if (slots_[id.slot()]->right_ear) remove_ear(slots_[id.slot()]->right_ear);
  slots_[id.slot()].reset();
  for (auto& slot : slots_) {
    if (!slot) continue;
    auto& edges = slot->edges;
    edges.erase(std::remove_if(edges.begin(), edges.end(),
                               [&](const EdgeSetting& edge) { return edge.speaker == id; }),
                edges.end());
  }
}

void Roster::replace_leg(Member& member) {
  member.leg = LegId(member.leg.slot(), ++history_[member.leg.slot()].legs);
  member.lost = false;
  if (!member.right_ear) return;
  remove_ear(member.right_ear);
  member.right_ear = add_ear();
}

LegId Roster::add_sound() {
  const std::uint32_t slot = take_slot();
  history_[slot].is_sound = true;
  return LegId(slot, ++history_[slot].legs | sound_bit);
}

void Roster::remove_sound(LegId id) {
  history_[id.slot()].is_sound = false;
}

bool Roster::is_sound(std::uint32_t slot) const noexcept {
  return slot < history_.size() && history_[slot].is_sound;
}

LegId Roster::add_ear() {
  auto free =
      std::find_if(ears_.begin(), ears_.end(), [](const Ear& ear) { return !ear.is_taken; });
  if (free == ears_.end()) free = ears_.emplace(ears_.end());
  free->is_taken = true;
  return LegId(media::most_legs + static_cast<std::uint32_t>(free - ears_.begin()),
               ++free->generation);
}

void Roster::remove_ear(LegId id) {
  ears_[id.slot() - media::most_legs].is_taken = false;
}

bool Roster::has_room() const noexcept {
  if (slots_.size() < media::most_legs) return true;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot] && !history_[slot].is_sound) return true;
  }
  return false;
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
      id && id.slot() < history_.size() && id.generation() <= history_[id.slot()].parties;
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
    if (!slot) continue;
    const Member& member = *slot;
    states.push_back({member.id, member.person.role, member.muted,
                      member.lost ? Hold::far_end : member.hold, member.conversation});
  }
  return states;
}

}  // namespace barge
