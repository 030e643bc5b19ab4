// SPDX-License-Identifier: Apache-2.0
#include "leg/splice.hpp"

#include <algorithm>
#include <cstdint>

namespace barge::leg {
namespace {

struct Best {
  std::size_t offset = 0;
  std::int64_t difference = INT64_MAX;
};

std::int64_t difference(Frame pattern, const Sample* other, std::size_t stride) noexcept {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < pattern.size(); i += stride) {
    const std::int64_t d = std::int32_t{pattern.data()[i]} - other[i];
    sum += d * d;
  }
  return sum;
}

/// The best of the offsets that are whole strides, at most `reach` of them, away from the middle;
/// the nearest one of equally good ones.
Best search(Frame pattern, Frame area, Best middle, std::size_t stride,
            std::size_t reach) noexcept {
  const std::size_t last = area.size() - pattern.size();
  Best best = middle;
  const auto look_at = [&](std::size_t offset) {
    const std::int64_t d = difference(pattern, area.data() + offset, stride);
    if (d < best.difference) best = {offset, d};
  };
  for (std::size_t away = stride; away <= reach * stride; away += stride) {
    if (away <= middle.offset) look_at(middle.offset - away);
    if (middle.offset + away <= last) look_at(middle.offset + away);
  }
  return best;
}

}  // namespace

std::size_t best_match(Frame pattern, Frame area, std::size_t stride) noexcept {
  const std::size_t last = area.size() - pattern.size();
  Best best{last / 2, difference(pattern, area.data() + last / 2, stride)};
  best = search(pattern, area, best, stride, last / 2 / stride + 1);
  if (stride == 1) return best.offset;
  best.difference = difference(pattern, area.data() + best.offset, 1);
  return search(pattern, area, best, 1, stride - 1).offset;
}

}  // namespace barge::leg
