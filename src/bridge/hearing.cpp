// SPDX-License-Identifier: Apache-2.0
#include "bridge/hearing.hpp"

#include <algorithm>

namespace barge {
namespace {

/// All that hears() looks at of a party, beside the sessions themselves.
using Traits = std::vector<std::uint32_t>;

/// Parties with equal traits.
struct Class {
  std::vector<PartyState> members;
};

constexpr std::uint32_t supervises = 1, is_agent = 2, is_target = 4, is_authorised = 8,
                        is_resuming = 16;

class Classes {
 public:
  Classes(const std::vector<PartyState>& parties, std::uint32_t slots, const Scene& scene) {
    std::vector<Traits> traits(slots);
    std::vector<ParticipantId> occupants(slots);
    for (const PartyState& party : parties) {
      occupants[party.id.slot()] = party.id;
      Traits& own = traits[party.id.slot()];
      own = {static_cast<std::uint32_t>(party.role), party.muted ? 1U : 0U,
             static_cast<std::uint32_t>(party.hold),
             static_cast<std::uint32_t>(party.conversation)};
      own.resize(first_session + scene.sessions.size());
    }
    for (std::size_t s = 0; s < scene.sessions.size(); ++s) {
      const SessionState& session = scene.sessions[s];
      const auto mark = [&](ParticipantId id, std::uint32_t trait) {
        if (id && id.slot() < slots && occupants[id.slot()] == id)
          traits[id.slot()][first_session + s] |= trait;
      };
      mark(session.supervisor, supervises);
      mark(session.agent, is_agent);
      for (const ParticipantId id : session.targets)
        mark(id, is_target);
      for (const ParticipantId id : session.authorised)
        mark(id, is_authorised);
      for (const ParticipantId id : session.resuming)
        mark(id, is_resuming);
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
  static constexpr std::size_t first_session = 4;  ///< in Traits, behind what parties have

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
  Hearer(const Situation& situation, const std::vector<SessionState>& states, Gain duck)
      : situation_(situation),
        roster_(situation.roster),
        parties_(roster_.party_states()),
        scene_{parties_, states, situation.shielded},
        slots_(static_cast<std::uint32_t>(roster_.slots().size())),
        classes_(parties_, slots_, scene_),
        duck_(duck),
        sounds_for_(slots_) {}

  Hearing run() {
    hearing_.slots = slots_;
    hearing_.rows.resize(slots_);
    hearing_.sounds = nobody();
    hearing_.sets.push_back(nobody());
    for (const Sound& sound : situation_.sounds)
      add_sound(sound);
    for (const Class& listener : classes_.all())
      set_of_class_.push_back(add_set(heard_by(listener)));
    for (const PartyState& party : parties_)
      add_row(party);
    if (!situation_.taps.empty()) add_taps();
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
    const std::size_t speakers = set_of_class_[classes_.of(slot)];
    Hearing::Row row{with_sounds(party, speakers), slot, gains(member, hearing_.sets[speakers])};
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

  void add_sound(const Sound& sound) {
    insert(hearing_.sounds, sound.id.slot());
    if (sound.paused) return;
    for (const ParticipantId target : sound.targets) {
      if (roster_.get(target) != nullptr) sounds_for_[target.slot()].push_back(&sound);
    }
  }

  /// The set with the sounds that are for this party.
  std::size_t with_sounds(const PartyState& party, std::size_t from) {
    if (sounds_for_[party.id.slot()].empty()) return from;
    SpeakerSet set = hearing_.sets[from];
    for (const Sound* const sound : sounds_for_[party.id.slot()]) {
      if (may_reach(*sound, party)) insert(set, sound->id.slot());
    }
    return add_set(std::move(set));
  }

  /// A supervisor's words go where its voice may go; other sounds go to all their targets.
  bool may_reach(const Sound& sound, const PartyState& target) const {
    if (!sound.by) return true;
    const SessionState* const voice = session_of(scene_, sound.by);
    if (voice == nullptr || voice->paused || shielded_from(scene_, *voice)) return false;
    if (on_hold(scene_, target) || contains(voice->resuming, target.id)) return false;
    return may_speak_to(*voice, target);
  }

  void add_taps() {
    const SpeakerSet heard = heard_by_anyone();
    for (const Tap& tap : situation_.taps) {
      const Member* const member = roster_.get(tap.of);
      const bool silent = situation_.shielded || situation_.unrecorded || member == nullptr;
      Hearing::Row row;
      if (!silent) row = tap.track == Track::voice ? voice(*member, heard) : as_heard(*member);
      hearing_.rows.push_back(std::move(row));
    }
  }

  SpeakerSet heard_by_anyone() const {
    SpeakerSet heard = nobody();
    for (const Hearing::Row& row : hearing_.rows) {
      const SpeakerSet set = hearing_.heard_in(row);
      for (std::size_t w = 0; w < set.size(); ++w)
        heard[w] |= set[w];
    }
    return heard;
  }

  /// A party's voice and the clips that speak for it.
  Hearing::Row voice(const Member& member, const SpeakerSet& heard) {
    SpeakerSet set = nobody();
    if (has(heard, member.leg.slot())) insert(set, member.leg.slot());
    for (const Sound& sound : situation_.sounds) {
      if (sound.by == member.id && has(heard, sound.id.slot())) insert(set, sound.id.slot());
    }
    return {add_set(std::move(set)), Hearing::no_owner, {}};
  }

  Hearing::Row as_heard(const Member& member) {
    Hearing::Row row = hearing_.rows[member.leg.slot()];
    SpeakerSet set = hearing_.sets[row.set];
    if (member.right_ear) add_right_ear(member, set);
    for (const SessionState& session : scene_.sessions) {
      if (session.mode != Mode::whisper || records_whisper(member, session)) continue;
      if (roster_.get(session.supervisor) != nullptr) remove(set, session.supervisor.slot());
      for (const Sound& sound : situation_.sounds) {
        if (sound.by == session.supervisor) remove(set, sound.id.slot());
      }
    }
    row.set = add_set(std::move(set));
    return row;
  }

  /// What a listener hears with the other ear. Right ears follow the legs, in the order of slots.
  void add_right_ear(const Member& member, SpeakerSet& set) const {
    std::size_t row = slots_;
    for (std::uint32_t slot = 0; slot < member.leg.slot(); ++slot)
      row += roster_.slots()[slot] && roster_.slots()[slot]->right_ear ? 1 : 0;
    const SpeakerSet& right = hearing_.sets[hearing_.rows[row].set];
    for (std::size_t w = 0; w < set.size(); ++w)
      set[w] |= right[w];
  }

  /// Whether a whisper belongs to the rendering of what this party hears.
  bool records_whisper(const Member& member, const SessionState& whisper) const {
    if (member.person.role != Role::agent) return member.person.role == Role::supervisor;
    return std::any_of(
        situation_.sessions.begin(), situation_.sessions.end(), [&](const Session& session) {
          return session.supervisor == whisper.supervisor && session.now.mode != Mode::off &&
                 session.terms.whisper_on_agent_track;
        });
  }

  SpeakerSet without(Role role, std::size_t from) const {
    SpeakerSet set = hearing_.sets[from];
    for (const PartyState& party : parties_) {
      if (party.role == role) remove(set, party.id.slot());
    }
    return set;
  }

  /// The gains that the host set, and the duck on top.
  std::vector<std::pair<std::uint32_t, Gain>> gains(const Member& listener,
                                                    const SpeakerSet& heard) const {
    std::map<std::uint32_t, Gain> gains;
    for (const EdgeSetting& edge : listener.edges) {
      gains[edge.speaker.slot()] = edge.muted ? Gain::linear(0) : edge.gain;
    }
    if (duck_ != Gain() && hears_whisper(listener, heard)) {
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

  bool hears_whisper(const Member& listener, const SpeakerSet& heard) const {
    if (listener.person.role != Role::agent) return false;
    return std::any_of(
        scene_.sessions.begin(), scene_.sessions.end(), [&](const SessionState& session) {
          return session.mode == Mode::whisper && has(heard, session.supervisor.slot());
        });
  }

  const Situation& situation_;
  const Roster& roster_;
  const std::vector<PartyState> parties_;
  const Scene scene_;
  const std::uint32_t slots_;
  const Classes classes_;
  const Gain duck_;
  std::vector<std::size_t> set_of_class_;
  std::vector<std::vector<const Sound*>> sounds_for_;  ///< by slot of the target
  Hearing hearing_;
};

}  // namespace

SpeakerSet Hearing::heard_in(const Row& row) const {
  SpeakerSet set = sets[row.set];
  if (row.owner != no_owner) remove(set, row.owner);
  for (const auto& [speaker, gain] : row.gains) {
    if (gain.q14() == 0) remove(set, speaker);
  }
  return set;
}

Hearing hearing_of(const Situation& situation, const std::vector<SessionState>& states,
                   Gain whisper_duck) {
  return Hearer(situation, states, whisper_duck).run();
}

}  // namespace barge
