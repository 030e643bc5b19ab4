// SPDX-License-Identifier: Apache-2.0
// What the files compiled once per instruction set share. Included behind <hwy/highway.h>, once.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>
#include <hwy/targets.h>

namespace barge::mix {

/// Where HWY_DISPATCH_TABLE holds a target's function. Highway's own choice is process-wide and
/// belongs to the application, so it is neither read nor changed.
inline std::size_t table_index(std::int64_t target) {
  if ((HWY_TARGETS & (HWY_TARGETS - 1)) == 0) return 0;
  hwy::ChosenTarget chosen;
  chosen.Update(target);
  return chosen.GetIndex();
}

}  // namespace barge::mix
