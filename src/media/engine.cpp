// SPDX-License-Identifier: Apache-2.0
#include "media/engine.hpp"

#include <algorithm>

namespace barge::media {
namespace {

std::vector<Sample> reversed(std::vector<Sample> samples) {
  std::reverse(samples.begin(), samples.end());
  return samples;
}

}  // namespace

Engine::Engine(const EngineConfig& config)
    : config_(config),
      kernels_(mix::chosen_kernels().value().rows),
      limit_(mix::chosen_kernels().value().limit),
      rising_(mix::rising_window(ramp_samples(config.format.rate))),
      falling_(reversed(rising_)),
      total_(config.overload == Overload::limit ? config.format.frame_samples : 0) {}

// ── Control ─────────────────────────────────────────────────────────────────────────────────────

void Engine::publish(PlanPtr plan) {
  const Plan* const untaken = mailbox_.post(plan.get());
  plans_.push_back(std::move(plan));
  if (untaken != nullptr) drained_.push_back(untaken);
}

void Engine::drain() {
  while (const Plan* const done = mailbox_.reap()) {
    drained_.push_back(done);
  }
}

void Engine::free_drained() {
  const auto is_done = [&](const PlanPtr& plan) {
    return std::find(drained_.begin(), drained_.end(), plan.get()) != drained_.end();
  };
  plans_.erase(std::remove_if(plans_.begin(), plans_.end(), is_done), plans_.end());
  drained_.clear();
}

// ── Media ───────────────────────────────────────────────────────────────────────────────────────

void Engine::take_plan() noexcept {
  Plan* const next = mailbox_.take();
  if (next == nullptr) return;
  if (current_ != nullptr) carry_over(*current_, *next);
  outgoing_ = current_;
  current_ = next;
}

/// What belongs to a leg or a sound and not to a plan goes on in the next plan.
void Engine::carry_over(const Plan& old, Plan& next) const noexcept {
  std::fill_n(next.same.data(), next.same.size(), SetWord{0});
  const std::size_t common = std::min(old.legs.size(), next.legs.size());
  for (std::size_t slot = 0; slot < common; ++slot) {
    const LegId leg = next.legs.data()[slot];
    if (leg == Plan::no_leg || old.legs.data()[slot] != leg) continue;
    next.same.data()[slot / 64] |= SetWord{1} << (slot % 64);
    if (old.lost.data()[slot].load(std::memory_order_relaxed)) {
      next.any_lost = true;
      next.lost.data()[slot].store(true, std::memory_order_release);  // pairs with control
    }
    if (!next.meters.empty()) next.meters.data()[slot].continue_from(old.meters.data()[slot]);
    continue_row(old, slot, next, slot);
  }
  for (std::size_t i = 0; i < next.ears.size(); ++i) {
    const std::uint32_t before = old.ear_row(next.ears.data()[i]);
    if (before != nowhere) continue_row(old, before, next, next.legs.size() + i);
  }
  for (std::size_t i = 0; i < next.players.size(); ++i)
    continue_player(old, next, next.players.data()[i]);
}

inline void Engine::continue_row(const Plan& old, std::size_t before, Plan& next,
                                 std::size_t row) noexcept {
  next.flow.data()[row].continue_from(old.flow.data()[before]);
  if (!next.limiters.empty()) next.limiters.data()[row] = old.limiters.data()[before];
}

inline void Engine::continue_player(const Plan& old, Plan& next, Player& player) noexcept {
  for (std::size_t i = 0; i < old.players.size(); ++i) {
    const Player& before = old.players.data()[i];
    if (before.id != player.id) continue;
    const std::uint32_t slot = player.id.slot();
    next.same.data()[slot / 64] |= SetWord{1} << (slot % 64);
    return player.continue_from(before);
  }
}

/// What the tick that was mixed has come to: which sounds have arrived, and who heard the call.
void Engine::settle() noexcept {
  const std::uint32_t samples = config_.format.frame_samples;
  if (!current_->players.empty()) settle_players();
  if (active_ != current_->routings.data() + Plan::main) return;
  for (std::size_t i = 0; i < current_->listeners.size(); ++i) {
    Listener& listener = current_->listeners.data()[i];
    if (was_pulled(listener.slot)) listener.add(samples);
  }
}

void Engine::settle_players() noexcept {
  bool finished = false;
  for (std::size_t i = 0; i < current_->players.size(); ++i) {
    Player& player = current_->players.data()[i];
    const std::uint32_t* const targets = player.targets.data();
    const bool arrived =
        !player.must_arrive || std::all_of(targets, targets + player.targets.size(),
                                           [&](std::uint32_t slot) { return was_pulled(slot); });
    finished |= player.advance(tick_start_, config_.format.frame_samples, arrived);
  }
  if (finished) tell_control();
}

/// Whether the row of a leg that lives was pulled in this tick.
inline bool Engine::was_pulled(std::uint32_t slot) const noexcept {
  return current_->flow.data()[slot].pulled.load(std::memory_order_relaxed) == tick_start_ + 1 &&
         !current_->lost.data()[slot].load(std::memory_order_relaxed);
}

/// Looks at some of the legs, and at all of them within 64 ticks.
void Engine::watch_flow() noexcept {
  if (current_ == nullptr || current_->patience == 0) return;
  const std::size_t slots = current_->legs.size();
  for (std::size_t looks = slots / 8 + 1; looks > 0; --looks) {
    flow_watched_ = flow_watched_ + 1 < slots ? flow_watched_ + 1 : 0;
    if (current_->legs.data()[flow_watched_] == Plan::no_leg) continue;
    if (!current_->flow.data()[flow_watched_].look(tick_start_, current_->patience)) continue;
    // release: pairs with flow_changes(). Media is the only writer.
    flow_changes_.store(flow_changes_.load(std::memory_order_relaxed) + 1,
                        std::memory_order_release);
    tell_control();
  }
}

void Engine::tell_control() const noexcept {
  if (config_.ready != nullptr) config_.ready->raise();
}

// INVARIANT: losses and expiries of a plan only add up, so a tick never goes back to a routing that
// opens more than the one before it.
void Engine::choose_routing() noexcept {
  const std::uint32_t lost = routing_after_losses();
  const std::uint32_t expired = routing_after_expiries();
  std::uint32_t routing = lost == Plan::main ? expired : lost;
  if (lost != Plan::main && expired != Plan::main) routing = Plan::last_resort;
  active_ = current_->routings.data() + routing;
}

std::uint32_t Engine::routing_after_losses() const noexcept {
  std::uint32_t routing = Plan::main;
  const std::uint32_t* const on_loss = current_->on_loss.data();
  for (std::size_t slot = 0; slot < current_->on_loss.size(); ++slot) {
    if (on_loss[slot] == Plan::main) continue;
    if (!current_->lost.data()[slot].load(std::memory_order_relaxed)) continue;
    routing = routing == Plan::main ? on_loss[slot] : Plan::last_resort;
  }
  return routing;
}

std::uint32_t Engine::routing_after_expiries() const noexcept {
  std::uint32_t routing = Plan::main;
  for (std::size_t i = 0; i < current_->expiries.size(); ++i) {
    const Plan::Expiry& expiry = current_->expiries.data()[i];
    if (tick_start_ < expiry.at) break;
    routing = expiry.routing;
  }
  return routing;
}

bool Engine::leg_lost(LegId leg) noexcept {
  if (!knows(leg)) return false;
  std::atomic<bool>& lost = current_->lost[leg.slot()];
  // relaxed: media is the only writer.
  if (lost.load(std::memory_order_relaxed)) return true;
  lost.store(true, std::memory_order_release);  // pairs with control
  current_->any_lost = true;
  tell_control();
  return true;
}

}  // namespace barge::media
