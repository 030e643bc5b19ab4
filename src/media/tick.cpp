// SPDX-License-Identifier: Apache-2.0
// A tick: frames in, rows out.
#include <algorithm>
#include <functional>

#include "media/contract.hpp"
#include "media/engine.hpp"
#include "media/frame_index.hpp"

namespace barge::media {
namespace {

void silence(Sample* out, mix::Range range) noexcept {
  std::fill(out + range.begin, out + range.end, Sample{0});
}

void copy(const Sample* from, mix::Range range, Sample* out) noexcept {
  std::copy(from + range.begin, from + range.end, out + range.begin);
}

void write_one(const Sample* from, mix::Range range, Sample* out) noexcept {
  if (from == nullptr) return silence(out, range);
  copy(from, range, out);
}

}  // namespace

template <class Refusal>
Refusal Engine::refuse(Refusal refusal) noexcept {
  contract::violated();
  // relaxed, and no read-modify-write: media is the only writer.
  refused_.store(refused_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return refusal;
}

inline void Engine::begin_tick() noexcept {
  if (mixed_) {
    if (current_->settles) settle();
    mixed_plan_ = current_;
    mixed_routing_ = active_;
    if (outgoing_ != nullptr) mailbox_.retire(outgoing_);
    outgoing_ = nullptr;
    mixed_ = false;
  }
  tick_start_ = position_.load(std::memory_order_relaxed);
  if (outgoing_ == nullptr) take_plan();
  if (current_ == nullptr) return;
  active_ = current_->routings.data() + Plan::main;
  const auto& expiries = current_->expiries;
  const bool expired = !expiries.empty() && expiries.data()[0].at <= tick_start_;
  if (expired || current_->any_lost) choose_routing();
  std::fill_n(current_->frames.data(), current_->frames.size(), nullptr);
  if (!current_->players.empty()) play();
  current_->indexed = false;
  lowest_ = highest_ = nullptr;
}

void Engine::play() noexcept {
  for (std::size_t i = 0; i < current_->players.size(); ++i) {
    Player& player = current_->players.data()[i];
    current_->frames.data()[player.id.slot()] = player.frame(config_.format.frame_samples);
  }
}

inline PushStatus Engine::push(LegId leg, Frame frame) noexcept {
  const std::uint32_t slot = leg.slot();
  const bool good = knows(leg) && frame.size() == config_.format.frame_samples &&
                    current_->frames.data()[slot] == nullptr &&
                    !current_->lost.data()[slot].load(std::memory_order_relaxed);
  if (!good) return refuse_push(leg, frame);
  const Sample* const pushed = frame.data();
  current_->frames.data()[slot] = pushed;
  const std::less<const Sample*> before;
  current_->flow.data()[slot].pushed.store(tick_start_ + 1, std::memory_order_relaxed);
  if (lowest_ == nullptr || before(pushed, lowest_)) lowest_ = pushed;
  if (highest_ == nullptr || before(highest_, pushed)) highest_ = pushed;
  return PushStatus::ok;
}

PushStatus Engine::refuse_push(LegId leg, Frame frame) noexcept {
  if (current_ != nullptr && current_->closed) return PushStatus::closed;
  if (!knows(leg)) return refuse(PushStatus::unknown_leg);
  if (frame.size() != config_.format.frame_samples) return refuse(PushStatus::bad_frame);
  if (current_->lost[leg.slot()].load(std::memory_order_relaxed)) return PushStatus::lost;
  return refuse(PushStatus::repeated);
}

inline void Engine::mix() noexcept {
  if (current_ != nullptr) {
    if (active_->applied_at.load(std::memory_order_relaxed) == never) {
      active_->applied_at.store(tick_start_, std::memory_order_release);  // pairs with control
      tell_control();
    }
    if (!active_->buses.empty()) fill_buses();
    if (!current_->meters.empty()) measure();
    mixed_ = true;
  }
  // release: pairs with position(). Media is the only writer of both.
  position_.store(tick_start_ + config_.format.frame_samples, std::memory_order_release);
  const std::uint64_t ticks = ticks_.load(std::memory_order_relaxed) + 1;
  ticks_.store(ticks, std::memory_order_relaxed);
  if (ticks % flow_interval == 0) watch_flow();
}

mix::Bus Engine::bus(std::uint32_t index) const noexcept {
  const std::size_t at = std::size_t{index} * config_.format.frame_samples;
  return {current_->bus_totals.data() + at, current_->bus_firsts.data() + at,
          current_->bus_seconds.data() + at};
}

void Engine::fill_buses() noexcept {
  for (std::uint32_t index = 0; index < active_->buses.size(); ++index) {
    const BusSpec& spec = active_->buses.data()[index];
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < spec.count; ++i) {
      const Sample* const frame = current_->frames.data()[active_->slots.data()[spec.first + i]];
      if (frame != nullptr) current_->gathered.data()[count++] = frame;
    }
    kernels_.fill_bus({current_->gathered.data(), count}, {0, config_.format.frame_samples},
                      bus(index));
  }
}

void Engine::measure() noexcept {
  const std::uint32_t samples = config_.format.frame_samples;
  bool changed = false;
  for (std::size_t slot = 0; slot < current_->meters.size(); ++slot) {
    const Sample* const frame = current_->frames.data()[slot];
    const std::uint64_t energy = frame == nullptr ? 0 : kernels_.energy(frame, samples);
    changed |= current_->meters.data()[slot].update(energy, samples, tick_start_, *config_.speech);
  }
  if (changed) tell_control();
}

/// Where the ear's row is in every routing of this plan.
inline std::uint32_t Engine::row_index(LegId ear) const noexcept {
  if (knows(ear)) return ear.slot();
  if (current_ == nullptr) return nowhere;
  return current_->ear_row(ear);
}

inline PullStatus Engine::pull(LegId ear, MutableFrame out) noexcept {
  const std::uint32_t index = row_index(ear);
  const std::size_t samples = config_.format.frame_samples;
  if (index == nowhere || out.size() != samples || aliases_input(out)) {
    return refuse_pull(index, out);
  }
  current_->flow.data()[index].pulled.store(tick_start_ + 1, std::memory_order_relaxed);
  const RowSpec& row = active_->rows.data()[index];
  if (mixed_routing_ == active_ && current_->limiters.empty()) {
    write_steady(row, {0, samples}, out.data());
  } else {
    write_special(index, out.data());
  }
  return PullStatus::ok;
}

PullStatus Engine::refuse_pull(std::uint32_t index, MutableFrame out) noexcept {
  silence(out.data(), {0, out.size()});
  if (current_ != nullptr && current_->closed) return PullStatus::closed;
  if (index == nowhere) return refuse(PullStatus::unknown_leg);
  if (out.size() != config_.format.frame_samples) return refuse(PullStatus::bad_frame);
  return refuse(PullStatus::aliases_input);
}

// INVARIANT: no output overwrites a frame that another row still reads; otherwise one listener's
// row, a whisper perhaps, would be heard by the next.
inline bool Engine::aliases_input(MutableFrame out) noexcept {
  if (lowest_ == nullptr) return false;
  const std::less_equal<const Sample*> not_after;
  const std::size_t length = config_.format.frame_samples;
  const Sample* const begin = out.data();
  if (not_after(begin + length, lowest_) || not_after(highest_ + length, begin)) return false;
  return aliases_a_frame(begin);
}

bool Engine::aliases_a_frame(const Sample* begin) noexcept {
  const std::size_t length = config_.format.frame_samples;
  if (!current_->frame_index.empty()) {
    FrameIndex index(current_->frame_index, length);
    if (!current_->indexed) index.build(current_->frames);
    current_->indexed = true;
    return index.overlaps(begin);
  }
  const std::less_equal<const Sample*> not_after;
  const auto overlaps = [&](const Sample* frame) {
    return frame != nullptr && !not_after(begin + length, frame) &&
           !not_after(frame + length, begin);
  };
  const Sample* const* const frames = current_->frames.data();
  return std::any_of(frames, frames + current_->frames.size(), overlaps);
}

/// The frames that a row in force is made of.
mix::RowSources Engine::sources(const RowSpec& row) const noexcept {
  const Sample* const* const frames = current_->frames.data();
  const std::uint32_t* slot = active_->slots.data() + row.first;
  const Sample** gathered = current_->gathered.data();
  const auto gather = [&](std::uint32_t count) -> mix::Frames {
    const Sample** const first = gathered;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Sample* const frame = frames[*slot++];
      if (frame != nullptr) *gathered++ = frame;
    }
    return {first, static_cast<std::size_t>(gathered - first)};
  };
  mix::RowSources made;
  if (row.bus != no_bus) made.bus = bus(row.bus).total;
  made.plus = gather(row.plus);
  made.minus = gather(row.minus);
  if (row.edges == 0) return made;
  mix::Term* const terms = current_->terms.data();
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < row.edges; ++i) {
    const Edge& edge = active_->edges.data()[row.first_edge + i];
    const Sample* const frame = frames[edge.speaker];
    if (frame != nullptr) terms[count++] = {frame, edge.weight};
  }
  made.weighted = {terms, count};
  return made;
}

