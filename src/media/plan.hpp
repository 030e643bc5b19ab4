// SPDX-License-Identifier: Apache-2.0
// What control tells the media thread: who hears whom, compiled to rows, and what to fall back to
// without asking.
//
// A plan and all its tables are one block of memory, so that a tick of one bridge among thousands
// touches few cache lines and one page.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <type_traits>
#include <vector>

#include <barge/audio.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>

#include "media/flow.hpp"
#include "media/limiter.hpp"
#include "media/meter.hpp"
#include "media/player.hpp"
#include "mix/rows.hpp"

namespace barge::media {

inline constexpr std::uint32_t most_legs = 4096;
inline constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t no_bus = std::numeric_limits<std::uint32_t>::max();

/// A speaker heard at another gain than 1.
struct Edge {
  std::uint32_t speaker = 0;
  mix::Weight weight;
};

/// A set of leg slots, a bit for each.
using SetWord = std::uint64_t;
constexpr std::uint32_t words_for(std::uint32_t slots) noexcept {
  return (slots + 63) / 64;
}

/// Calls visit(slot) for every bit of a set's word w.
template <class Visit>
void for_each_slot(SetWord word, std::uint32_t w, const Visit& visit) {
  for (; word != 0; word &= word - 1)
    visit(64 * w + static_cast<std::uint32_t>(__builtin_ctzll(word)));
}

/// How a row is computed when nothing changes and everybody it names is heard.
enum class Shape : std::uint8_t {
  silence,
  copy,             ///< one frame
  pair,             ///< the sum of two
  weighed_pair,     ///< the same, where the second or both have gains
  bus,              ///< what the bus holds
  bus_without_one,  ///< the same without one frame
  general
};

/// What one listener hears: bus + plus − minus + edges. The bus holds what many rows share; without
/// one, `plus` is everybody heard at gain 1.
struct RowSpec {
  Shape shape = Shape::silence;
  RowKind kind = RowKind::silence;
  std::uint32_t id = 0;  ///< from 1 on; 0 is silence
  std::uint32_t bus = no_bus;
  std::uint32_t first = 0;  ///< into Routing::slots: `plus`, then `minus`
  std::uint32_t plus = 0;
  std::uint32_t minus = 0;
  std::uint32_t first_edge = 0;  ///< into Routing::edges, by speaker
  std::uint32_t edges = 0;
  std::uint32_t set = 0;  ///< of Routing::sets: who is heard at gain 1; may hold the listener
};

/// The speakers whose sum several rows share.
struct BusSpec {
  std::uint32_t first = 0;  ///< into Routing::slots
  std::uint32_t count = 0;
};

/// One who-hears-whom matrix. There is a row for each leg slot, and one for each further ear.
struct Routing {
  gsl::span<const RowSpec> rows;
  gsl::span<const std::uint32_t> slots;
  gsl::span<const Edge> edges;
  gsl::span<const BusSpec> buses;
  gsl::span<const SetWord> sets;
  std::uint32_t words = 0;  ///< in each set

  /// The sample index of the first tick mixed under this routing. Written once by media (release),
  /// read by control (acquire).
  std::atomic<std::uint64_t> applied_at{never};
};

/// A whole plan. Control builds it and never changes it after publication; the media thread alone
/// touches what is marked as scratch.
class alignas(64) Plan {
 public:
  /// A plan whose tables are in the bytes behind it, as long as they fit there.
  static Plan* create(std::size_t table_bytes, std::pmr::memory_resource* memory) {
    void* const block = memory->allocate(sizeof(Plan) + table_bytes, alignof(Plan));
    return ::new (block) Plan(table_bytes, memory);
  }
  static void destroy(Plan* plan) noexcept {
    if (plan == nullptr) return;
    std::pmr::memory_resource* const memory = plan->tables_.upstream_resource();
    const std::size_t size = sizeof(Plan) + plan->table_bytes_;
    plan->~Plan();
    memory->deallocate(plan, size, alignof(Plan));
  }

  bool closed = false;
  bool settles = false;                                 ///< there are players or listeners
  static constexpr LegId no_leg{~std::uint32_t{0}, 0};  ///< equal to no id that asks for a slot
  gsl::span<const LegId> legs;  ///< by slot; no_leg where there is nobody, or a sound
  gsl::span<const LegId> ears;  ///< right ears and taps: only pulled; their rows follow the legs'

