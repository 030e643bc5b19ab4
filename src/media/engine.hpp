// SPDX-License-Identifier: Apache-2.0
// The state behind a MediaPort. The media thread's part is wait-free; the control part owns the
// plans.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <barge/audio.hpp>
#include <barge/ids.hpp>
#include <barge/media.hpp>

#include "media/mailbox.hpp"
#include "media/plan.hpp"
#include "mix/kernels.hpp"

namespace barge::media {

class Engine {
 public:
  explicit Engine(Format format);

  // ── Control ──
  void publish(std::unique_ptr<Plan> plan);
  /// Notes which plans media is done with, so that what it wrote into them is final.
  void drain();
  /// Frees the plans that drain() noted. In between, control reads them out.
  void free_drained();
  /// All plans that were published and not freed, oldest first.
  const std::vector<std::unique_ptr<Plan>>& plans() const noexcept { return plans_; }
  SampleIndex position() const noexcept {
    return SampleIndex(position_.load(std::memory_order_acquire));  // pairs with mix()
  }
  std::uint64_t ticks() const noexcept { return ticks_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

  // ── Media ──
  void begin_tick() BARGE_REALTIME;
  PushStatus push(LegId leg, Frame frame) BARGE_REALTIME;
  void mix() BARGE_REALTIME;
  PullStatus pull(LegId leg, MutableFrame out) BARGE_REALTIME;
  Row row(LegId leg) const BARGE_REALTIME;
  SampleIndex tick_start() const BARGE_REALTIME { return SampleIndex(tick_start_); }
  bool leg_lost(LegId leg) BARGE_REALTIME;

 private:
  struct Speakers {
    const std::uint32_t* begin = nullptr;
    const std::uint32_t* end = nullptr;
  };

  void take_plan() BARGE_REALTIME;
  void choose_routing() BARGE_REALTIME;
  std::uint32_t routing_after_losses() const BARGE_REALTIME;
  std::uint32_t routing_after_expiries() const BARGE_REALTIME;
  bool knows(LegId leg) const BARGE_REALTIME;
  bool aliases_input(MutableFrame out) const BARGE_REALTIME;
  bool row_changes(std::uint32_t slot) const BARGE_REALTIME;
  Speakers speakers_now(std::uint32_t slot) const BARGE_REALTIME;
  Speakers speakers_before(std::uint32_t slot) const BARGE_REALTIME;
  bool still_there(std::uint32_t slot) const BARGE_REALTIME;
  void write_steady(std::uint32_t slot, MutableFrame out) const BARGE_REALTIME;
  void write_ramp(std::uint32_t slot, MutableFrame out) const BARGE_REALTIME;
  template <class Refusal>
  Refusal refuse(Refusal refusal) BARGE_REALTIME;

  const Format format_;
  const mix::Kernels kernels_;
  const std::vector<Sample> rising_;
  const std::vector<Sample> falling_;

  Mailbox mailbox_;
  std::atomic<std::uint64_t> position_{0};
  std::atomic<std::uint64_t> ticks_{0};
  std::atomic<std::uint64_t> refused_{0};

  // Media thread only.
  Plan* current_ = nullptr;           ///< the plan of this tick
  Routing* active_ = nullptr;         ///< its routing in force
  const Plan* mixed_plan_ = nullptr;  ///< plan and routing of the last tick that was mixed
  const Routing* mixed_routing_ = nullptr;
  Plan* outgoing_ = nullptr;  ///< retired once a tick was mixed without it
  bool mixed_ = false;
  std::uint64_t tick_start_ = 0;
  const Sample* lowest_ = nullptr;  ///< the range that pushed frames span
  const Sample* highest_ = nullptr;

  // Control only.
  std::vector<std::unique_ptr<Plan>> plans_;
  std::vector<const Plan*> drained_;
};

}  // namespace barge::media