inline void Engine::write_steady(const RowSpec& row, mix::Range range, Sample* out) const noexcept {
  const Sample* const* const frames = current_->frames.data();
  const std::uint32_t* const slots = active_->slots.data() + row.first;
  switch (row.shape) {
    case Shape::silence:
      return silence(out, range);
    case Shape::copy:
      return write_one(frames[slots[0]], range, out);
    case Shape::pair: {
      const Sample* const a = frames[slots[0]];
      const Sample* const b = frames[slots[1]];
      if (a != nullptr && b != nullptr) return kernels_.add(a, b, range, out);
      return write_one(a != nullptr ? a : b, range, out);
    }
    case Shape::weighed_pair:
      return write_weighed_pair(row, range, out);
    case Shape::bus:
      return copy(bus(row.bus).first, range, out);
    case Shape::bus_without_one: {
      const Sample* const own = frames[slots[0]];
      if (own == nullptr) return copy(bus(row.bus).first, range, out);
      return kernels_.subtract(bus(row.bus), own, range, out);
    }
    case Shape::general:
      return write_general(row, range, out);
  }
}

void Engine::write_weighed_pair(const RowSpec& row, mix::Range range, Sample* out) const noexcept {
  const Sample* const* const frames = current_->frames.data();
  const Edge* const edges = active_->edges.data() + row.first_edge;
  mix::Term pair[2];
  std::size_t count = 0;
  const auto add = [&](std::uint32_t slot, mix::Weight weight) {
    if (frames[slot] != nullptr) pair[count++] = {frames[slot], weight};
  };
  if (row.plus == 1) add(active_->slots.data()[row.first], {});
  for (std::uint32_t i = 0; i < row.edges; ++i)
    add(edges[i].speaker, edges[i].weight);
  kernels_.weigh({pair, count}, range, out);
}

