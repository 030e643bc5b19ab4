// SPDX-License-Identifier: Apache-2.0
// The parties of a call by slot. A slot's generation grows with every occupant, so that handles to
// earlier ones stay refused.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <barge/bridge.hpp>

namespace barge {

struct Member {
  ParticipantId id;
  LegId leg;
  Person person;
  bool muted = false;
  bool lost = false;
};

class Roster {
 public:
  Member& add(Person person);
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
