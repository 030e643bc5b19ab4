// SPDX-License-Identifier: Apache-2.0
// From who-is-there and what-is-in-force to a plan for the media thread.
#pragma once

#include <memory>
#include <vector>

#include "bridge/roster.hpp"
#include "bridge/session.hpp"
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
};

struct CompiledPlan {
  std::unique_ptr<media::Plan> plan;
  std::vector<Fallback> fallbacks;
};

/// The instant of a limit on the media clock.
class MediaClock {
 public:
  MediaClock(SampleIndex position, SteadyTime now, SampleRate rate)
      : position_(position), now_(now), rate_(rate) {}

  std::uint64_t sample_at(SteadyTime time) const noexcept {
    if (time <= now_) return position_.samples();
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(time - now_).count();
    return position_.samples() + static_cast<std::uint64_t>(left) * hertz(rate_) / 1'000'000;
  }

 private:
  SampleIndex position_;
  SteadyTime now_;
  SampleRate rate_;
};

/// Compiles the plan of this moment with its fallbacks.
CompiledPlan compile_plan(const Roster& roster, const std::vector<Session>& sessions,
                          const MediaClock& clock);

/// The plan that ends the media: every tick under it is closed and silent.
std::unique_ptr<media::Plan> compile_closed_plan();

}  // namespace barge
