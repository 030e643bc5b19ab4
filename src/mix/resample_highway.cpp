// SPDX-License-Identifier: Apache-2.0
// Resampling in SIMD. The lanes of a vector are successive periods: all of them multiply by the
// same taps.
#include <cstring>
#include <type_traits>

#include "mix/resample_scalar.hpp"
#include "mix/rows_scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/resample_highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128  // which has no vector of pairs

void convert(const FilterBank& bank, const Sample* samples, std::size_t periods, Sample* out) {
  scalar_resample().convert(bank, samples, periods, out);
}

void drift(const DriftTaps& taps, DriftPath path, const Sample* samples, std::size_t count,
           Sample* out) {
  scalar_resample().drift(taps, path, samples, count, out);
}

#else
namespace hn = hwy::HWY_NAMESPACE;

using D16 = hn::ScalableTag<std::int16_t>;
using D32 = hn::Repartition<std::int32_t, D16>;
using Half16 = hn::Rebind<std::int16_t, D32>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;

// Two vectors of periods at a time: each tap is loaded once for both.
constexpr std::size_t vectors = 2;
constexpr std::size_t max_lanes = 16;
constexpr std::size_t max_block = vectors * max_lanes;

constexpr std::size_t max_rows = 3;
constexpr std::size_t row_length = 1072;  // pairs
static_assert(row_length >= (max_resample_samples + max_resample_history) / 3 + 2 * max_lanes);
static_assert(max_rows * row_length >= max_resample_samples / 2 + 2 * resample_reach + max_block);
static_assert(resample_padding >= 6 * (max_block + max_lanes));

/// Lane i: the lower half of low[i], and above it the lower half of high[i].
V16 zip(V32 low, V32 high) {
  const D16 d16;
  return hn::OddEven(hn::BitCast(d16, hn::ShiftLeft<16>(high)), hn::BitCast(d16, low));
}

template <std::size_t in_step>
V16 pairs_at(const Sample* samples) {
  if constexpr (TapRows(in_step).distance == 2) {
    return hn::LoadU(D16(), samples);
  } else {
    return zip(hn::PromoteTo(D32(), hn::LoadU(Half16(), samples)),
               hn::PromoteTo(D32(), hn::LoadU(Half16(), samples + 1)));
  }
}

template <std::size_t in_step>
void deal_rows(const Sample* samples, std::size_t length, Sample* rows) {
  constexpr TapRows shape(in_step);
  const D16 d16;
  const D32 d32;
  const std::size_t lanes = hn::Lanes(d32);
  HWY_ALIGN std::int32_t stage[shape.rows * max_lanes];
  for (std::size_t i = 0; i < length; i += lanes) {
    for (std::size_t v = 0; v < shape.rows; ++v) {
      const std::size_t pair = i * shape.rows + v * lanes;
      hn::Store(hn::BitCast(d32, pairs_at<in_step>(samples + pair * shape.distance)), d32,
                stage + v * lanes);
    }
    V32 row[3];
    row[0] = hn::Load(d32, stage);
    if constexpr (shape.rows == 2) hn::LoadInterleaved2(d32, stage, row[0], row[1]);
    if constexpr (shape.rows == 3) hn::LoadInterleaved3(d32, stage, row[0], row[1], row[2]);
    for (std::size_t j = 0; j < shape.rows; ++j)
      hn::StoreU(hn::BitCast(d16, row[j]), d16, rows + 2 * (j * row_length + i));
  }
}

/// Sums of products. NEON keeps a lane's sum in two neighbouring lanes, those of `first` before
/// those of `second`; elsewhere the second one stays 0.
struct Sums {
  V32 first, second;
  HWY_INLINE Sums() : first(hn::Zero(D32())), second(hn::Zero(D32())) {}
  HWY_INLINE void add_products(V16 samples, V16 taps) {
    first = hn::ReorderWidenMulAccumulate(D32(), samples, taps, first, second);
  }
  HWY_INLINE void add(V32 values) {
#if HWY_TARGET == HWY_NEON
    const V32 zero = hn::Zero(D32());
    first = hn::Add(first, hn::InterleaveLower(values, zero));
    second = hn::Add(second, hn::InterleaveUpper(D32(), values, zero));
#else
    first = hn::Add(first, values);
#endif
  }
  HWY_INLINE V32 total() const {
    return hn::RearrangeToOddPlusEven(first, second);
  }
};

HWY_INLINE V16 broadcast(FilterBank::Pair taps) {
  std::int32_t both;
  std::memcpy(&both, &taps, sizeof both);
  return hn::BitCast(D16(), hn::Set(D32(), both));
}

