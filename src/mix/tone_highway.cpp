// SPDX-License-Identifier: Apache-2.0
// Sine tones in SIMD. Products and sums are never fused: each rounds as in the scalar kernel.
#include "mix/tone_scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/tone_highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::ScalableTag<float>;
using D32 = hn::RebindToSigned<DF>;
using U32 = hn::RebindToUnsigned<DF>;
using D16 = hn::Rebind<Sample, DF>;
using VF = hn::Vec<DF>;
using VU = hn::Vec<U32>;

VF sine_of(VU phase) {
  const DF df;
  const D32 d32;
  const U32 du;
  const auto quarter = hn::Set(du, quarter_period);
  const auto distance = hn::Abs(hn::BitCast(d32, hn::Sub(phase, quarter)));
  const auto folded = hn::BitCast(d32, hn::Sub(quarter, hn::BitCast(du, distance)));
  const auto x = hn::Mul(hn::ConvertTo(df, folded), hn::Set(df, per_quarter));
  const auto square = hn::Mul(x, x);
  auto sum = hn::Set(df, sine_terms[3]);
  sum = hn::Add(hn::Mul(sum, square), hn::Set(df, sine_terms[2]));
  sum = hn::Add(hn::Mul(sum, square), hn::Set(df, sine_terms[1]));
  sum = hn::Add(hn::Mul(sum, square), hn::Set(df, sine_terms[0]));
  return hn::Mul(sum, x);
}

VF dither_of(VU position) {
  const U32 du;
  auto hash = hn::Mul(position, hn::Set(du, dither_factors[0]));
  hash = hn::Xor(hash, hn::ShiftRight<15>(hash));
  hash = hn::Mul(hash, hn::Set(du, dither_factors[1]));
  const auto fraction = hn::ShiftRight<8>(hn::BitCast(D32(), hash));
  return hn::Mul(hn::ConvertTo(DF(), fraction), hn::Set(DF(), per_dither));
}

void sine(const Sine& sine, std::size_t count, Sample* out) {
  const DF df;
  const D32 d32;
  const U32 du;
  const D16 d16;
  const std::size_t lanes = hn::Lanes(df);
  const auto lane = hn::Iota(du, 0);
  const auto lane_phase = hn::Mul(lane, hn::Set(du, sine.step));
  const auto amplitude = hn::Set(df, sine.amplitude);
  const auto block = [&](std::size_t first) {
    const auto n = static_cast<std::uint32_t>(first);
    const auto phase = hn::Add(lane_phase, hn::Set(du, sine.phase + n * sine.step));
    const auto dither = dither_of(hn::Add(lane, hn::Set(du, sine.dither + n)));
    const auto value = hn::Add(hn::Mul(amplitude, sine_of(phase)), dither);
    const auto bits = hn::BitCast(d32, hn::Add(value, hn::Set(df, rounder)));
    hn::StoreU(hn::DemoteTo(d16, hn::Sub(bits, hn::Set(d32, rounder_bits))), d16, out + first);
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    block(i);
  if (i == count) return;
  if (count >= lanes) return block(count - lanes);
  for (; i < count; ++i)
    out[i] = sine_at(sine, i);
}

}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "mix/highway.hpp"

namespace barge::mix {
namespace {

HWY_EXPORT(sine);

}  // namespace

ToneKernels highway_tone(std::int64_t target) {
  return {HWY_DISPATCH_TABLE(sine)[table_index(target)]};
}

}  // namespace barge::mix
#endif
