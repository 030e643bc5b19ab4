// SPDX-License-Identifier: Apache-2.0
// What makes two states of a bridge the same one to the exploration.
#pragma once

#include <cstdint>
#include <vector>

#include "watch.hpp"

namespace barge::explore {

/// A hash of the state under the naming of persons that makes it smallest.
///
/// Kept: who is there with role, mute, hold, conversation and loss; of each session what is in
/// force (mode, agent, targets, ear, disposition, scope, follow, push-to-talk, for whom it was
/// authorised, whom it does not reach yet), talking, paused, what is pending and in which state;
/// who is reported unattended; what is asked of the authorizer and not answered; how many records
/// are undecided and duties open; call attributes, what the authorizer and the sink do; how far the
/// next deadline is, in six steps; and whom everybody hears, in the tick at hand and in the one
/// after, of voices, notices, hold music and cues.
///
/// Dropped: generations, slots and the order of sessions; absolute times and sample positions, and
/// all deadlines but the next; events that wait for poll(); how much of a cue is left; how long was
/// listened; what was discharged for modes that are over.
std::uint64_t hash_of(World& world, const Watch& watch, const Rows& first, const Rows& second,
                      const std::vector<Naming>& namings);

}  // namespace barge::explore