/// Adds a segment's products to the sums of `count` outputs, for two vectors of periods.
template <bool has_coarse, std::size_t count>
HWY_INLINE void add_products(const Sample* samples, std::size_t stride, std::size_t pairs,
                             std::size_t out_step, const FilterBank::Pair*& fine_taps,
                             const FilterBank::Pair*& coarse_taps, Sums (&fine)[count][vectors],
                             Sums (&coarse)[count][vectors]) {
  const D16 d16;
  for (; pairs > 0; --pairs, samples += 2 * stride) {
    const V16 a = hn::LoadU(d16, samples);
    const V16 b = hn::LoadU(d16, samples + hn::Lanes(d16));
    for (std::size_t r = 0; r < count; ++r) {
      const V16 taps = broadcast(fine_taps[r]);
      fine[r][0].add_products(a, taps);
      fine[r][1].add_products(b, taps);
      if constexpr (has_coarse) {
        const V16 more = broadcast(coarse_taps[r]);
        coarse[r][0].add_products(a, more);
        coarse[r][1].add_products(b, more);
      }
    }
    fine_taps += out_step;
    if constexpr (has_coarse) coarse_taps += out_step;
  }
}

/// `count` outputs of each period, from the bank's output `first` on, within 16 bits.
template <std::size_t in_step, std::size_t count>
HWY_INLINE void filter(const FilterBank& bank, std::size_t first, const Sample* rows,
                       V32 (*out)[vectors]) {
  constexpr std::size_t stride = TapRows(in_step).stride();
  const D32 d32;
  const V32 half = hn::Set(d32, 1 << (tap_bits - fine_bits - 1));
  const V32 remainder = hn::Set(d32, (1 << fine_bits) - 1);
  Sums fine[count][vectors], coarse[count][vectors];
  for (auto& sums : coarse)
    for (Sums& sum : sums)
      sum.add(half);
  const FilterBank::Pair* fine_taps = bank.fine.data() + first;
  const FilterBank::Pair* coarse_taps = bank.coarse.data() + first;
  for (const FilterBank::Segment& segment : bank.segments) {
    const Sample* samples = rows + 2 * (segment.row * row_length + segment.first);
    if (segment.has_coarse) {
      add_products<true>(samples, stride, segment.pairs, bank.out_step, fine_taps, coarse_taps,
                         fine, coarse);
    } else {
      add_products<false>(samples, stride, segment.pairs, bank.out_step, fine_taps, coarse_taps,
                          fine, coarse);
    }
    // Whole coarse units go over, exactly; the remainder stays for the next segment. The last one
    // is dropped: it decides nothing, as sums are rounded down after the half was added.
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t v = 0; v < vectors; ++v) {
        const V32 sum = fine[r][v].total();
        coarse[r][v].add(hn::ShiftRight<fine_bits>(sum));
        fine[r][v] = Sums();
        fine[r][v].add(hn::And(sum, remainder));
      }
    }
  }
  const V32 lowest = hn::Set(d32, INT16_MIN), highest = hn::Set(d32, INT16_MAX);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) {
      const V32 sum = hn::ShiftRight<tap_bits - fine_bits>(coarse[r][v].total());
      out[r][v] = hn::Min(hn::Max(sum, lowest), highest);
    }
  }
}

/// All outputs of a block of periods, in their order.
template <std::size_t in_step, std::size_t out_step>
HWY_INLINE void convert_block(const FilterBank& bank, const Sample* rows, void* out) {
  // As many at a time as there are registers for: each loads the block's samples anew.
  constexpr std::size_t together = out_step % 3 == 0 ? 3 : out_step % 2 == 0 ? 2 : 1;
  const D32 d32;
  const Half16 half16;
  const std::size_t lanes = hn::Lanes(d32);
  V32 sums[out_step][vectors];
  for (std::size_t r = 0; r < out_step; r += together)
    filter<in_step, together>(bank, r, rows, sums + r);
  for (std::size_t v = 0; v < vectors; ++v) {
    if constexpr (out_step % 2 == 1) {
      Sample* to = static_cast<Sample*>(out) + v * lanes * out_step;
      const auto first = hn::DemoteTo(half16, sums[0][v]);
      if constexpr (out_step == 1) {
        hn::StoreU(first, half16, to);
      } else {
        hn::StoreInterleaved3(first, hn::DemoteTo(half16, sums[1][v]),
                              hn::DemoteTo(half16, sums[2][v]), half16, to);
      }
    } else {
      std::int32_t* to = static_cast<std::int32_t*>(out) + v * lanes * out_step / 2;
      const auto zipped = [&](std::size_t r) HWY_ATTR {
        return hn::BitCast(d32, zip(sums[r][v], sums[r + 1][v]));
      };
      if constexpr (out_step == 2) hn::StoreU(zipped(0), d32, to);
      if constexpr (out_step == 4) hn::StoreInterleaved2(zipped(0), zipped(2), d32, to);
      if constexpr (out_step == 6) hn::StoreInterleaved3(zipped(0), zipped(2), zipped(4), d32, to);
    }
  }
}

