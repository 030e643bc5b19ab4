// SPDX-License-Identifier: Apache-2.0
#include "hearing.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wav {
namespace {

using Matrix = std::vector<std::vector<double>>;

// A gain below this is an error of the estimate, not an open edge.
constexpr double least_gain = 0.05;

double product(const barge::Sample* a, const barge::Sample* b, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

// Solves a symmetric system by elimination; unknowns that nothing determines are 0.
std::vector<double> solve(Matrix a, std::vector<double> b) {
  const std::size_t n = b.size();
  std::vector<double> x(n, 0);
  std::vector<bool> is_free(n, false);
  for (std::size_t k = 0; k < n; ++k) {
    is_free[k] = a[k][k] < 1;
    if (is_free[k]) continue;
    for (std::size_t row = k + 1; row < n; ++row) {
      const double factor = a[row][k] / a[k][k];
      for (std::size_t column = k; column < n; ++column)
        a[row][column] -= factor * a[k][column];
      b[row] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    if (is_free[k]) continue;
    double rest = b[k];
    for (std::size_t column = k + 1; column < n; ++column)
      rest -= a[k][column] * x[column];
    x[k] = rest / a[k][k];
  }
  return x;
}

double decibels(double power) {
  constexpr double full_scale = 32768.0 * 32768.0;
  return power <= 0 ? silence_db : std::max(silence_db, 10 * std::log10(power / full_scale));
}

}  // namespace

Hearing::Hearing(const std::vector<Samples>& voices, const std::vector<Samples>& heard,
                 std::size_t frame_samples)
    : parties_(voices.size()), frame_samples_(frame_samples) {
  if (!heard.empty()) frames_ = heard.front().size() / frame_samples;
  powers_.assign(frames_ * parties_ * parties_, 0);
  std::vector<Samples> spoken = voices;
  for (Samples& voice : spoken)
    voice.resize(frames_ * frame_samples);

  for (std::size_t frame = 0; frame < frames_; ++frame) {
    const std::size_t start = frame * frame_samples;
    Matrix energies(parties_, std::vector<double>(parties_));
    for (std::size_t i = 0; i < parties_; ++i) {
      for (std::size_t j = 0; j < parties_; ++j)
        energies[i][j] = product(&spoken[i][start], &spoken[j][start], frame_samples);
    }
    for (std::size_t listener = 0; listener < parties_; ++listener) {
      std::vector<double> shares(parties_);
      for (std::size_t i = 0; i < parties_; ++i)
        shares[i] = product(&heard[listener][start], &spoken[i][start], frame_samples);
      const std::vector<double> gains = solve(energies, std::move(shares));
      for (std::size_t i = 0; i < parties_; ++i) {
        if (std::abs(gains[i]) < least_gain) continue;
        const double energy = gains[i] * gains[i] * energies[i][i];
        powers_[at(listener, i, frame)] = energy / static_cast<double>(frame_samples);
      }
    }
  }
}

double Hearing::level(std::size_t listener, std::size_t speaker, std::size_t frame) const {
  return decibels(powers_[at(listener, speaker, frame)]);
}

double Hearing::level(std::size_t listener, std::size_t speaker, std::size_t from,
                      std::size_t to) const {
  if (from >= to) return silence_db;
  double sum = 0;
  for (std::size_t frame = from; frame < to; ++frame)
    sum += powers_[at(listener, speaker, frame)];
  return decibels(sum / static_cast<double>(to - from));
}

}  // namespace wav
