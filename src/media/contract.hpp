// SPDX-License-Identifier: Apache-2.0
// What misuse by the host does besides the status it gets: nothing, or in a build for tests, the
// end.
#pragma once

#include <exception>

namespace barge::contract {

inline void violated() noexcept {
#if BARGE_CONTRACT_TERMINATE
  std::terminate();
#endif
}

}  // namespace barge::contract