template <std::size_t in_step, std::size_t out_step>
void convert_periods(const FilterBank& bank, const Sample* samples, std::size_t periods,
                     Sample* out) {
  constexpr TapRows shape(in_step);
  using Unit = std::conditional_t<out_step % 2 == 1, Sample, std::int32_t>;
  const std::size_t block = vectors * hn::Lanes(D32());
  const Sample* from = samples;
  HWY_ALIGN Sample rows[in_step == 2 ? 1 : 2 * max_rows * row_length];
  if constexpr (in_step != 2) {  // where it is 2, the samples are the row
    const std::size_t behind = 2 * bank.pairs / in_step + 1;  // what the last period needs
    deal_rows<in_step>(samples, (periods + block - 1) / block * block + behind, rows);
    from = rows;
  }
  for (std::size_t p = 0; p < periods; p += block) {
    HWY_ALIGN Unit stage[out_step * max_block * sizeof(Sample) / sizeof(Unit)];
    convert_block<in_step, out_step>(bank, from + 2 * p, stage);
    const std::size_t made = std::min(block, periods - p) * out_step;
    std::memcpy(out, stage, made * sizeof(Sample));
    out += made;
  }
}

void convert(const FilterBank& bank, const Sample* samples, std::size_t periods, Sample* out) {
  switch (10 * bank.in_step + bank.out_step) {
    case 12:
      return convert_periods<1, 2>(bank, samples, periods, out);
    case 13:
      return convert_periods<1, 3>(bank, samples, periods, out);
    case 14:
      return convert_periods<1, 4>(bank, samples, periods, out);
    case 16:
      return convert_periods<1, 6>(bank, samples, periods, out);
    case 21:
      return convert_periods<2, 1>(bank, samples, periods, out);
    case 23:
      return convert_periods<2, 3>(bank, samples, periods, out);
    case 31:
      return convert_periods<3, 1>(bank, samples, periods, out);
    case 32:
      return convert_periods<3, 2>(bank, samples, periods, out);
    case 34:
      return convert_periods<3, 4>(bank, samples, periods, out);
    case 41:
      return convert_periods<4, 1>(bank, samples, periods, out);
    case 43:
      return convert_periods<4, 3>(bank, samples, periods, out);
    case 61:
      return convert_periods<6, 1>(bank, samples, periods, out);
    default:
      return;
  }
}

void drift(const DriftTaps& taps, DriftPath path, const Sample* samples, std::size_t count,
           Sample* out) {
  const hn::ScalableTag<float> df;
  const D32 d32;
  const Half16 d16;
  const std::size_t lanes = hn::Lanes(df);
  HWY_ALIGN float offsets[drift_block];
  for (std::size_t i = 0; i < drift_block; ++i)
    offsets[i] = drift_offset(path, i);
  for (std::size_t i = 0; i < count; i += drift_block) {
    const DriftBlock block = drift_block_at(taps, path, i);
    // Converted once: each sample meets every tap.
    constexpr std::size_t span = drift_block + drift_taps;
    HWY_ALIGN float window[span + max_lanes];
    const std::size_t outputs = std::min(drift_block, count - i);
    HWY_ALIGN Sample part[span + max_lanes] = {};
    const Sample* from = samples + block.first;
    if (outputs < drift_block) {
      std::memcpy(part, from, (outputs + drift_taps - 1) * sizeof(Sample));
      from = part;
    }
    for (std::size_t k = 0; k < span - 1; k += lanes) {
      const auto piece = hn::LoadU(d16, from + std::min(k, span - 1 - lanes));
      hn::StoreU(hn::ConvertTo(df, hn::PromoteTo(d32, piece)), df,
                 window + std::min(k, span - 1 - lanes));
    }
    HWY_ALIGN Sample made[drift_block];
    for (std::size_t lane = 0; lane < drift_block; lane += lanes) {
      auto even = hn::Zero(df), odd = even, even_slope = even, odd_slope = even;
      for (std::size_t k = 0; k < drift_taps; k += 2) {
        const auto a = hn::LoadU(df, window + lane + k), b = hn::LoadU(df, window + lane + k + 1);
        even = hn::Add(even, hn::Mul(hn::Set(df, block.value[k]), a));
        even_slope = hn::Add(even_slope, hn::Mul(hn::Set(df, block.slope[k]), a));
        odd = hn::Add(odd, hn::Mul(hn::Set(df, block.value[k + 1]), b));
        odd_slope = hn::Add(odd_slope, hn::Mul(hn::Set(df, block.slope[k + 1]), b));
      }
      const auto bend = hn::Mul(hn::Add(even_slope, odd_slope), hn::Load(df, offsets + lane));
      const auto value = hn::Add(hn::Add(even, odd), bend);
      hn::StoreU(hn::DemoteTo(d16, hn::NearestInt(value)), d16, made + lane);
    }
    std::memcpy(out + i, made, outputs * sizeof(Sample));
  }
}

#endif

}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "mix/highway.hpp"

namespace barge::mix {
namespace {

HWY_EXPORT(convert);
HWY_EXPORT(drift);

}  // namespace

ResampleKernels highway_resample(std::int64_t target) {
  const std::size_t i = table_index(target);
  return {HWY_DISPATCH_TABLE(convert)[i], HWY_DISPATCH_TABLE(drift)[i]};
}

}  // namespace barge::mix
#endif
