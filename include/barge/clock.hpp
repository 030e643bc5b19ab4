// SPDX-License-Identifier: Apache-2.0
// Time as the host tells it: wall time for windows and records, steady time for durations.
#pragma once

#include <chrono>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Where a bridge reads the time. A host may supply its own, to simulate or to replay.
class BARGE_API Clock {
 public:
  virtual ~Clock() = default;

  /// The time of day in UTC.
  /// Thread: control. Realtime-safe: no.
  virtual WallTime wall() const = 0;

  /// A time that never goes back.
  /// Thread: control. Realtime-safe: no.
  virtual SteadyTime steady() const = 0;
};

/// The clocks of the operating system. Lives as long as the program.
/// Thread: any. Realtime-safe: no.
BARGE_API const Clock& system_clock() noexcept;

BARGE_NAMESPACE_END
