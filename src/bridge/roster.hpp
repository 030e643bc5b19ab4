// SPDX-License-Identifier: Apache-2.0
// The parties of a call by slot. A slot's generation grows with every occupant, so that handles to
// earlier ones stay refused.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <barge/bridge.hpp>

namespace barge {

/// What the host set for one speaker in a listener's ear.
struct EdgeSetting {
  ParticipantId speaker;
  Gain gain;
  bool muted = false;
};

struct Member {
  ParticipantId id;
  LegId leg;
  LegId right_ear;  ///< null: mono
  Person person;
  std::vector<EdgeSetting> edges;
  bool muted = false;
  bool lost = false;
  std::uint64_t speech_change = 0;  ///< the latest that was reported, as Meter has it
};

class Roster {
 public:
  Member& add(Person person, Ears ears);
  /// Empties the party's slot, and forgets what others had set for it.
  void remove(ParticipantId id);

  /// The member, or an error that tells a handle never given from one whose party has left.
  Result<Member*> find(ParticipantId id);
  Member* get(ParticipantId id) noexcept;
  const Member* get(ParticipantId id) const noexcept;
  bool has_person(const PersonGid& id) const;

  /// By slot; empty ones included.
  const std::vector<std::optional<Member>>& slots() const noexcept { return slots_; }
  std::vector<std::optional<Member>>& slots() noexcept { return slots_; }
  std::size_t size() const noexcept;

  /// Customers and agents, in slot order.
  std::vector<ParticipantId> plain_parties() const;
  /// Agents, in slot order.
  std::vector<ParticipantId> agents() const;
  /// Everybody as the rules see them.
  std::vector<PartyState> party_states() const;

 private:
  std::vector<std::optional<Member>> slots_;
  std::vector<std::uint32_t> generations_;  ///< of the last occupant
};

}  // namespace barge
