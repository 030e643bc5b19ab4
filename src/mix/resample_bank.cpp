// SPDX-License-Identifier: Apache-2.0
// The filters' coefficients. Only + - * / and sqrt, which round alike everywhere, go into them: the
// sine of a C library may differ in its last bit, and a coefficient with it.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "mix/resample.hpp"

namespace barge::mix {
namespace {

constexpr double pi = 3.14159265358979323846;

/// sin(2π · turns).
double sine(double turns) {
  double x = turns - std::floor(turns + 0.5);             // a period around 0
  if (std::abs(x) > 0.25) x = std::copysign(0.5, x) - x;  // the quarters next to 0
  const double square = (2.0 * pi * x) * (2.0 * pi * x);
  double term = 2.0 * pi * x, sum = term;
  for (int n = 2; n <= 24; n += 2) {
    term *= -square / (n * (n + 1.0));
    sum += term;
  }
  return sum;
}

/// The modified Bessel function of order 0.
double bessel(double x) {
  double term = 1.0, sum = 1.0;
  for (int n = 1; n <= 40; ++n) {
    term *= (x / (2.0 * n)) * (x / (2.0 * n));
    sum += term;
  }
  return sum;
}

/// A low-pass filter with a Kaiser window, as a function of time. The window is lowered to end at
/// 0, as one phase of a filter has a tap at its end and another one has not.
struct LowPass {
  double cutoff;       // of the sampling rate, at -6 dB
  double reach;        // samples on either side
  double attenuation;  // dB

  double operator()(double t) const {
    const double edge = t / reach;
    if (std::abs(edge) >= 1.0) return 0.0;
    const double beta = 0.1102 * (attenuation - 8.7);
    const double window =
        (bessel(beta * std::sqrt(1.0 - edge * edge)) - 1.0) / (bessel(beta) - 1.0);
    return window * (t == 0.0 ? 2.0 * cutoff : sine(cutoff * t) / (pi * t));
  }
};

/// A little below half the lower rate: -0.02 dB at 0.425 of it, and as far down as that allows.
constexpr LowPass between_rates{0.49, resample_reach, 99.0};

/// Whole numbers with the sum 2^tap_bits. What rounding adds or takes goes back to those that were
/// rounded furthest: a phase that had another gain would leave an image of its own.
void quantise(const std::vector<double>& filter, std::int32_t* taps) {
  double gain = 0.0;
  for (const double value : filter)
    gain += value;
  std::vector<double> errors;
  std::int32_t missing = 1 << tap_bits;
  for (std::size_t k = 0; k < filter.size(); ++k) {
    const double exact = filter[k] / gain * (1 << tap_bits);
    taps[k] = static_cast<std::int32_t>(std::floor(exact + 0.5));
    errors.push_back(exact - taps[k]);
    missing -= taps[k];
  }
  for (; missing != 0; missing -= missing > 0 ? 1 : -1) {
    const int step = missing > 0 ? 1 : -1;
    const auto furthest = std::max_element(errors.begin(), errors.end(),
                                           [=](double a, double b) { return a * step < b * step; });
    *furthest -= step;
    taps[furthest - errors.begin()] += step;
  }
}

/// Lays out the taps for vectors, as FilterBank says.
class Splitter {
 public:
  explicit Splitter(FilterBank& bank) : bank_(bank) {}

  void split() {
    const TapRows rows(bank_.in_step);
    for (std::size_t row = 0; row < rows.rows; ++row) {
      bool row_begins = true;
      for (std::size_t pair = 0; pair < bank_.pairs; ++pair) {
        const std::size_t index = 2 * pair / rows.distance;
        if (index % rows.rows != row) continue;
        add(pair, row, index / rows.rows, row_begins);
        row_begins = false;
      }
    }
  }

 private:
  void add(std::size_t pair, std::size_t row, std::size_t place, bool row_begins) {
    bool has_coarse = false;
    for (std::size_t r = 0; r < bank_.out_step; ++r)
      has_coarse |= std::max(std::abs(tap(r, pair, 0)), std::abs(tap(r, pair, 1))) > INT16_MAX;
    if (row_begins || bank_.segments.back().has_coarse != has_coarse || !fits(pair, has_coarse)) {
      bank_.segments.push_back({row, place, 0, has_coarse});
      sums_.assign(bank_.out_step, 0);
    }
    ++bank_.segments.back().pairs;
    for (std::size_t r = 0; r < bank_.out_step; ++r) {
      sums_[r] += loudest(r, pair, has_coarse);
      bank_.fine.push_back(narrow(fine(r, pair, 0, has_coarse), fine(r, pair, 1, has_coarse)));
      if (has_coarse) bank_.coarse.push_back(narrow(coarse(r, pair, 0), coarse(r, pair, 1)));
    }
  }

  bool fits(std::size_t pair, bool has_coarse) const {
    // What a flushed sum leaves behind is added to the next segment's.
    constexpr std::int64_t limit = INT32_MAX - (1 << fine_bits);
    for (std::size_t r = 0; r < bank_.out_step; ++r)
      if (sums_[r] + loudest(r, pair, has_coarse) > limit) return false;
    return true;
  }

