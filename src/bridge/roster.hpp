// SPDX-License-Identifier: Apache-2.0
// The parties of a call by slot, and the sounds among them. A slot's generation grows with every
// occupant, so that handles to earlier ones stay refused.
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
  Hold hold = Hold::none;
  ConversationId conversation = ConversationId::main;
  bool parked = false;              ///< on hold because the call is parked
  bool pushed = true;               ///< its frames have come of late
  bool pulled = true;               ///< its row was taken of late
  std::uint64_t first_sample = 0;   ///< the media position when its leg came
  std::uint64_t speech_change = 0;  ///< the latest that was reported, as Meter has it
};

class Roster {
 public:
  /// There has to be room.
  Member& add(Person person, Ears ears);
  /// Empties the party's slot, and forgets what others had set for it.
  void remove(ParticipantId id);

  /// Gives the party a new leg, which is not lost; its former one is refused from then on.
  void replace_leg(Member& member);

  /// A slot for a sound that the bridge makes itself; there has to be room. No leg that a party
  /// ever has equals its id.
  LegId add_sound();
  void remove_sound(LegId id);
  bool is_sound(std::uint32_t slot) const noexcept;

  /// A further ear or a tap: something that is pulled and never pushed. Its slot lies behind those
  /// of all legs.
  LegId add_ear();
  void remove_ear(LegId id);

  /// Whether a party or a sound more has a slot.
  bool has_room() const noexcept;

  /// The member, or an error that tells a handle never given from one whose party has left.
  Result<Member*> find(ParticipantId id);
  Member* get(ParticipantId id) noexcept;
  const Member* get(ParticipantId id) const noexcept;
  bool has_person(const PersonGid& id) const;

  /// By slot; those of nobody, which sounds may have, included.
  const std::vector<std::optional<Member>>& slots() const noexcept { return slots_; }
  std::vector<std::optional<Member>>& slots() noexcept { return slots_; }
  /// How many parties there are.
  std::size_t size() const noexcept;

  /// Customers and agents, in slot order.
  std::vector<ParticipantId> plain_parties() const;
  /// Agents, in slot order.
  std::vector<ParticipantId> agents() const;
  /// Everybody as the rules see them.
  std::vector<PartyState> party_states() const;

 private:
  /// What outlives the occupants of a slot.
  struct Slot {
    std::uint32_t parties = 0;  ///< the generation of the latest one
    std::uint32_t legs = 0;     ///< of the latest leg or sound
    bool is_sound = false;
  };
  struct Ear {
    std::uint32_t generation = 0;
    bool is_taken = false;
  };

  std::uint32_t take_slot();

  std::vector<std::optional<Member>> slots_;
  std::vector<Slot> history_;  ///< by slot
  std::vector<Ear> ears_;
};

}  // namespace barge
