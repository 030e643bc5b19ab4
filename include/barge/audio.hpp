// SPDX-License-Identifier: Apache-2.0
// Audio as barge sees it: mono linear PCM, 16 bit, in frames of one fixed length per bridge.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <gsl/span>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

using Sample = std::int16_t;
/// Samples that somebody else owns.
using Frame = gsl::span<const Sample>;
using MutableFrame = gsl::span<Sample>;

/// How loud an edge is: from 0 to just below 2 (+6 dB), 1 by default, in steps of 2^-14.
/// Thread: any. Realtime-safe: yes.
class Gain {
 public:
  constexpr Gain() noexcept = default;
  /// The nearest step; what is out of range becomes the nearest limit.
  static constexpr Gain linear(double factor) noexcept {
    const double steps = factor * unity_;
    if (!(steps > 0)) return Gain(0);
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): it is positive
    return Gain(steps < max_ ? static_cast<std::int16_t>(steps + 0.5) : max_);
  }
  /// The factor in steps of 2^-14, 0 to 32767.
  constexpr std::int16_t q14() const noexcept { return q14_; }

  friend constexpr bool operator==(Gain a, Gain b) noexcept { return a.q14_ == b.q14_; }
  friend constexpr bool operator!=(Gain a, Gain b) noexcept { return !(a == b); }
  /// One gain behind the other.
  friend constexpr Gain operator*(Gain a, Gain b) noexcept {
    const std::int32_t product = (a.q14_ * b.q14_ + unity_ / 2) / unity_;
    return Gain(product < max_ ? static_cast<std::int16_t>(product) : max_);
  }

 private:
  static constexpr std::int16_t unity_ = 1 << 14;  // NOLINT(readability-identifier-naming)
  static constexpr std::int16_t max_ = 32767;      // NOLINT(readability-identifier-naming)
  constexpr explicit Gain(std::int16_t q14) noexcept : q14_(q14) {}
  std::int16_t q14_ = unity_;
};

static_assert(Gain::linear(1.0) == Gain());
static_assert(Gain::linear(0.5).q14() == 8192 && Gain::linear(-1).q14() == 0);
static_assert(Gain::linear(7).q14() == 32767);
static_assert(Gain::linear(0.5) * Gain::linear(0.5) == Gain::linear(0.25));

/// A sampling rate in Hz.
enum class SampleRate : std::uint32_t {
  hz_8000 = 8000,
  hz_16000 = 16000,
  hz_24000 = 24000,
  hz_32000 = 32000,
  hz_44100 = 44100,
  hz_48000 = 48000
};

/// The number of Hz.
/// Thread: any. Realtime-safe: yes.
constexpr std::uint32_t hertz(SampleRate rate) noexcept {
  return static_cast<std::uint32_t>(rate);
}

/// A position on a bridge's media clock, in samples since its first tick.
/// Thread: any. Realtime-safe: yes.
class SampleIndex {
 public:
  constexpr SampleIndex() noexcept = default;
  constexpr explicit SampleIndex(std::uint64_t samples) noexcept : samples_(samples) {}
  constexpr std::uint64_t samples() const noexcept { return samples_; }

  friend constexpr bool operator==(SampleIndex a, SampleIndex b) noexcept {
    return a.samples_ == b.samples_;
  }
  friend constexpr bool operator!=(SampleIndex a, SampleIndex b) noexcept { return !(a == b); }
  friend constexpr bool operator<(SampleIndex a, SampleIndex b) noexcept {
    return a.samples_ < b.samples_;
  }
  friend constexpr bool operator<=(SampleIndex a, SampleIndex b) noexcept { return !(b < a); }
  friend constexpr SampleIndex operator+(SampleIndex a, std::uint64_t samples) noexcept {
    return SampleIndex(a.samples_ + samples);
  }

 private:
  std::uint64_t samples_ = 0;
};

/// Rate and frame length of a bridge; both are fixed for its life.
struct Format {
  SampleRate rate = SampleRate::hz_16000;
  std::uint32_t frame_samples = 320;  ///< one tick: 5 ms to 60 ms of audio, at most 2880
};

/// What becomes of a row that is louder than 16 bits.
enum class Overload : std::uint8_t {
  saturate,  ///< every sample is limited by itself
  limit      ///< the row is turned down while it is too loud, and let go over half a second
};

inline constexpr std::chrono::milliseconds ramp_time{5};

/// The samples over which an edge opens or closes: 5 ms.
/// Thread: any. Realtime-safe: yes.
constexpr std::uint32_t ramp_samples(SampleRate rate) noexcept {
  return hertz(rate) / 200;
}

/// Whether a bridge can run at this format: a known rate, and a frame of 5 ms to 60 ms.
/// Thread: any. Realtime-safe: yes.
constexpr bool is_valid(Format format) noexcept {
  switch (format.rate) {
    case SampleRate::hz_8000:
    case SampleRate::hz_16000:
    case SampleRate::hz_24000:
    case SampleRate::hz_32000:
    case SampleRate::hz_44100:
    case SampleRate::hz_48000:
      return format.frame_samples >= ramp_samples(format.rate) &&
             format.frame_samples * 1000ULL <= hertz(format.rate) * 60ULL;
  }
  return false;
}

static_assert(ramp_samples(SampleRate::hz_8000) == 40);
static_assert(is_valid({SampleRate::hz_8000, 160}));
static_assert(is_valid({SampleRate::hz_44100, 441}));
static_assert(!is_valid({SampleRate::hz_48000, 80}));

BARGE_NAMESPACE_END
