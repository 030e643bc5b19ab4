// SPDX-License-Identifier: Apache-2.0
// A call on a barge::Bridge, in simulated time: what every party says goes in, what it hears comes
// out, and what became of the changes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <barge/audio.hpp>
#include <barge/mode.hpp>
#include <barge/policy.hpp>
#include <barge/result.hpp>

#include "timeline.hpp"

namespace wav {

using Samples = std::vector<barge::Sample>;

/// A mode that took effect.
struct Applied {
  std::size_t supervisor = 0;
  barge::Mode mode = barge::Mode::off;
  barge::SampleIndex at;
};

struct Call {
  std::vector<Samples> heard;  ///< by party, all of the same length
  std::vector<Applied> applied;
  std::vector<std::string> refused;  ///< what was denied or failed, as text
};

/// Runs the call from its first frame to the end of the longest voice.
barge::Result<Call> simulate(const Timeline& timeline, const std::vector<Samples>& voices,
                             barge::Policy policy);

}  // namespace wav
