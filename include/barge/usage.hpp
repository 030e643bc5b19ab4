// SPDX-License-Identifier: Apache-2.0
// Supervision counted across calls, for caps that one call cannot see.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/ids.hpp>
#include <barge/mode.hpp>

BARGE_NAMESPACE_BEGIN

/// A session that takes up a mode.
struct Use {
  SessionGid session{};
  PersonGid supervisor{};
  PersonGid agent{};
  Mode mode = Mode::off;
  WallTime at{};
};

struct UseLimits {
  std::optional<std::uint32_t> concurrent{};  ///< sessions of the supervisor at a time
  /// Times that anybody takes up this mode with the agent, in the hour before the use.
  std::optional<std::uint32_t> per_agent_per_hour{};
};

/// Counts what is in use. A host whose nodes share their caps supplies its own; it must not wait.
class BARGE_API UsageCounts {
 public:
  virtual ~UsageCounts() = default;

  /// Whether the limits leave room for the use. Thread: control. Realtime-safe: no.
  virtual bool has_room(const Use& use, const UseLimits& limits) const = 0;

  /// Counts the use if there is room for it, as one step; returns whether there was. A session that
  /// takes up another mode is one session all the same.
  /// Thread: control. Realtime-safe: no.
  virtual bool begin(const Use& use, const UseLimits& limits) = 0;

  /// The session is over. Thread: control. Realtime-safe: no.
  virtual void end(const SessionGid& session) = 0;
};

/// Counts in memory; for bridges whose control calls are serialised with each other.
class BARGE_API MemoryUsage final : public UsageCounts {
 public:
  /// Thread: control. Realtime-safe: no.
  MemoryUsage();
  ~MemoryUsage() override;

  bool has_room(const Use& use, const UseLimits& limits) const override;
  bool begin(const Use& use, const UseLimits& limits) override;
  void end(const SessionGid& session) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

BARGE_NAMESPACE_END
