// SPDX-License-Identifier: Apache-2.0
#include "signal/drift_resampler.hpp"

#include <algorithm>
#include <cstdlib>

#include "mix/kernels.hpp"

namespace barge::signal {
namespace {

constexpr std::int64_t one = std::int64_t{1} << 32;  // sample

constexpr std::int64_t to_excess(std::int64_t ppb) {
  return ppb * one / 1'000'000'000;
}

}  // namespace

DriftResampler::DriftResampler()
    : taps_(&mix::drift_filter()),
      kernels_(mix::chosen_kernels() ? mix::chosen_kernels().value().resample
                                     : mix::scalar_kernels().resample) {}

std::size_t DriftResampler::process(Frame available, MutableFrame out, std::int32_t ppb) noexcept {
  const std::size_t count = out.size();
  if (count > mix::max_resample_samples || available.size() < needed(count)) {
    std::fill_n(out.data(), out.size(), Sample{0});
    return 0;
  }
  if (ppb == 0) return settle(available.data(), out.data(), count);
  const std::int64_t limited = std::clamp(ppb, -max_ppb, max_ppb);
  return follow(available.data(), out.data(), count, to_excess(limited));
}

std::size_t DriftResampler::follow(const Sample* from, Sample* to, std::size_t count,
                                   std::int64_t excess) noexcept {
  kernels_.drift(*taps_, {fraction_, static_cast<std::int32_t>(excess)}, from, count, to);
  const std::int64_t position = fraction_ + static_cast<std::int64_t>(count) * (one + excess);
  fraction_ = static_cast<std::uint32_t>(position & (one - 1));
  return static_cast<std::size_t>(position >> 32);
}

std::size_t DriftResampler::settle(const Sample* from, Sample* to, std::size_t count) noexcept {
  std::size_t used = 0, done = 0;
  if (fraction_ != 0) {
    // To the nearer whole sample, at a rate that meets it with the last of `steps` outputs.
    const std::int64_t way = fraction_ < one / 2 ? -std::int64_t{fraction_} : one - fraction_;
    const std::int64_t fastest = to_excess(settling_ppb);
    const std::int64_t steps = (std::abs(way) + fastest - 1) / fastest;
    done = static_cast<std::size_t>(std::min<std::int64_t>(steps, std::int64_t(count)));
    used = follow(from, to, done, way / steps);
    if (std::int64_t(done) == steps) {
      used += fraction_ >= one / 2 ? 1 : 0;  // way / steps left less than 2^-19 over
      fraction_ = 0;
    }
  }
  std::copy_n(from + history + used, count - done, to + done);
  return used + count - done;
}

void DriftResampler::reset() noexcept {
  fraction_ = 0;
}

}  // namespace barge::signal
