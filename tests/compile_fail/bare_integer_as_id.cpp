// SPDX-License-Identifier: Apache-2.0
#include <barge/media.hpp>

barge::PushStatus run(barge::Tick& tick, barge::Frame frame) {
#ifdef BARGE_POSITIVE
  return tick.push(barge::LegId(1, 1), frame);
#else
  return tick.push(1, frame);
#endif
}
