// SPDX-License-Identifier: Apache-2.0
// Which instruction sets were compiled and run on this CPU.
#include "mix/highway.hpp"

#include "mix/kernels.hpp"

namespace barge::mix {

std::vector<Kernels> runnable_kernels() {
  std::vector<Kernels> kernels{scalar_kernels()};
  // What Highway emulates is slower than our own scalar set.
  const std::int64_t runnable = hwy::SupportedTargets() & HWY_TARGETS & ~(HWY_SCALAR | HWY_EMU128);
  // The lower the bit, the better the target.
  for (int bit = 62; bit >= 0; --bit) {
    const std::int64_t target = runnable & (std::int64_t{1} << bit);
    if (target == 0) continue;
    kernels.push_back({hwy::TargetName(target), highway_rows(target), highway_limit(target),
                       highway_g711(target), highway_resample(target), highway_tone(target)});
  }
  return kernels;
}

}  // namespace barge::mix
