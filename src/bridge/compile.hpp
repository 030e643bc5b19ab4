// SPDX-License-Identifier: Apache-2.0
// From who-is-there and what-is-in-force to a plan for the media thread.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "bridge/situation.hpp"
#include "media/plan.hpp"

namespace barge {

/// A session as it will be if the media thread has to fall back without control.
struct FallbackSession {
  SessionId session;
  Mode to = Mode::off;
};

/// What one fallback routing of a plan means for the sessions.
struct Fallback {
  std::uint32_t routing = media::Plan::main;
  Cause cause = Cause::expired;
  std::vector<FallbackSession> sessions;

  /// Adds a lowering; of two for one session the lower one counts.
  void lower(const FallbackSession& fallen) {
    for (FallbackSession& known : sessions) {
      if (known.session != fallen.session) continue;
      known.to = std::min(known.to, fallen.to);
      return;
    }
    sessions.push_back(fallen);
  }
};

struct CompiledPlan {
  media::PlanPtr plan;
  std::vector<Fallback> fallbacks;
};

/// What the bridge's configuration says about its plans.
struct PlanOptions {
  std::uint32_t frame_samples = 0;
  Overload overload = Overload::saturate;
  bool speech = false;
  Gain whisper_duck;
  std::uint64_t flow_patience = 0;  ///< in samples; 0: missing frames are not reported
  std::pmr::memory_resource* memory = nullptr;
};

/// Compiles the plan of this moment with its fallbacks.
CompiledPlan compile_plan(const Situation& situation, const PlanOptions& options);

/// The plan that ends the media: every tick under it is closed and silent.
media::PlanPtr compile_closed_plan(std::pmr::memory_resource* memory);

}  // namespace barge