void Engine::write_general(const RowSpec& row, mix::Range range, Sample* out) const noexcept {
  const mix::RowSources made = sources(row);
  if (made.bus != nullptr) return kernels_.mix(made, {}, range, out);
  if (made.weighted.empty()) return kernels_.sum(made.plus, range, out);
  mix::Term* const terms = current_->terms.data();  // where the weighted ones are
  const std::size_t weighted = made.weighted.size(), plus = made.plus.size();
  for (std::size_t i = 0; i < plus; ++i)
    terms[weighted + i] = {made.plus.data()[i], {}};
  kernels_.weigh({terms, weighted + plus}, range, out);
}

/// A row that changes, perhaps, or is limited.
void Engine::write_special(std::uint32_t index, Sample* out) noexcept {
  const RowSpec& row = active_->rows.data()[index];
  const std::size_t samples = config_.format.frame_samples;
  const Change change = change_of(index);
  const std::size_t ramp = change.differs ? rising_.size() : 0;
  if (current_->limiters.empty()) {
    if (change.differs) kernels_.mix(changing_sources(change), window(), {0, ramp}, out);
    return write_steady(row, {ramp, samples}, out);
  }
  Limiter& limiter = current_->limiters.data()[index];
  const bool fits = row.shape == Shape::silence || row.shape == Shape::copy;
  if (fits && !change.differs && limiter.idle()) return write_steady(row, {0, samples}, out);
  if (change.differs) kernels_.total(changing_sources(change), window(), {0, ramp}, total_.data());
  kernels_.total(sources(row), {}, {ramp, samples}, total_.data());
  limiter.apply(limit_, total_.data(), samples, hertz(config_.format.rate) / 500, out);
}

bool Engine::may_be_limited(std::uint32_t index) const noexcept {
  if (current_->limiters.empty()) return false;
  const Shape shape = active_->rows[index].shape;
  const bool fits = shape == Shape::silence || shape == Shape::copy;
  return !fits || !current_->limiters[index].idle();
}

Row Engine::row(LegId ear) const noexcept {
  const std::uint32_t index = row_index(ear);
  if (index == nowhere) return {};
  const RowSpec& spec = active_->rows[index];
  const bool changes = mixed_routing_ != active_ && change_of(index).differs;
  if (changes || may_be_limited(index)) {
    // Ids beyond the number of rows are no plan's: such a row equals no other.
    const auto rows = static_cast<std::uint32_t>(active_->rows.size());
    return {RowKind::own, rows + 1 + index, {}};
  }
  if (spec.kind != RowKind::copy) return {spec.kind, spec.id, {}};
  return {spec.kind, spec.id, current_->legs[active_->slots[spec.first]]};
}

Level Engine::level(LegId leg) const noexcept {
  if (!knows(leg) || current_->meters.empty()) return {};
  const Meter& meter = current_->meters[leg.slot()];
  return {meter.energy.load(std::memory_order_relaxed), config_.format.frame_samples};
}

}  // namespace barge::media

BARGE_NAMESPACE_BEGIN

// The handles, in one file with what they do: a tick is a few calls of a few nanoseconds.

Tick MediaPort::begin_tick() noexcept {
  engine_->begin_tick();
  return Tick(engine_.get());
}

bool MediaPort::leg_lost(LegId leg) noexcept {
  return engine_->leg_lost(leg);
}

PushStatus Tick::push(LegId leg, Frame frame) noexcept {
  return engine_->push(leg, frame);
}

MixedTick Tick::mix() && noexcept {
  engine_->mix();
  return MixedTick(engine_);
}

PullStatus MixedTick::pull(LegId ear, MutableFrame out) const noexcept {
  return engine_->pull(ear, out);
}

Row MixedTick::row(LegId ear) const noexcept {
  return engine_->row(ear);
}

Level MixedTick::level(LegId leg) const noexcept {
  return engine_->level(leg);
}

SampleIndex MixedTick::start() const noexcept {
  return engine_->tick_start();
}

BARGE_NAMESPACE_END
