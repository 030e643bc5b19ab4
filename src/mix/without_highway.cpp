// SPDX-License-Identifier: Apache-2.0
// The choice of kernels in a build without Highway: there is one.
#include "mix/kernels.hpp"

namespace barge::mix {

const Kernels& best_kernels() noexcept {
  static const Kernels kernels = scalar_kernels();
  return kernels;
}

std::vector<Kernels> runnable_kernels() {
  return {scalar_kernels()};
}

}  // namespace barge::mix
