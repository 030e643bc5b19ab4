// SPDX-License-Identifier: Apache-2.0
// Who hears whom, for everybody at once. Parties whom no rule tells apart are judged together, so
// that a conference of a thousand does not cost a million judgements.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <barge/bridge.hpp>

#include "bridge/situation.hpp"
#include "media/plan.hpp"

namespace barge {

using SpeakerSet = std::vector<media::SetWord>;

inline bool has(const SpeakerSet& set, std::uint32_t slot) {
  return (set[slot / 64] >> (slot % 64) & 1) != 0;
}

inline void insert(SpeakerSet& set, std::uint32_t slot) {
  set[slot / 64] |= media::SetWord{1} << (slot % 64);
}

inline void remove(SpeakerSet& set, std::uint32_t slot) {
  set[slot / 64] &= ~(media::SetWord{1} << (slot % 64));
}

/// Who hears whom, by listener. There is a row for each slot, then one for each right ear by slot
/// of its owner, then one for each tap.
struct Hearing {
  struct Row {
    std::size_t set = 0;             ///< of `sets`; may hold the listener, who is
    std::uint32_t owner = no_owner;  ///< this slot and does not hear itself
    std::vector<std::pair<std::uint32_t, Gain>> gains;  ///< by speaker; where it is not 1
  };
  static constexpr std::uint32_t no_owner = ~std::uint32_t{0};

  std::uint32_t slots = 0;
  SpeakerSet sounds;  ///< the slots that are sounds
  std::vector<SpeakerSet> sets;
  std::vector<Row> rows;

  /// Whom, or what, a row lets hear at any gain.
  SpeakerSet heard_in(const Row& row) const;
};

/// What the parties of a call hear, and taps get, when its sessions are in these states.
Hearing hearing_of(const Situation& situation, const std::vector<SessionState>& states,
                   Gain whisper_duck);

}  // namespace barge
