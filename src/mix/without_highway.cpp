// SPDX-License-Identifier: Apache-2.0
// A build without Highway has the scalar kernels alone.
#include "mix/kernels.hpp"

namespace barge::mix {

std::vector<Kernels> runnable_kernels() {
  return {scalar_kernels()};
}

}  // namespace barge::mix
