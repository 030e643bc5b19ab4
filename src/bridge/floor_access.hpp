// SPDX-License-Identifier: Apache-2.0
// What the floor sees of its bridges and hosts do not.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <barge/bridge.hpp>

#include "bridge/roster.hpp"
#include "bridge/session.hpp"

BARGE_NAMESPACE_BEGIN

namespace media {
class ReadyFlag;
}

/// Holds a bridge as a control call does, and looks into it.
class BARGE_LOCAL FloorAccess {
 public:
  explicit FloorAccess(const Bridge& bridge) noexcept;
  ~FloorAccess();
  FloorAccess(const FloorAccess&) = delete;
  FloorAccess& operator=(const FloorAccess&) = delete;
  /// False where a control call is running: then nothing may be looked at.
  explicit operator bool() const noexcept { return held_; }

  const Roster& roster() const noexcept;
  const std::vector<Session>& sessions() const noexcept;
  /// With the queue and the attributes that the call has now.
  const BridgeConfig& config() const noexcept;
  std::size_t unattended_customers() const noexcept;
  bool closed() const noexcept;
  /// Whether poll() is to be called although neither the media thread nor the clock will say so.
  bool waits() const noexcept;

  /// Has the media thread raise the flag whenever poll() has something to read of it. Before the
  /// first port is handed out.
  static void report_to(Bridge& bridge, std::shared_ptr<media::ReadyFlag> flag) noexcept;

 private:
  const Bridge& bridge_;
  const bool held_;
};

BARGE_NAMESPACE_END
