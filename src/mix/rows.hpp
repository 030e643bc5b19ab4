// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a row: what one listener hears in one tick.
//
// Every edge contributes one 16-bit sample, computed from its speaker alone: the sample itself at
// gain 1, round(sample · gain) saturated at any other. A row is the exact sum of its contributions,
// saturated once; so what is added and subtracted again leaves no bit behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gsl/span>

#include <barge/audio.hpp>

namespace barge::mix {

/// A gain as the kernels apply it: sat16((x & unit) + round(x · fraction / 2^15)).
struct Weight {
  Sample unit = -1;     ///< all ones or 0
  Sample fraction = 0;  ///< Q15, from 0 to 32766
};

/// The weight that gives sat16(round(x · gain)), halves upwards, for every sample x.
constexpr Weight weight_of(Gain gain) noexcept {
  const std::int32_t q14 = gain.q14();
  const bool amplifies = q14 >= Gain().q14();
  const std::int32_t fraction = 2 * (amplifies ? q14 - Gain().q14() : q14);
  return {static_cast<Sample>(amplifies ? -1 : 0), static_cast<Sample>(fraction)};
}

/// A speaker's frame at a gain.
struct Term {
  const Sample* frame = nullptr;
  Weight weight;
};

using Frames = gsl::span<const Sample* const>;
using Terms = gsl::span<const Term>;

/// The sum of the frames that many rows share.
struct Bus {
  std::int32_t* total = nullptr;  ///< S, exact
  Sample* first = nullptr;        ///< S1 = sat16(S)
  Sample* second = nullptr;       ///< S2 = sat16(S − S1)
};

/// All that a row may be made of.
struct RowSources {
  const std::int32_t* bus = nullptr;  ///< an exact sum; null: none
  Frames plus;
  Frames minus;
  Terms weighted;
  Terms opening;  ///< their contributions are weighted by the rising window
  Terms closing;  ///< and these by the falling one
};

/// Q15 weights of the edges that open and close in a tick, one per sample of the ramp.
struct Window {
  const Sample* rising = nullptr;
  const Sample* falling = nullptr;
};

/// Samples [begin, end) of a frame.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct RowKernels {
  /// out = sat16(a + b).
  void (*add)(const Sample* a, const Sample* b, Range, Sample* out) = nullptr;

  /// out = sat16(Σ frames).
  void (*sum)(Frames, Range, Sample* out) = nullptr;

  /// out = sat16(Σ weighted).
  void (*weigh)(Terms, Range, Sample* out) = nullptr;

  /// Sums at most 65,536 frames into a bus.
  void (*fill_bus)(Frames, Range, const Bus&) = nullptr;

  /// out = sat16(S − own), by 16-bit operations alone: adds(subs(S1, own), S2).
  void (*subtract)(const Bus&, const Sample* own, Range, Sample* out) = nullptr;

  /// out = sat16(bus + Σ plus − Σ minus + Σ weighted + Σ round(opening · rising)
  ///             + Σ round(closing · falling)), each contribution rounded by itself.
  void (*mix)(const RowSources&, const Window&, Range, Sample* out) = nullptr;

  /// The same sum before it is saturated.
  void (*total)(const RowSources&, const Window&, Range, std::int32_t* out) = nullptr;

  /// Σ sample², exact.
  std::uint64_t (*energy)(const Sample* frame, std::size_t samples) = nullptr;
};

RowKernels scalar_rows() noexcept;
RowKernels highway_rows(std::int64_t target);

/// Raised-cosine weights in Q15 of an opening edge; strictly between 0 and 1.
std::vector<Sample> rising_window(std::size_t samples);

}  // namespace barge::mix