  std::int32_t tap(std::size_t r, std::size_t pair, std::size_t odd) const {
    return bank_.taps[r * 2 * bank_.pairs + 2 * pair + odd];
  }
  std::int32_t coarse(std::size_t r, std::size_t pair, std::size_t odd) const {
    return (tap(r, pair, odd) + (1 << (fine_bits - 1))) >> fine_bits;
  }
  std::int32_t fine(std::size_t r, std::size_t pair, std::size_t odd, bool has_coarse) const {
    return tap(r, pair, odd) - (has_coarse ? coarse(r, pair, odd) * (1 << fine_bits) : 0);
  }
  /// The most that the pair's fine parts can add.
  std::int64_t loudest(std::size_t r, std::size_t pair, bool has_coarse) const {
    return -std::int64_t{INT16_MIN} *
           (std::abs(fine(r, pair, 0, has_coarse)) + std::abs(fine(r, pair, 1, has_coarse)));
  }
  static FilterBank::Pair narrow(std::int32_t even, std::int32_t odd) {
    return {static_cast<std::int16_t>(even), static_cast<std::int16_t>(odd)};
  }

  FilterBank& bank_;
  std::vector<std::int64_t> sums_;  // of the segment so far, at the loudest
};

FilterBank make_bank(std::size_t in_step, std::size_t out_step) {
  FilterBank bank;
  bank.in_step = in_step;
  bank.out_step = out_step;
  // Times in units of 1 / out_step of an input sample, `grid` of them a sample of the lower rate.
  const std::size_t grid = std::max(in_step, out_step);
  const std::size_t delay = resample_reach * grid;
  bank.history = (2 * delay - 1) / out_step;
  const std::size_t ahead = ((out_step - 1) * in_step + out_step - 1) / out_step;
  bank.pairs = (bank.history + ahead + 1) / 2;
  bank.taps.resize(out_step * 2 * bank.pairs);
  for (std::size_t r = 0; r < out_step; ++r) {
    std::vector<double> filter;
    for (std::size_t k = 0; k < 2 * bank.pairs; ++k) {
      const double time = static_cast<double>(k * out_step + delay) -
                          static_cast<double>(bank.history * out_step + r * in_step);
      filter.push_back(between_rates(time / static_cast<double>(grid)));
    }
    quantise(filter, bank.taps.data() + r * 2 * bank.pairs);
  }
  Splitter(bank).split();
  return bank;
}

std::vector<FilterBank> make_banks() {
  constexpr std::size_t ratios[][2] = {{1, 2}, {1, 3}, {1, 4}, {1, 6}, {2, 3}, {3, 4}};
  std::vector<FilterBank> banks;
  for (const auto& ratio : ratios) {
    banks.push_back(make_bank(ratio[0], ratio[1]));
    banks.push_back(make_bank(ratio[1], ratio[0]));
  }
  return banks;
}

DriftTaps make_drift_filter() {
  // A cutoff at half the rate: at fraction 0 every tap but one is 0.
  constexpr std::size_t half = drift_taps / 2;
  constexpr LowPass filter{0.5, half, 94.0};
  const double reach = std::sqrt(3.0) / 2.0 * 0.5 / drift_segments;  // Chebyshev's points
  DriftTaps taps;
  for (std::size_t segment = 0; segment < drift_segments; ++segment) {
    const double centre = (static_cast<double>(segment) + 0.5) / drift_segments;
    std::array<std::array<double, drift_taps>, 3> points;
    for (std::size_t p = 0; p < 3; ++p) {
      const double fraction = centre + (static_cast<double>(p) - 1.0) * reach;
      double gain = 0.0;
      for (std::size_t k = 0; k < drift_taps; ++k) {
        points[p][k] = filter(static_cast<double>(k) - (drift_taps / 2.0 - 1.0) - fraction);
        gain += points[p][k];
      }
      for (double& tap : points[p])
        tap /= gain;
    }
    for (std::size_t k = 0; k < drift_taps; ++k) {
      const double before = points[0][k], at = points[1][k], behind = points[2][k];
      taps[segment][0][k] = static_cast<float>(at);
      taps[segment][1][k] = static_cast<float>((behind - before) / (2.0 * reach));
      taps[segment][2][k] =
          static_cast<float>((behind + before - 2.0 * at) / (2.0 * reach * reach));
    }
  }
  return taps;
}

}  // namespace

const FilterBank* filter_bank(std::uint32_t from, std::uint32_t to) {
  static const std::vector<FilterBank> banks = make_banks();
  const auto found = std::find_if(banks.begin(), banks.end(), [=](const FilterBank& bank) {
    return from * bank.out_step == to * bank.in_step;
  });
  return found == banks.end() ? nullptr : &*found;
}

const DriftTaps& drift_filter() {
  static const DriftTaps taps = make_drift_filter();
  return taps;
}

}  // namespace barge::mix
