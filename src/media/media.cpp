// SPDX-License-Identifier: Apache-2.0
#include <barge/media.hpp>

#include "media/engine.hpp"

BARGE_NAMESPACE_BEGIN

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

PullStatus MixedTick::pull(LegId leg, MutableFrame out) const noexcept {
  return engine_->pull(leg, out);
}

Row MixedTick::row(LegId leg) const noexcept {
  return engine_->row(leg);
}

SampleIndex MixedTick::start() const noexcept {
  return engine_->tick_start();
}

BARGE_NAMESPACE_END
