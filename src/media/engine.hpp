// SPDX-License-Identifier: Apache-2.0
// The state behind a MediaPort. The media thread's part is wait-free; the control part owns the
// plans.
//   engine.cpp  plans: taking them, choosing their routing, settling their ticks, giving them back
//   tick.cpp    a tick's frames in and rows out
//   ramp.cpp    rows that change
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <barge/audio.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>

#include "media/mailbox.hpp"
#include "media/plan.hpp"
#include "media/ready.hpp"
#include "mix/kernels.hpp"

namespace barge::media {

struct EngineConfig {
  Format format;
  Overload overload = Overload::saturate;
  std::optional<SpeechThresholds> speech;
  /// Raised when a routing came into force, a leg was lost, a sound has been played, somebody began
  /// or ceased to speak, or frames of a leg are missing or back; may be null.
  std::shared_ptr<ReadyFlag> ready;
};

class Engine {
 public:
  explicit Engine(const EngineConfig& config);
  /// A handle for the media thread.
  static MediaPort port(std::shared_ptr<Engine> engine) { return MediaPort(std::move(engine)); }

  // ── Control ──
  /// Names the flag to raise; before the first port is handed out.
  void report_to(std::shared_ptr<ReadyFlag> ready) noexcept { config_.ready = std::move(ready); }
  void publish(PlanPtr plan);
  /// Notes which plans media is done with, so that what it wrote into them is final.
  void drain();
  /// Frees the plans that drain() noted. In between, control reads them out.
  void free_drained();
  const std::vector<const Plan*>& drained() const noexcept { return drained_; }
  /// All plans that were published and not freed, oldest first.
  const std::vector<PlanPtr>& plans() const noexcept { return plans_; }
  SampleIndex position() const noexcept {
    return SampleIndex(position_.load(std::memory_order_acquire));  // pairs with mix()
  }
  std::uint64_t ticks() const noexcept { return ticks_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  /// Grows whenever pushes or pulls of a leg are missing or back.
  std::uint64_t flow_changes() const noexcept {
    return flow_changes_.load(std::memory_order_acquire);  // pairs with watch_flow()
  }
  const EngineConfig& config() const noexcept { return config_; }

  // ── Media ──
  void begin_tick() BARGE_REALTIME;
  PushStatus push(LegId leg, Frame frame) BARGE_REALTIME;
  void mix() BARGE_REALTIME;
  PullStatus pull(LegId ear, MutableFrame out) BARGE_REALTIME;
  Row row(LegId ear) const BARGE_REALTIME;
  Level level(LegId leg) const BARGE_REALTIME;
  SampleIndex tick_start() const BARGE_REALTIME { return SampleIndex(tick_start_); }
  bool leg_lost(LegId leg) BARGE_REALTIME;

 private:
  static constexpr std::uint32_t most_words = words_for(most_legs);
  static constexpr std::uint64_t flow_interval = 8;  ///< ticks

  /// A row of a routing, with the routing's tables. The row of nobody hears nobody.
  struct View {
    const Routing* routing = nullptr;
    const RowSpec* spec = nullptr;
    std::uint32_t owner = nowhere;  ///< the slot of the listener, which may stand in its own set

    SetWord word(std::uint32_t w) const noexcept {
      if (spec == nullptr || w >= routing->words) return 0;
      const SetWord bits = routing->sets.data()[std::size_t{spec->set} * routing->words + w];
      return owner / 64 == w ? bits & ~(SetWord{1} << (owner % 64)) : bits;
    }
    const Edge* edges_begin() const noexcept;
    const Edge* edges_end() const noexcept;
    const Edge* edge(std::uint32_t speaker) const noexcept;
  };

  /// A row of this tick beside what it was in the tick before.
  struct Change {
    View now, before;
    bool differs = false;
    bool weighed = false;                     ///< there are, or were, gains
    SetWord is[most_words], was[most_words];  ///< who is, and was, heard at gain 1
  };

  // engine.cpp
  void take_plan() BARGE_REALTIME;
  void carry_over(const Plan& old, Plan& next) const BARGE_REALTIME;
  static void continue_row(const Plan& old, std::size_t before, Plan& next,
                           std::size_t row) BARGE_REALTIME;
  static void continue_player(const Plan& old, Plan& next, Player& player) BARGE_REALTIME;
  void settle() BARGE_REALTIME;
  void settle_players() BARGE_REALTIME;
  bool was_pulled(std::uint32_t slot) const BARGE_REALTIME;
  void watch_flow() BARGE_REALTIME;
  void tell_control() const BARGE_REALTIME;
  void choose_routing() BARGE_REALTIME;
  std::uint32_t routing_after_losses() const BARGE_REALTIME;
  std::uint32_t routing_after_expiries() const BARGE_REALTIME;

  // tick.cpp
  bool knows(LegId leg) const BARGE_REALTIME {
    return current_ != nullptr && leg.slot() < current_->legs.size() &&
           current_->legs.data()[leg.slot()] == leg;
  }
  std::uint32_t row_index(LegId ear) const BARGE_REALTIME;
  PushStatus refuse_push(LegId leg, Frame frame) BARGE_REALTIME;
  PullStatus refuse_pull(std::uint32_t index, MutableFrame out) BARGE_REALTIME;
  bool aliases_input(MutableFrame out) BARGE_REALTIME;
  bool aliases_a_frame(const Sample* begin) BARGE_REALTIME;
  bool may_be_limited(std::uint32_t index) const BARGE_REALTIME;
  void play() BARGE_REALTIME;
  void fill_buses() BARGE_REALTIME;
  void measure() BARGE_REALTIME;
  mix::Bus bus(std::uint32_t index) const BARGE_REALTIME;
  mix::RowSources sources(const RowSpec& row) const BARGE_REALTIME;
  void write_steady(const RowSpec& row, mix::Range range, Sample* out) const BARGE_REALTIME;
  void write_weighed_pair(const RowSpec& row, mix::Range range, Sample* out) const BARGE_REALTIME;
  void write_general(const RowSpec& row, mix::Range range, Sample* out) const BARGE_REALTIME;
  void write_special(std::uint32_t index, Sample* out) BARGE_REALTIME;
  template <class Refusal>
  Refusal refuse(Refusal refusal) BARGE_REALTIME;

  // ramp.cpp
  View row_now(std::uint32_t index) const BARGE_REALTIME;
  View row_before(std::uint32_t index) const BARGE_REALTIME;
  SetWord same_word(std::uint32_t w) const BARGE_REALTIME;
  bool still_there(std::uint32_t slot) const BARGE_REALTIME;
  Change change_of(std::uint32_t index) const BARGE_REALTIME;
  bool stays(const Edge& edge, const Change& change) const BARGE_REALTIME;
  mix::RowSources changing_sources(const Change& change) const BARGE_REALTIME;
  mix::Window window() const BARGE_REALTIME { return {rising_.data(), falling_.data()}; }

  // Media thread, every tick.
  Plan* current_ = nullptr;           ///< the plan of this tick
  Routing* active_ = nullptr;         ///< its routing in force
  const Plan* mixed_plan_ = nullptr;  ///< plan and routing of the last tick that was mixed
  const Routing* mixed_routing_ = nullptr;
  Plan* outgoing_ = nullptr;  ///< retired once a tick was mixed without it
  std::uint64_t tick_start_ = 0;
  const Sample* lowest_ = nullptr;  ///< the range that pushed frames span
  const Sample* highest_ = nullptr;
  bool mixed_ = false;
  EngineConfig config_;
  std::atomic<std::uint64_t> position_{0};
  std::atomic<std::uint64_t> ticks_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> flow_changes_{0};
  std::size_t flow_watched_ = 0;  ///< the slot that was looked at last
  const mix::RowKernels kernels_;
  Mailbox mailbox_;

  // Media thread, in some ticks.
  const mix::LimitKernels limit_;
  const std::vector<Sample> rising_;
  const std::vector<Sample> falling_;
  std::vector<std::int32_t> total_;  ///< one frame where rows are limited

  // Control only.
  std::vector<PlanPtr> plans_;
  std::vector<const Plan*> drained_;
};

}  // namespace barge::media