  gsl::span<const std::uint32_t> ear_rows;  ///< by slot of the ear, from most_legs on

  /// Where the row of a right ear or tap is in every routing; nowhere: it is none of this plan's.
  std::uint32_t ear_row(LegId ear) const noexcept {
    const std::size_t slot = std::size_t{ear.slot()} - most_legs;
    if (ear.slot() < most_legs || slot >= ear_rows.size()) return nowhere;
    const std::uint32_t row = ear_rows.data()[slot];
    return row != nowhere && ears.data()[row - legs.size()] == ear ? row : nowhere;
  }

  /// routings[main] is in force first. The others take its place without control: when a limit is
  /// reached, or a leg is lost. Both together lead to routings[last_resort], which is there where
  /// any session is.
  static constexpr std::uint32_t main = 0;
  static constexpr std::uint32_t last_resort = 1;
  gsl::span<Routing> routings;

  struct Expiry {
    std::uint64_t at = never;   ///< a sample index
    std::uint32_t routing = 0;  ///< with this limit and all before it reached
  };
  gsl::span<const Expiry> expiries;        ///< by time
  gsl::span<const std::uint32_t> on_loss;  ///< by slot; `main`: the loss changes no route

  /// Set by media (release) when the host reports a leg dead, read by control (acquire).
  gsl::span<std::atomic<bool>> lost;
  gsl::span<Meter> meters;        ///< by slot; empty where levels are not measured
  gsl::span<Flow> flow;           ///< by row; those of ears are never pushed
  std::uint64_t patience = 0;     ///< samples without a push or pull of a leg; 0: for ever
  gsl::span<Player> players;      ///< of the sounds
  gsl::span<Listener> listeners;  ///< supervisors whose hearing counts while `main` is in force
  std::uint64_t revision = 0;
  std::vector<std::shared_ptr<const void>> borrowed;  ///< what players point into

  // Scratch.
  bool any_lost = false;
  bool indexed = false;                  ///< frame_index is of this tick
  gsl::span<const Sample*> frames;       ///< by slot, of this tick; null: silent
  gsl::span<const Sample*> frame_index;  ///< for FrameIndex; empty where looking at all is quicker
  gsl::span<SetWord> same;               ///< slots that the leg of the plan before still has
  gsl::span<const Sample*> gathered;     ///< the frames of the row being computed
  gsl::span<mix::Term> terms;
  gsl::span<std::int32_t> bus_totals;  ///< a frame for each bus
  gsl::span<Sample> bus_firsts;
  gsl::span<Sample> bus_seconds;
  gsl::span<Limiter> limiters;  ///< by row; empty where rows saturate

  /// Default values, in the plan's memory. Control.
  template <class T>
  gsl::span<T> make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    void* const memory = tables_.allocate(count * sizeof(T), alignof(T));
    T* const first = static_cast<T*>(memory);
    for (std::size_t i = 0; i < count; ++i)
      ::new (static_cast<void*>(first + i)) T();
    return {first, count};
  }

  /// A copy in the plan's memory. Control.
  template <class T>
  gsl::span<T> keep(const std::vector<T>& values) {
    const gsl::span<T> kept = make<T>(values.size());
    std::copy(values.begin(), values.end(), kept.data());
    return kept;
  }

 private:
  Plan(std::size_t table_bytes, std::pmr::memory_resource* memory)
      : table_bytes_(table_bytes), tables_(this + 1, table_bytes, memory) {}
  ~Plan() = default;

  std::size_t table_bytes_;
  std::pmr::monotonic_buffer_resource tables_;
};

struct PlanDeleter {
  void operator()(Plan* plan) const noexcept { Plan::destroy(plan); }
};
using PlanPtr = std::unique_ptr<Plan, PlanDeleter>;

/// An empty plan with room for the tables of a call with so many slots. Control.
inline PlanPtr make_plan(std::size_t slots, std::pmr::memory_resource* memory) {
  return PlanPtr(Plan::create(416 + slots * 208, memory));
}

}  // namespace barge::media
