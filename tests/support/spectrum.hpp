// SPDX-License-Identifier: Apache-2.0
// Levels of signals, for tests of artefacts.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

#include <barge/audio.hpp>

namespace barge::test {

inline constexpr double pi = 3.14159265358979323846;

inline double decibels(double ratio) {
  return 20 * std::log10(ratio);
}

/// `count` samples of a sine, from a sample index on.
inline std::vector<Sample> sine(double hertz, double rate, double amplitude, std::size_t from,
                                std::size_t count) {
  std::vector<Sample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double phase = 2 * pi * hertz * static_cast<double>(from + i) / rate;
    samples[i] = static_cast<Sample>(std::lround(amplitude * std::sin(phase)));
  }
  return samples;
}

/// The amplitude of the sine at this frequency that fits the signal best, and the RMS of what it
/// leaves over.
struct SineFit {
  double amplitude = 0;
  double rest = 0;
};

inline SineFit fit_sine(const std::vector<Sample>& signal, double hertz, double rate) {
  double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, xx = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double phase = 2 * pi * hertz * static_cast<double>(i) / rate;
    const double c = std::cos(phase), s = std::sin(phase), x = signal[i];
    cc += c * c, ss += s * s, cs += c * s, xc += x * c, xs += x * s, xx += x * x;
  }
  const double determinant = cc * ss - cs * cs;
  const double a = (xc * ss - xs * cs) / determinant, b = (xs * cc - xc * cs) / determinant;
  const double rest = std::max(0.0, xx - a * xc - b * xs);
  return {std::hypot(a, b), std::sqrt(rest / static_cast<double>(signal.size()))};
}

/// The spectrum's magnitude at a frequency under a Blackman-Harris window (side lobes −92 dB); a
/// sine that fills the signal has its amplitude.
inline double magnitude_at(const std::vector<Sample>& signal, double hertz, double rate) {
  std::complex<double> sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double t = 2 * pi * static_cast<double>(i) / static_cast<double>(signal.size());
    const double window =
        0.35875 - 0.48829 * std::cos(t) + 0.14128 * std::cos(2 * t) - 0.01168 * std::cos(3 * t);
    weights += window;
    sum += window * std::polar<double>(signal[i], -2 * pi * hertz * static_cast<double>(i) / rate);
  }
  return 2 * std::abs(sum) / weights;
}

}  // namespace barge::test
