// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <barge/level.hpp>

BARGE_NAMESPACE_BEGIN

double dbfs(Level level) noexcept {
  if (level.energy == 0) return -std::numeric_limits<double>::infinity();
  constexpr double full_scale_sine = 536870912.0;
  const double mean = static_cast<double>(level.energy) / level.samples;
  return 10.0 * std::log10(mean / full_scale_sine);
}

BARGE_NAMESPACE_END
