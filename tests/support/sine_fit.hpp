// SPDX-License-Identifier: Apache-2.0
// Measures one frequency in samples, by least squares: exact for a sine of any frequency, and not
// troubled by a window's side lobes.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

namespace barge::test {

inline constexpr double pi = 3.14159265358979323846;

inline double decibels(double ratio) {
  return 20.0 * std::log10(ratio);
}

/// amplitude · sin(2π · frequency · (i + from)), frequency in parts of the sampling rate.
inline std::vector<double> sine(double amplitude, double frequency, std::size_t count,
                                double from = 0.0) {
  std::vector<double> samples(count);
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = amplitude * std::sin(2.0 * pi * frequency * (static_cast<double>(i) + from));
  return samples;
}

/// Takes the best fitting sine of this frequency out of the samples; returns its amplitude and
/// phase: amplitude · sin(2π · frequency · i + phase).
inline std::complex<double> take_out(std::vector<double>& samples, double frequency) {
  double ss = 0, sc = 0, cc = 0, xs = 0, xc = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2.0 * pi * frequency * static_cast<double>(i);
    const double s = std::sin(angle), c = std::cos(angle);
    ss += s * s, sc += s * c, cc += c * c, xs += samples[i] * s, xc += samples[i] * c;
  }
  const double det = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / det, b = (xc * ss - xs * sc) / det;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2.0 * pi * frequency * static_cast<double>(i);
    samples[i] -= a * std::sin(angle) + b * std::cos(angle);
  }
  return {a, b};
}

/// The root of the mean square.
inline double effective(const std::vector<double>& samples) {
  double sum = 0.0;
  for (const double sample : samples)
    sum += sample * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace barge::test
