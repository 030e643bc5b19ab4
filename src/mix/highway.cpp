// SPDX-License-Identifier: Apache-2.0
// The kernels in SIMD, compiled once per instruction set and chosen at run time.
#include "mix/scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<std::int32_t>;
using D16 = hn::Rebind<std::int16_t, D32>;  // half a vector: as many lanes as D32 has

// Two unit edges: the saturating add is the exact sum saturated once.
std::size_t sum_of_two(const Sources& sources, Range range, Sample* out) {
  const hn::ScalableTag<std::int16_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const Sample* a = sources.frames[0];
  const Sample* b = sources.frames[1];
  std::size_t i = range.begin;
  for (; i + lanes <= range.end; i += lanes) {
    hn::StoreU(hn::SaturatedAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i);
  }
  return i;
}

// Three or more: 32 bits in between.
std::size_t sum_of_many(const Sources& sources, std::size_t count, Range range, Sample* out) {
  const D32 d32;
  const D16 d16;
  const std::size_t lanes = hn::Lanes(d32);
  std::size_t i = range.begin;
  for (; i + 2 * lanes <= range.end; i += 2 * lanes) {
    auto low = hn::Zero(d32);
    auto high = hn::Zero(d32);
    for (std::size_t s = 0; s < count; ++s) {
      const Sample* frame = sources.frames[s] + i;
      low = hn::Add(low, hn::PromoteTo(d32, hn::LoadU(d16, frame)));
      high = hn::Add(high, hn::PromoteTo(d32, hn::LoadU(d16, frame + lanes)));
    }
    hn::StoreU(hn::DemoteTo(d16, low), d16, out + i);
    hn::StoreU(hn::DemoteTo(d16, high), d16, out + i + lanes);
  }
  return i;
}

void sum(const Sources& sources, Range range, Sample* out) {
  const std::size_t count = sources.steady + sources.opening;
  std::size_t i =
      count == 2 ? sum_of_two(sources, range, out) : sum_of_many(sources, count, range, out);
  for (; i < range.end; ++i)
    out[i] = sum_at(sources, i);
}

void fade(const Sources& sources, const Window& window, Range range, Sample* out) {
  const D32 d32;
  const D16 d16;
  const std::size_t lanes = hn::Lanes(d32);
  std::size_t i = range.begin;
  for (; i + lanes <= range.end; i += lanes) {
    const Sample* const* frame = sources.frames;
    auto total = hn::Zero(d32);
    const auto add_scaled = [&](std::size_t count, auto weight) {
      for (std::size_t s = 0; s < count; ++s) {
        const auto sample = hn::LoadU(d16, *frame++ + i);
        total = hn::Add(total, hn::PromoteTo(d32, hn::MulFixedPoint15(sample, weight)));
      }
    };
    for (std::size_t s = 0; s < sources.steady; ++s) {
      total = hn::Add(total, hn::PromoteTo(d32, hn::LoadU(d16, *frame++ + i)));
    }
    add_scaled(sources.opening, hn::LoadU(d16, window.rising + i));
    add_scaled(sources.closing, hn::LoadU(d16, window.falling + i));
    hn::StoreU(hn::DemoteTo(d16, total), d16, out + i);
  }
  for (; i < range.end; ++i)
    out[i] = fade_at(sources, window, i);
}

}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace barge::mix {
namespace {

HWY_EXPORT(sum);
HWY_EXPORT(fade);

Kernels chosen() {
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  // The lowest bit is the best target; a CPU may support better ones than were compiled.
  const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return {hwy::TargetName(targets & -targets), &HWY_DYNAMIC_DISPATCH(sum),
          &HWY_DYNAMIC_DISPATCH(fade)};
}

}  // namespace

const Kernels& best_kernels() noexcept {
  static const Kernels kernels = chosen();
  return kernels;
}

std::vector<Kernels> runnable_kernels() {
  std::vector<Kernels> kernels{scalar_kernels()};
  for (std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS; targets != 0;
       targets &= targets - 1) {
    hwy::SetSupportedTargetsForTest(targets & -targets);
    kernels.push_back(chosen());
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return kernels;
}

}  // namespace barge::mix
#endif
