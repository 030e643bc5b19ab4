// SPDX-License-Identifier: Apache-2.0
#include "media/engine.hpp"

#include <algorithm>
#include <functional>

#include "media/contract.hpp"

namespace barge::media {
namespace {

std::vector<Sample> reversed(std::vector<Sample> samples) {
  std::reverse(samples.begin(), samples.end());
  return samples;
}

void silence(MutableFrame out) noexcept {
  std::fill_n(out.data(), out.size(), Sample{0});
}

}  // namespace

Engine::Engine(Format format)
    : format_(format),
      kernels_(mix::best_kernels()),
      rising_(mix::rising_window(ramp_samples(format.rate))),
      falling_(reversed(rising_)) {}

// ── Control ─────────────────────────────────────────────────────────────────────────────────────

void Engine::publish(std::unique_ptr<Plan> plan) {
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
  const auto is_done = [&](const std::unique_ptr<Plan>& plan) {
    return std::find(drained_.begin(), drained_.end(), plan.get()) != drained_.end();
  };
  plans_.erase(std::remove_if(plans_.begin(), plans_.end(), is_done), plans_.end());
  drained_.clear();
}

// ── Media ───────────────────────────────────────────────────────────────────────────────────────

template <class Refusal>
Refusal Engine::refuse(Refusal refusal) noexcept {
  contract::violated();
  // relaxed, and no read-modify-write: media is the only writer.
  refused_.store(refused_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return refusal;
}

void Engine::begin_tick() noexcept {
  if (mixed_) {
    mixed_plan_ = current_;
    mixed_routing_ = active_;
    if (outgoing_ != nullptr) mailbox_.retire(outgoing_);
    outgoing_ = nullptr;
    mixed_ = false;
  }
  tick_start_ = position_.load(std::memory_order_relaxed);
  if (outgoing_ == nullptr) take_plan();
  if (current_ == nullptr) return;
  choose_routing();
  std::fill(current_->scratch.frames.begin(), current_->scratch.frames.end(), nullptr);
  lowest_ = highest_ = nullptr;
}

void Engine::take_plan() noexcept {
  Plan* const next = mailbox_.take();
  if (next == nullptr) return;
  const Plan* const old = current_;
  if (old != nullptr) {
    const std::size_t common = std::min(old->legs.size(), next->legs.size());
    for (std::size_t slot = 0; slot < common; ++slot) {
      const bool same_leg = old->legs[slot] == next->legs[slot];
      if (same_leg && old->lost[slot].load(std::memory_order_relaxed)) {
        next->lost[slot].store(true, std::memory_order_release);  // pairs with control's acquire
      }
    }
  }
  outgoing_ = current_;
  current_ = next;
}

// INVARIANT: losses and expiries of a plan only add up, so a tick never goes back to a routing that
// opens more than the one before it.
void Engine::choose_routing() noexcept {
  const std::uint32_t lost = routing_after_losses();
  const std::uint32_t expired = routing_after_expiries();
  std::uint32_t routing = lost == Plan::main ? expired : lost;
  if (lost != Plan::main && expired != Plan::main) routing = Plan::last_resort;
  active_ = current_->routings[routing].get();
}

std::uint32_t Engine::routing_after_losses() const noexcept {
  std::uint32_t routing = Plan::main;
  for (std::uint32_t slot = 0; slot < current_->on_loss.size(); ++slot) {
    const std::uint32_t other = current_->on_loss[slot];
    if (other == Plan::main || !current_->lost[slot].load(std::memory_order_relaxed)) continue;
    routing = routing == Plan::main ? other : Plan::last_resort;
  }
  return routing;
}

std::uint32_t Engine::routing_after_expiries() const noexcept {
  std::uint32_t routing = Plan::main;
  for (const Plan::Expiry& expiry : current_->expiries) {
    if (tick_start_ < expiry.at) break;
    routing = expiry.routing;
  }
  return routing;
}

inline bool Engine::knows(LegId leg) const noexcept {
  return current_ != nullptr && leg && leg.slot() < current_->legs.size() &&
         current_->legs[leg.slot()] == leg;
}

PushStatus Engine::push(LegId leg, Frame frame) noexcept {
  if (current_ != nullptr && current_->closed) return PushStatus::closed;
  if (!knows(leg)) return refuse(PushStatus::unknown_leg);
  if (frame.size() != format_.frame_samples) return refuse(PushStatus::bad_frame);
  const std::uint32_t slot = leg.slot();
  if (current_->lost[slot].load(std::memory_order_relaxed)) return PushStatus::lost;
  const Sample*& pushed = current_->scratch.frames[slot];
  if (pushed != nullptr) return refuse(PushStatus::repeated);
  pushed = frame.data();
  const std::less<const Sample*> before;
  if (lowest_ == nullptr || before(pushed, lowest_)) lowest_ = pushed;
  if (highest_ == nullptr || before(highest_, pushed)) highest_ = pushed;
  return PushStatus::ok;
}

void Engine::mix() noexcept {
  if (current_ != nullptr && active_->applied_at.load(std::memory_order_relaxed) == never) {
    active_->applied_at.store(tick_start_, std::memory_order_release);  // pairs with control
  }
  mixed_ = current_ != nullptr;
  // release: pairs with position(). Media is the only writer of both.
  position_.store(tick_start_ + format_.frame_samples, std::memory_order_release);
  ticks_.store(ticks_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

PullStatus Engine::pull(LegId leg, MutableFrame out) noexcept {
  const bool closed = current_ != nullptr && current_->closed;
  if (closed || !knows(leg) || out.size() != format_.frame_samples || aliases_input(out)) {
    silence(out);
    if (closed) return PullStatus::closed;
    if (!knows(leg)) return refuse(PullStatus::unknown_leg);
    if (out.size() != format_.frame_samples) return refuse(PullStatus::bad_frame);
    return refuse(PullStatus::aliases_input);
  }
  const std::uint32_t slot = leg.slot();
  if (row_changes(slot)) {
    write_ramp(slot, out);
  } else {
    write_steady(slot, out);
  }
  return PullStatus::ok;
}

Row Engine::row(LegId leg) const noexcept {
  if (!knows(leg) || current_->closed) return {};
  const Routing::RowSpec& spec = active_->rows[leg.slot()];
  if (row_changes(leg.slot())) {
    // Ids beyond the number of rows are no plan's: a row that is changing equals no other.
    const auto rows = static_cast<std::uint32_t>(active_->rows.size());
    return {RowKind::own, rows + 1 + leg.slot(), {}};
  }
  if (spec.kind != RowKind::copy) return {spec.kind, spec.id, {}};
  return {spec.kind, spec.id, current_->legs[active_->speakers[spec.first]]};
}

bool Engine::leg_lost(LegId leg) noexcept {
  if (!knows(leg)) return false;
  current_->lost[leg.slot()].store(true, std::memory_order_release);  // pairs with control
  return true;
}

// INVARIANT: no output overwrites a frame that another row still reads; otherwise one listener's
// row, a whisper perhaps, would be heard by the next.
bool Engine::aliases_input(MutableFrame out) const noexcept {
  if (lowest_ == nullptr) return false;
  const std::less_equal<const Sample*> not_after;
  const std::size_t length = format_.frame_samples;
  const Sample* const begin = out.data();
  const Sample* const end = begin + length;
  if (not_after(end, lowest_) || not_after(highest_ + length, begin)) return false;
  for (const Sample* const frame : current_->scratch.frames) {
    if (frame == nullptr) continue;
    if (!not_after(end, frame) && !not_after(frame + length, begin)) return true;
  }
  return false;
}

Engine::Speakers Engine::speakers_now(std::uint32_t slot) const noexcept {
  const Routing::RowSpec& spec = active_->rows[slot];
  const std::uint32_t* const first = active_->speakers.data() + spec.first;
  return {first, first + spec.count};
}

Engine::Speakers Engine::speakers_before(std::uint32_t slot) const noexcept {
  if (mixed_routing_ == nullptr || slot >= mixed_plan_->legs.size()) return {};
  if (mixed_plan_->legs[slot] != current_->legs[slot]) return {};
  const Routing::RowSpec& spec = mixed_routing_->rows[slot];
  const std::uint32_t* const first = mixed_routing_->speakers.data() + spec.first;
  return {first, first + spec.count};
}

// Whether the slot is occupied by the leg that occupied it in the last tick.
bool Engine::still_there(std::uint32_t slot) const noexcept {
  return slot < current_->legs.size() && mixed_plan_->legs[slot] == current_->legs[slot];
}

bool Engine::row_changes(std::uint32_t slot) const noexcept {
  if (mixed_routing_ == active_) return false;
  const Speakers now = speakers_now(slot);
  const Speakers before = speakers_before(slot);
  if (!std::equal(now.begin, now.end, before.begin, before.end)) return true;
  if (mixed_plan_ == current_) return false;
  return !std::all_of(now.begin, now.end, [&](std::uint32_t s) { return still_there(s); });
}

void Engine::write_steady(std::uint32_t slot, MutableFrame out) const noexcept {
  const Speakers speakers = speakers_now(slot);
  mix::Sources sources{current_->scratch.gathered.data()};
  for (const std::uint32_t* speaker = speakers.begin; speaker != speakers.end; ++speaker) {
    const Sample* const frame = current_->scratch.frames[*speaker];
    if (frame != nullptr) current_->scratch.gathered[sources.steady++] = frame;
  }
  if (sources.steady == 0) {
    silence(out);
  } else if (sources.steady == 1) {
    std::copy_n(sources.frames[0], out.size(), out.data());
  } else {
    kernels_.sum(sources, {0, out.size()}, out.data());
  }
}

void Engine::write_ramp(std::uint32_t slot, MutableFrame out) const noexcept {
  const Speakers now = speakers_now(slot);
  const Speakers before = speakers_before(slot);
  const auto& frames = current_->scratch.frames;
  mix::Sources sources{current_->scratch.gathered.data()};
  const Sample** next = current_->scratch.gathered.data();

  const auto was_heard = [&](std::uint32_t speaker) {
    return std::binary_search(before.begin, before.end, speaker) && still_there(speaker);
  };
  const auto gather = [&](Speakers speakers, std::size_t& count, const auto& wanted) {
    for (const std::uint32_t* speaker = speakers.begin; speaker != speakers.end; ++speaker) {
      if (!wanted(*speaker) || frames[*speaker] == nullptr) continue;
      *next++ = frames[*speaker];
      ++count;
    }
  };
  gather(now, sources.steady, was_heard);
  gather(now, sources.opening, [&](std::uint32_t speaker) { return !was_heard(speaker); });
  gather(before, sources.closing, [&](std::uint32_t speaker) {
    return still_there(speaker) && !std::binary_search(now.begin, now.end, speaker);
  });

  kernels_.fade(sources, {rising_.data(), falling_.data()}, {0, rising_.size()}, out.data());
  kernels_.sum(sources, {rising_.size(), out.size()}, out.data());
}

}  // namespace barge::media
