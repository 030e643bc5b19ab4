// SPDX-License-Identifier: Apache-2.0
// The limiter in SIMD, compiled once per instruction set and chosen at run time.
#include "mix/limit_scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/limit_highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

LimitKernels limit() {
  return scalar_limit();
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<std::int32_t>;
using H16 = hn::Rebind<std::int16_t, D32>;
using F32 = hn::ScalableTag<float>;

std::uint32_t peak(const std::int32_t* total, std::size_t samples) {
  const std::size_t lanes = hn::Lanes(D32());
  auto largest = hn::Zero(D32());
  std::size_t i = 0;
  for (; i + lanes <= samples; i += lanes) {
    const auto x = hn::LoadU(D32(), total + i);
    largest = hn::Max(largest, hn::Xor(x, hn::BroadcastSignBit(x)));
  }
  std::int32_t result = hn::GetLane(hn::MaxOfLanes(D32(), largest));
  for (; i < samples; ++i)
    result = std::max(result, magnitude(total[i]));
  return static_cast<std::uint32_t>(result);
}

void saturate_all(const std::int32_t* total, std::size_t samples, Sample* out) {
  const std::size_t lanes = hn::Lanes(D32());
  std::size_t i = 0;
  for (; i + lanes <= samples; i += lanes)
    hn::StoreU(hn::DemoteTo(H16(), hn::LoadU(D32(), total + i)), H16(), out + i);
  for (; i < samples; ++i)
    out[i] = saturate(total[i]);
}

void scale_all(const std::int32_t* total, std::size_t samples, float gain, float step,
               Sample* out) {
  const std::size_t lanes = hn::Lanes(D32());
  const auto start = hn::Set(F32(), gain), slope = hn::Set(F32(), step);
  std::size_t i = 0;
  for (; i + lanes <= samples; i += lanes) {
    const auto index = hn::Iota(F32(), static_cast<float>(i));
    const auto weight = hn::Add(start, hn::Mul(slope, index));
    const auto x = hn::ConvertTo(F32(), hn::LoadU(D32(), total + i));
    hn::StoreU(hn::DemoteTo(H16(), hn::NearestInt(hn::Mul(x, weight))), H16(), out + i);
  }
  for (; i < samples; ++i)
    out[i] = scaled(total[i], gain, step, i);
}

LimitKernels limit() {
  return {peak, saturate_all, scale_all};
}

#endif
}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "mix/highway.hpp"

namespace barge::mix {
namespace {

HWY_EXPORT(limit);

}  // namespace

LimitKernels highway_limit(std::int64_t target) {
  return HWY_DISPATCH_TABLE(limit)[table_index(target)]();
}

}  // namespace barge::mix
#endif
