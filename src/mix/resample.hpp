// SPDX-License-Identifier: Apache-2.0
// Polyphase filters between sampling rates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <barge/audio.hpp>

namespace barge::mix {

/// Half the length of every filter, in samples of the lower rate; its delay.
inline constexpr std::size_t resample_reach = 20;
inline constexpr std::size_t max_resample_history = 239;
inline constexpr std::size_t max_resample_samples = 2880;  ///< 60 ms, in or out
/// What a kernel may read, and not use, behind the last sample.
inline constexpr std::size_t resample_padding = 320;

inline constexpr int tap_bits = 19;
inline constexpr int fine_bits = 5;

/// The filters of one conversion. A period of `in_step` samples makes `out_step` of them:
///   out[p·out_step + r] = sat16(round(Σ taps[r][k] · samples[p·in_step + k] / 2^tap_bits)),
/// halves upwards, where `history` older samples precede the frame's in `samples`.
struct FilterBank {
  std::size_t in_step = 0;
  std::size_t out_step = 0;
  std::size_t history = 0;
  std::size_t pairs = 0;           ///< of taps: as many for each r, from the same samples
  std::vector<std::int32_t> taps;  ///< [r][k], each r with the sum 2^tap_bits

  // The same for vectors whose lanes are successive periods, and for multiplications of 16 bits.
  // The pairs of samples that meet pairs of taps are dealt out to rows (see TapRows), and what
  // needs more bits has a coarse part: tap = coarse · 2^fine_bits + fine.
  struct Pair {
    std::int16_t even = 0, odd = 0;
  };
  /// Pairs of taps that meet a row's pairs [first], [first + stride] and so on in the first period.
  /// The sum of their fine parts stays within 32 bits, whatever the samples are.
  struct Segment {
    std::size_t row = 0;
    std::size_t first = 0;
    std::size_t pairs = 0;
    bool has_coarse = false;
  };
  std::vector<Segment> segments;
  std::vector<Pair> fine;    ///< [segment's pair][r]
  std::vector<Pair> coarse;  ///< [segment's pair][r], where it has a coarse part
};

/// Pair i of row j is made of samples[(i · rows + j) · distance] and the sample behind it. Period p
/// needs what the first period needs, p pairs further: in_step = rows · distance.
struct TapRows {
  constexpr explicit TapRows(std::size_t in_step)
      : distance(in_step % 2 == 0 ? 2 : 1), rows(in_step / distance) {}
  /// From a pair of taps to the next one that meets the same row, in that row's pairs.
  constexpr std::size_t stride() const { return 2 / distance; }

  std::size_t distance;
  std::size_t rows;
};

/// The bank of one pair of rates in Hz; null where there is none. Made at the first call.
const FilterBank* filter_bank(std::uint32_t from, std::uint32_t to);

/// Taps of the filter that follows a clock's drift.
inline constexpr std::size_t drift_taps = 40;
inline constexpr std::size_t drift_segments = 32;
/// Outputs that share the coefficients of the position in their middle.
inline constexpr std::size_t drift_block = 16;

/// A tap as a function of the fraction f of a sample, a parabola in each segment around its centre:
/// c[0] + c[1] · x + c[2] · x², x = f − (segment + 0.5) / drift_segments.
using DriftTaps = std::array<std::array<std::array<float, drift_taps>, 3>, drift_segments>;

/// Made at the first call.
const DriftTaps& drift_filter();

/// Output i is taken at the position fraction + i · (1 + excess), both in 2⁻³² of a sample.
struct DriftPath {
  std::uint32_t fraction = 0;
  std::int32_t excess = 0;
};

struct ResampleKernels {
  /// Makes `periods` periods of output.
  void (*convert)(const FilterBank&, const Sample* samples, std::size_t periods,
                  Sample* out) = nullptr;

  /// Makes `count` samples; position p is between samples[p + taps / 2 − 1] and the next one.
  void (*drift)(const DriftTaps&, DriftPath, const Sample* samples, std::size_t count,
                Sample* out) = nullptr;
};

ResampleKernels scalar_resample() noexcept;
ResampleKernels highway_resample(std::int64_t target);

}  // namespace barge::mix
