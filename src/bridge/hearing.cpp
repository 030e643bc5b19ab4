// SPDX-License-Identifier: Apache-2.0
#include "bridge/hearing.hpp"

#include <algorithm>

namespace barge {
namespace {

/// All that hears() looks at of a party, beside the sessions themselves.
using Traits = std::vector<std::uint8_t>;

/// Parties with equal traits.
struct Class {
  std::vector<PartyState> members;
};

constexpr std::uint8_t supervises = 1, is_agent = 2, is_target = 4, is_authorised = 8;

class Classes {
 public:
  Classes(const std::vector<PartyState>& parties, std::uint32_t slots, const Scene& scene) {
    std::vector<Traits> traits(slots);
    std::vector<ParticipantId> occupants(slots);
    for (const PartyState& party : parties) {
      occupants[party.id.slot()] = party.id;
      const auto state = static_cast<std::uint8_t>(party.muted ? 1 : 0) |
                         static_cast<std::uint8_t>(party.held ? 2 : 0);
      traits[party.id.slot()] = {static_cast<std::uint8_t>(party.role),
                                 static_cast<std::uint8_t>(state)};
      traits[party.id.slot()].resize(2 + scene.sessions.size());
    }
    for (std::size_t s = 0; s < scene.sessions.size(); ++s) {
      const SessionState& session = scene.sessions[s];
      const auto mark = [&](ParticipantId id, std::uint8_t trait) {
        if (id && id.slot() < slots && occupants[id.slot()] == id)
          traits[id.slot()][2 + s] |= trait;
      };
      mark(session.supervisor, supervises);
      mark(session.agent, is_agent);
      for (const ParticipantId id : session.targets)
        mark(id, is_target);
      for (const ParticipantId id : session.authorised)
        mark(id, is_authorised);
    }
    std::map<Traits, std::size_t> known;
    of_.resize(slots);
    for (const PartyState& party : parties) {
      const auto [found, is_new] = known.emplace(traits[party.id.slot()], classes_.size());
      if (is_new) classes_.emplace_back();
      classes_[found->second].members.push_back(party);
      of_[party.id.slot()] = found->second;
    }
  }

  const std::vector<Class>& all() const noexcept { return classes_; }
  std::size_t of(std::uint32_t slot) const { return of_[slot]; }

 private:
  std::vector<Class> classes_;
  std::vector<std::size_t> of_;
};

/// Whether a member of one class hears the members of another, or the others of its own.
bool class_hears(const Scene& scene, const Class& listener, const Class& speaker) {
  const PartyState& first = listener.members.front();
  const bool itself = &listener == &speaker;
  if (itself && listener.members.size() == 1) return false;
  return hears(scene, first, itself ? speaker.members.back() : speaker.members.front());
}

class Hearer {
 public:
  Hearer(const Roster& roster, const std::vector<SessionState>& sessions, Gain duck)
      : roster_(roster),
        parties_(roster.party_states()),
        scene_{parties_, sessions},
        slots_(static_cast<std::uint32_t>(roster.slots().size())),
        classes_(parties_, slots_, scene_),
        duck_(duck) {}

  Hearing run() {
    hearing_.slots = slots_;
    hearing_.rows.resize(slots_);
    hearing_.sets.push_back(nobody());
    for (const Class& listener : classes_.all())
      set_of_class_.push_back(add_set(heard_by(listener)));
    for (const PartyState& party : parties_)
      add_row(party);
    return std::move(hearing_);
  }

 private:
  SpeakerSet nobody() const { return SpeakerSet(media::words_for(slots_)); }

  std::size_t add_set(SpeakerSet set) {
    const auto found = std::find(hearing_.sets.begin(), hearing_.sets.end(), set);
    if (found != hearing_.sets.end()) {
      return static_cast<std::size_t>(found - hearing_.sets.begin());
    }
    hearing_.sets.push_back(std::move(set));
    return hearing_.sets.size() - 1;
  }

  SpeakerSet heard_by(const Class& listener) const {
    SpeakerSet set = nobody();
    for (const Class& speaker : classes_.all()) {
      if (!class_hears(scene_, listener, speaker)) continue;
      for (const PartyState& party : speaker.members)
        insert(set, party.id.slot());
    }
    return set;
  }

  void add_row(const PartyState& party) {
    const std::uint32_t slot = party.id.slot();
    const Member& member = *roster_.slots()[slot];
    Hearing::Row row{set_of_class_[classes_.of(slot)], slot, gains(member)};
    if (!member.right_ear) {
      hearing_.rows[slot] = std::move(row);
      return;
    }
    Hearing::Row right = row;
    row.set = add_set(without(Role::customer, row.set));
    right.set = add_set(without(Role::agent, right.set));
    hearing_.rows[slot] = std::move(row);
    hearing_.rows.push_back(std::move(right));
  }

  SpeakerSet without(Role role, std::size_t from) const {
    SpeakerSet set = hearing_.sets[from];
    for (const PartyState& party : parties_) {
      if (party.role == role) remove(set, party.id.slot());
    }
    return set;
  }

  /// The gains that the host set, and the duck on top.
  std::vector<std::pair<std::uint32_t, Gain>> gains(const Member& listener) const {
    std::map<std::uint32_t, Gain> gains;
    for (const EdgeSetting& edge : listener.edges) {
      gains[edge.speaker.slot()] = edge.muted ? Gain::linear(0) : edge.gain;
    }
    if (duck_ != Gain() && is_whispered_to(listener)) {
      for (const PartyState& party : parties_) {
        if (party.role != Role::customer) continue;
        Gain& gain = gains[party.id.slot()];
        gain = gain * duck_;
      }
    }
    std::vector<std::pair<std::uint32_t, Gain>> list;
    for (const auto& [speaker, gain] : gains) {
      if (gain != Gain()) list.emplace_back(speaker, gain);
    }
    return list;
  }

  bool is_whispered_to(const Member& listener) const {
    return listener.person.role == Role::agent &&
           std::any_of(
               scene_.sessions.begin(), scene_.sessions.end(), [&](const SessionState& session) {
                 return session.mode == Mode::whisper && contains(session.targets, listener.id);
               });
  }

  const Roster& roster_;
  const std::vector<PartyState> parties_;
  const Scene scene_;
  const std::uint32_t slots_;
  const Classes classes_;
  const Gain duck_;
  std::vector<std::size_t> set_of_class_;
  Hearing hearing_;
};

}  // namespace

Hearing hearing_of(const Roster& roster, const std::vector<SessionState>& sessions,
                   Gain whisper_duck) {
  return Hearer(roster, sessions, whisper_duck).run();
}

}  // namespace barge
