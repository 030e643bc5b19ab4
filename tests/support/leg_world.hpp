// SPDX-License-Identifier: Apache-2.0
// A leg between two clocks in virtual time: packets come by the leg's, ticks by the bridge's.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <barge/leg.hpp>

namespace barge::test {

using namespace std::chrono_literals;
using Nanos = std::chrono::nanoseconds;

/// What is said: the sample at an index since the beginning of time.
using Voice = std::function<Sample(std::uint64_t)>;

/// Any window of it is unlike any other.
inline Sample noise(std::uint64_t index) {
  std::uint64_t x = (index + 1) * 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 31)) * 0xD6E8FEB86659FD93U;
  return static_cast<Sample>(x >> 48);
}

inline Voice tone(SampleRate rate, double hz, double amplitude = 8000) {
  const double step = 2 * 3.14159265358979323846 * hz / hertz(rate);
  return [=](std::uint64_t i) {
    return static_cast<Sample>(std::lround(amplitude * std::sin(step * static_cast<double>(i))));
  };
}

struct Stall {
  Nanos from{0};
  Nanos to{0};
  bool covers(Nanos time) const { return time >= from && time < to; }
};

class LegWorld {
 public:
  LegWorld(const LegConfig& of, Voice voice)
      : config(of),
        leg(Leg::create(of).value()),
        voice_(std::move(voice)),
        frame_(config.bridge.frame_samples),
        packet_samples(
            static_cast<std::uint64_t>(hertz(config.rate) * config.packet.count() / 1000)) {}

  LegConfig config;
  Leg leg;

 private:
  Voice voice_;
  std::vector<Sample> frame_;

 public:
  std::uint64_t packet_samples;
  double leg_ppm = 0;        ///< how much faster the leg's clock is
  Nanos packets_start{1ms};  ///< when the first packet's last sample was spoken
  Nanos ticks_start{0};
  Stall network;  ///< what comes meanwhile comes at its end
  Stall media;    ///< there are no ticks meanwhile
  std::function<Nanos(std::uint64_t)> lateness = [](std::uint64_t) { return Nanos(0); };
  std::function<bool(std::uint64_t)> is_lost = [](std::uint64_t) { return false; };
  bool reports_losses = true;

  // What became of it.
  std::vector<Sample> heard;
  std::vector<ReadStatus> statuses;
  std::vector<std::chrono::microseconds> delays;  ///< after each tick

  /// Lets time pass until then.
  void run(Nanos until) {
    for (;;) {
      const Nanos packet_at = arrival();
      const Nanos tick_at = ticks_start + tick_ * tick_length();
      if (std::min(packet_at, tick_at) >= until) return;
      if (packet_at <= tick_at) {
        packet();
      } else {
        if (!media.covers(tick_at)) tick();
        ++tick_;
      }
    }
  }

  Nanos tick_length() const {
    return Nanos(1'000'000'000LL * config.bridge.frame_samples / hertz(config.bridge.rate));
  }

  /// What a sample waits on average, over the last second or so.
  double delay_ms() const {
    const std::size_t window = static_cast<std::size_t>(Nanos(960ms) / tick_length());
    double sum = 0;
    for (std::size_t i = delays.size() - window; i < delays.size(); ++i)
      sum += static_cast<double>(delays[i].count());
    return sum / static_cast<double>(window) / 1000;
  }

  LegFlow in() const { return leg.counters().in; }

 private:
  Nanos arrival() {
    const double length = static_cast<double>(packet_samples) * 1e9 / hertz(config.rate);
    const auto spoken =
        packets_start + Nanos(static_cast<std::int64_t>(static_cast<double>(packet_) * length *
                                                        1e6 / (1e6 + leg_ppm)));
    Nanos at = std::max(spoken + lateness(packet_), last_arrival_);
    if (network.covers(at)) at = network.to;
    return at;
  }

  void packet() {
    last_arrival_ = arrival();
    if (is_lost(packet_)) {
      if (reports_losses) leg.lost(static_cast<std::uint32_t>(packet_samples));
    } else {
      packet_buffer_.resize(packet_samples);
      for (std::uint64_t i = 0; i < packet_samples; ++i)
        packet_buffer_[i] = voice_(packet_ * packet_samples + i);
      leg.receive(packet_buffer_);
    }
    ++packet_;
  }

  void tick() {
    statuses.push_back(leg.read(frame_));
    heard.insert(heard.end(), frame_.begin(), frame_.end());
    delays.push_back(in().delay);
  }

  std::vector<Sample> packet_buffer_;
  std::uint64_t packet_ = 0;
  std::int64_t tick_ = 0;
  Nanos last_arrival_{0};
};

/// The loudest click: the largest second difference, which a tone has as well.
inline int roughness(gsl::span<const Sample> samples) {
  int most = 0;
  for (std::size_t i = 2; i < samples.size(); ++i)
    most = std::max(most, std::abs(samples[i] - 2 * samples[i - 1] + samples[i - 2]));
  return most;
}

/// What is in the samples beside a tone whose frequency and loudness change slowly, in dB relative
/// to it: the rest of a least-squares fit of (a + bt + ct²) cos + (d + et + ft²) sin.
inline double artefacts_db(gsl::span<const Sample> samples, double radians_per_sample) {
  constexpr std::size_t terms = 6;
  using Row = std::array<double, terms>;
  const std::size_t n = samples.size();
  std::vector<Row> rows(n);
  double matrix[terms][terms + 1] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double t = 2.0 * static_cast<double>(i) / static_cast<double>(n) - 1;
    const double c = std::cos(radians_per_sample * static_cast<double>(i));
    const double s = std::sin(radians_per_sample * static_cast<double>(i));
    rows[i] = {c, c * t, c * t * t, s, s * t, s * t * t};
    for (std::size_t a = 0; a < terms; ++a) {
      for (std::size_t b = 0; b < terms; ++b)
        matrix[a][b] += rows[i][a] * rows[i][b];
      matrix[a][terms] += rows[i][a] * samples.data()[i];
    }
  }
  for (std::size_t a = 0; a < terms; ++a) {
    for (std::size_t b = 0; b < terms; ++b) {
      if (a == b) continue;
      const double factor = matrix[b][a] / matrix[a][a];
      for (std::size_t c = a; c <= terms; ++c)
        matrix[b][c] -= factor * matrix[a][c];
    }
  }
  double rest = 0, whole = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double sample = samples.data()[i];
    double fitted = 0;
    for (std::size_t a = 0; a < terms; ++a)
      fitted += matrix[a][terms] / matrix[a][a] * rows[i][a];
    rest += (sample - fitted) * (sample - fitted);
    whole += sample * sample;
  }
  return 10 * std::log10(rest / std::max(whole, 1.0));
}

}  // namespace barge::test
