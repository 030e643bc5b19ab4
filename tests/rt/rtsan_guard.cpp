// SPDX-License-Identifier: Apache-2.0
// The same guard by LLVM's RealtimeSanitizer: what its run time intercepts.
#include "rt/realtime_guard.hpp"

extern "C" {
void __rtsan_realtime_enter();
void __rtsan_realtime_exit();
}

namespace barge::test {

MediaCall::MediaCall() noexcept {
  __rtsan_realtime_enter();
}
MediaCall::~MediaCall() {
  __rtsan_realtime_exit();
}

}  // namespace barge::test
