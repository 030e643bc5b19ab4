// SPDX-License-Identifier: Apache-2.0
// What control tells the media thread: who hears whom, compiled to rows, and what to fall back to
// without asking.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include <barge/audio.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>

namespace barge::media {

inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// One who-hears-whom matrix. Rows and speakers are leg slots, ascending.
struct Routing {
  struct RowSpec {
    std::uint32_t first = 0;  ///< into `speakers`
    std::uint32_t count = 0;
    RowKind kind = RowKind::silence;
    std::uint32_t id = 0;  ///< from 1 on; 0 is silence
  };
  std::vector<RowSpec> rows;
  std::vector<std::uint32_t> speakers;

  /// The sample index of the first tick mixed under this routing. Written once by media (release),
  /// read by control (acquire).
  std::atomic<std::uint64_t> applied_at{never};
};

/// A whole plan. Control builds it and never changes it after publication; the media thread alone
/// touches `scratch`.
struct Plan {
  std::uint64_t revision = 0;
  bool closed = false;
  std::vector<LegId> legs;  ///< by slot; a null id is an empty slot

  /// routings[main] is in force first. The others take its place without control: when a limit is
  /// reached, or a leg is lost. Both together lead to routings[last_resort].
  static constexpr std::uint32_t main = 0;
  static constexpr std::uint32_t last_resort = 1;
  std::vector<std::unique_ptr<Routing>> routings;

  struct Expiry {
    std::uint64_t at = never;   ///< a sample index
    std::uint32_t routing = 0;  ///< with this limit and all before it reached
  };
  std::vector<Expiry> expiries;        ///< by time
  std::vector<std::uint32_t> on_loss;  ///< by slot; `main`: the loss changes no route

  /// Set by media (release) when the host reports a leg dead, read by control (acquire).
  std::unique_ptr<std::atomic<bool>[]> lost;

  struct Scratch {
    std::vector<const Sample*> frames;  ///< by slot, of this tick; null: silent
    std::vector<const Sample*> gathered;
  };
  Scratch scratch;
};

}  // namespace barge::media
