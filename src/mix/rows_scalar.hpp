// SPDX-License-Identifier: Apache-2.0
// One sample of a row: the definition that all kernels share for their tails.
#pragma once

#include <algorithm>
#include <cstdint>

#include "mix/rows.hpp"

namespace barge::mix {

inline Sample saturate(std::int32_t value) noexcept {
  return static_cast<Sample>(std::clamp<std::int32_t>(value, INT16_MIN, INT16_MAX));
}

/// round(sample · weight) with the weight in Q15, halves upwards.
inline std::int32_t scale(Sample sample, Sample weight) noexcept {
  return (sample * weight + (1 << 14)) >> 15;
}

inline Sample contribution(const Term& term, std::size_t i) noexcept {
  const Sample x = term.frame[i];
  return saturate((x & term.weight.unit) + scale(x, term.weight.fraction));
}

inline std::int32_t total_of(Frames frames, std::size_t i) noexcept {
  std::int32_t total = 0;
  for (const Sample* frame : frames)
    total += frame[i];
  return total;
}

inline std::int32_t total_of(Terms terms, std::size_t i) noexcept {
  std::int32_t total = 0;
  for (const Term& term : terms)
    total += contribution(term, i);
  return total;
}

inline std::int32_t total_at(const RowSources& row, const Window& window, std::size_t i) noexcept {
  std::int32_t total = row.bus == nullptr ? 0 : row.bus[i];
  total += total_of(row.plus, i) - total_of(row.minus, i) + total_of(row.weighted, i);
  for (const Term& term : row.opening)
    total += scale(contribution(term, i), window.rising[i]);
  for (const Term& term : row.closing)
    total += scale(contribution(term, i), window.falling[i]);
  return total;
}

inline void fill_bus_at(const Bus& bus, std::int32_t total, std::size_t i) noexcept {
  bus.total[i] = total;
  bus.first[i] = saturate(total);
  bus.second[i] = saturate(total - bus.first[i]);
}

inline std::uint64_t square(Sample x) noexcept {
  return static_cast<std::uint64_t>(std::int64_t{x} * x);
}

}  // namespace barge::mix
