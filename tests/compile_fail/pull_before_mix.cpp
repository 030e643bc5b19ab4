// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <barge/media.hpp>

barge::PullStatus run(barge::MediaPort& port, barge::LegId leg, barge::MutableFrame out) {
  auto tick = port.begin_tick();
#ifdef BARGE_POSITIVE
  return std::move(tick).mix().pull(leg, out);
#else
  return tick.pull(leg, out);
#endif
}
