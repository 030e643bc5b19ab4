// SPDX-License-Identifier: Apache-2.0
// All that decides who hears what on a call, at one instant.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <barge/bridge.hpp>

#include "bridge/roster.hpp"
#include "bridge/session.hpp"

namespace barge {

/// A sound that the bridge makes itself, at the bridge's rate: a notice, a clip, hold music.
struct Sound {
  LegId id;                                          ///< its slot in the plan
  std::shared_ptr<const std::vector<Sample>> first;  ///< what is played at first
  std::shared_ptr<const std::vector<Sample>> again;  ///< and at every repetition
  std::uint64_t repeat = 0;                          ///< samples from start to start; 0: once
  std::vector<ParticipantId> targets;                ///< who hears it, and nobody else
  /// The supervisor for whom it speaks: it reaches whom the voice may reach, muted or not, and is a
  /// whisper where the voice is one. Null: the bridge's own, or the host's.
  ParticipantId by;
  /// Until it has been played once, it starts again where a target has not pulled all of it.
  bool must_arrive = false;
  bool paused = false;  ///< waits at its beginning
};

/// Something that a recorder pulls.
struct Tap {
  LegId id;
  Track track = Track::voice;
  ParticipantId of;
};

struct Situation {
  const Roster& roster;
  const std::vector<Session>& sessions;
  const std::vector<Sound>& sounds;
  const std::vector<Tap>& taps;
  bool shielded = false;    ///< no supervisor hears or is heard, and taps are silent
  bool unrecorded = false;  ///< taps are silent
};

}  // namespace barge
