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

/// What belongs to a leg and not to a plan goes on in the next plan.
void Engine::carry_over(const Plan& old, Plan& next) const noexcept {
  std::fill_n(next.same.data(), next.same.size(), SetWord{0});
  const std::size_t common = std::min(old.legs.size(), next.legs.size());
  for (std::size_t slot = 0; slot < common; ++slot) {
    if (old.legs.data()[slot] != next.legs.data()[slot]) continue;
    next.same.data()[slot / 64] |= SetWord{1} << (slot % 64);
    if (old.lost.data()[slot].load(std::memory_order_relaxed)) {
      next.any_lost = true;
      next.lost.data()[slot].store(true, std::memory_order_release);  // pairs with control
    }
    if (!next.meters.empty()) next.meters.data()[slot].continue_from(old.meters.data()[slot]);
    if (!next.limiters.empty()) next.limiters.data()[slot] = old.limiters.data()[slot];
  }
  for (std::size_t i = 0; i < next.right_ears.size() && !next.limiters.empty(); ++i) {
    const std::uint32_t before = old.right_row(next.right_ears.data()[i]);
    if (before == nowhere) continue;
    next.limiters.data()[next.legs.size() + i] = old.limiters.data()[before];
  }
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
  current_->lost[leg.slot()].store(true, std::memory_order_release);  // pairs with control
  current_->any_lost = true;
  return true;
}

}  // namespace barge::media
