// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <barge/media.hpp>

barge::MixedTick run(barge::MediaPort& port) {
  auto tick = port.begin_tick();
#ifdef BARGE_POSITIVE
  return std::move(tick).mix();
#else
  return tick.mix();
#endif
}
