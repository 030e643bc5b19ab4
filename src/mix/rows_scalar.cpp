// SPDX-License-Identifier: Apache-2.0
#include "mix/rows_scalar.hpp"

#include <cmath>

namespace barge::mix {
namespace {

void add(const Sample* a, const Sample* b, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(a[i] + b[i]);
}

void sum(Frames frames, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(total_of(frames, i));
}

void weigh(Terms terms, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(total_of(terms, i));
}

void fill_bus(Frames frames, Range range, const Bus& bus) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    fill_bus_at(bus, total_of(frames, i), i);
}

void subtract(const Bus& bus, const Sample* own, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(bus.total[i] - own[i]);
}

void mix(const RowSources& row, const Window& window, Range range, Sample* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(total_at(row, window, i));
}

void total(const RowSources& row, const Window& window, Range range, std::int32_t* out) {
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = total_at(row, window, i);
}

std::uint64_t energy(const Sample* frame, std::size_t samples) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < samples; ++i)
    sum += square(frame[i]);
  return sum;
}

}  // namespace

RowKernels scalar_rows() noexcept {
  return {add, sum, weigh, fill_bus, subtract, mix, total, energy};
}

std::vector<Sample> rising_window(std::size_t samples) {
  std::vector<Sample> window(samples);
  const double step = std::acos(-1.0) / static_cast<double>(samples + 1);
  for (std::size_t i = 0; i < samples; ++i) {
    const double weight = 0.5 - 0.5 * std::cos(step * static_cast<double>(i + 1));
    window[i] = static_cast<Sample>(std::lround(32767.0 * weight));
  }
  return window;
}

}  // namespace barge::mix
