// SPDX-License-Identifier: Apache-2.0
#include "leg/level_control.hpp"

#include <algorithm>
#include <numeric>

namespace barge::leg {
namespace {

// In ms. The times in which levels are averaged are whole numbers of 10, 20, 30, 40 and 60 ms.
constexpr std::int64_t window = 960;
constexpr std::int64_t certain_after = 720;
constexpr std::int64_t dead_band = 4;
constexpr std::int64_t slack = 8;  // more than the dead band and what the control overshoots
constexpr std::int64_t far = 100;
constexpr std::uint32_t calm = 60;  // windows without drift

// In 10⁻⁹. The proportional part per ms of error, the integral part per ms and window.
constexpr std::int32_t fastest = 500'000;
constexpr std::int32_t most_drift = 400'000;
constexpr std::int64_t proportional_gain = 80'000;
constexpr std::int64_t integral_gain = 400;
constexpr std::int32_t negligible = 3'000;
constexpr std::int64_t slope_per_second = 100'000;

std::int64_t samples(const Pace& pace, std::int64_t ms) noexcept {
  return ms * pace.rate / 1000;
}

std::uint32_t reads(const Pace& pace, std::int64_t ms) noexcept {
  const std::int64_t count = (samples(pace, ms) + pace.read - 1) / pace.read;
  return static_cast<std::uint32_t>(std::max<std::int64_t>(count, 1));
}

std::int64_t floor_of(const Pace& pace) noexcept {
  const std::int64_t between_packets = std::int64_t{pace.written} - pace.read;
  return pace.target - std::max<std::int64_t>(between_packets, 0);
}

std::int32_t limited(std::int64_t ppb, std::int32_t limit) noexcept {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(ppb, -limit, limit));
}

}  // namespace

LevelControl::LevelControl(const Pace& pace) noexcept
    : pace_(pace),
      window_reads_(reads(pace, window)),
      certain_reads_(reads(pace, certain_after)),
      floor_(floor_of(pace)),
      high_(floor_ + samples(pace, slack)),
      step_(std::gcd(pace.written, pace.read)),
      far_too_high_(pace.target + std::max(pace.written, pace.read) + samples(pace, far)) {}

void LevelControl::start() noexcept {
  sum_ = 0;
  reads_ = high_reads_ = 0;
  knows_usual_ = false;
  proportional_ = 0;
  ppb_ = wanted();
  calm_windows_ = integral_ == 0 ? calm : 0;
  watchful_reads_ = window_reads_;
}

void LevelControl::observe(std::int64_t level) noexcept {
  sum_ += level;
  if (++reads_ == window_reads_) end_window();
  if (watchful_reads_ != 0) --watchful_reads_;
  if (level <= high_ + (watchful_reads_ != 0 ? 0 : step_)) {
    high_reads_ = 0;
    return;
  }
  if (high_reads_ == 0) {
    high_sum_ = 0;
    lowest_ = level;
    integral_before_ = integral_;
  }
  ++high_reads_;
  high_sum_ += level;
  lowest_ = std::min(lowest_, level);
}

void LevelControl::end_window() noexcept {
  const std::int64_t average = sum_ / reads_;
  sum_ = 0;
  reads_ = 0;
  if (!knows_usual_) {
    knows_usual_ = true;
    usual_ = average;
    return;
  }
  const std::int64_t error = average - usual_;
  const std::int64_t band = samples(pace_, dead_band);
  const std::int64_t outside = error - std::clamp(error, -band, band);
  proportional_ = limited(outside * 1000 * proportional_gain / pace_.rate, most_drift);
  integral_ = limited(integral_ + outside * 1000 * integral_gain / pace_.rate, most_drift);
  if (outside == 0 && integral_ > -negligible && integral_ < negligible) integral_ = 0;
  calm_windows_ = outside == 0 && integral_ == 0 ? calm_windows_ + 1 : 0;
}

std::int64_t LevelControl::excess(std::int64_t level) const noexcept {
  if (level > far_too_high_) return level - pace_.target;
  if (high_reads_ < certain_reads_) return 0;
  return knows_usual_ ? high_sum_ / high_reads_ - usual_ : lowest_ - floor_;
}

void LevelControl::spliced() noexcept {
  if (high_reads_ != 0) integral_ = integral_before_;  // what it learnt meanwhile was no drift
  high_reads_ = 0;
  proportional_ = 0;
  sum_ = 0;
  reads_ = 0;
  watchful_reads_ = window_reads_;
}

std::int32_t LevelControl::wanted() const noexcept {
  return limited(std::int64_t{integral_} + proportional_, fastest);
}

std::int32_t LevelControl::next_ppb(std::uint32_t count) noexcept {
  const auto most = static_cast<std::int32_t>(slope_per_second * count / pace_.rate);
  ppb_ += std::clamp(wanted() - ppb_, -most, most);
  // 0 goes to a whole sample at a rate of its own: only when there is no drift after all.
  if (ppb_ == 0 && calm_windows_ < calm) ppb_ = 1;
  return ppb_;
}

}  // namespace barge::leg
