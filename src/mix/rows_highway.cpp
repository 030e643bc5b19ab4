// SPDX-License-Identifier: Apache-2.0
// Rows in SIMD, compiled once per instruction set and chosen at run time.
#include "mix/rows_scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/rows_highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

RowKernels rows() {
  return scalar_rows();
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D16 = hn::ScalableTag<std::int16_t>;
using D32 = hn::ScalableTag<std::int32_t>;
using H16 = hn::Half<D16>;  // as many lanes as D32 has
using U32 = hn::RebindToUnsigned<D32>;
using U64 = hn::ScalableTag<std::uint64_t>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;

/// The lanes of a V16 as exact numbers.
struct Wide {
  V32 low, high;
};

/// Calls body(i) for whole vectors that cover the range; the last one overlaps the one before it.
/// Returns false when the range is shorter than a vector.
template <class Body>
HWY_INLINE bool cover(Range range, const Body& body) {
  const std::size_t lanes = hn::Lanes(D16());
  if (range.end - range.begin < lanes) return false;
  const std::size_t last = range.end - lanes;
  std::size_t i = range.begin;
  for (; i + lanes <= last; i += 2 * lanes) {
    body(i);
    body(i + lanes);
  }
  if (i <= last) body(i);
  if ((range.end - range.begin) % lanes != 0) body(last);
  return true;
}

HWY_INLINE V16 load(const Sample* from) {
  return hn::LoadU(D16(), from);
}

HWY_INLINE void store(V16 samples, Sample* to) {
  hn::StoreU(samples, D16(), to);
}

HWY_INLINE Wide widen(V16 samples) {
  return {hn::PromoteTo(D32(), hn::LowerHalf(H16(), samples)),
          hn::PromoteTo(D32(), hn::UpperHalf(H16(), samples))};
}

HWY_INLINE Wide load_wide(const Sample* from) {
  const std::size_t lanes = hn::Lanes(D32());
  return {hn::PromoteTo(D32(), hn::LoadU(H16(), from)),
          hn::PromoteTo(D32(), hn::LoadU(H16(), from + lanes))};
}

HWY_INLINE Wide load_wide(const std::int32_t* from) {
  return {hn::LoadU(D32(), from), hn::LoadU(D32(), from + hn::Lanes(D32()))};
}

HWY_INLINE void store(Wide total, std::int32_t* to) {
  hn::StoreU(total.low, D32(), to);
  hn::StoreU(total.high, D32(), to + hn::Lanes(D32()));
}

HWY_INLINE Wide add(Wide a, Wide b) {
  return {hn::Add(a.low, b.low), hn::Add(a.high, b.high)};
}

HWY_INLINE Wide subtract(Wide a, Wide b) {
  return {hn::Sub(a.low, b.low), hn::Sub(a.high, b.high)};
}

/// Packing interleaves blocks of both halves; a permutation of 64-bit lanes puts them in order.
HWY_INLINE V16 demote(Wide total) {
  const V16 packed = hn::ReorderDemote2To(D16(), total.low, total.high);
  if (hn::Lanes(D16()) == 8) return packed;
  HWY_ALIGN static constexpr std::uint64_t order[] = {0, 2, 4, 6, 1, 3, 5, 7};
  HWY_ALIGN static constexpr std::uint64_t short_order[] = {0, 2, 1, 3};
  const auto indices = hn::SetTableIndices(U64(), hn::Lanes(D16()) == 32 ? order : short_order);
  return hn::BitCast(D16(), hn::TableLookupLanes(hn::BitCast(U64(), packed), indices));
}

HWY_INLINE void store_saturated(Wide total, Sample* to) {
  store(demote(total), to);
}

/// The exact sum of up to 128 frames by three 16-bit operations each: it is known modulo 2^16, and
/// Σ floor(x / 256) tells the rest, because Σ (x mod 256) stays below 2^16.
HWY_INLINE Wide sum_of_some(const Sample* const* frames, std::size_t count, std::size_t i) {
  V16 modulo = load(frames[0] + i);
  V16 upper = hn::ShiftRight<8>(modulo);
  for (std::size_t s = 1; s < count; ++s) {
    const V16 x = load(frames[s] + i);
    modulo = hn::Add(modulo, x);
    upper = hn::Add(upper, hn::ShiftRight<8>(x));
  }
  const hn::RebindToUnsigned<H16> unsigned_half;
  const V16 lower = hn::Sub(modulo, hn::ShiftLeft<8>(upper));
  const Wide high = widen(upper);
  const auto low_part =
      hn::PromoteTo(D32(), hn::BitCast(unsigned_half, hn::LowerHalf(H16(), lower)));
  const auto high_part =
      hn::PromoteTo(D32(), hn::BitCast(unsigned_half, hn::UpperHalf(H16(), lower)));
  return {hn::Add(hn::ShiftLeft<8>(high.low), low_part),
          hn::Add(hn::ShiftLeft<8>(high.high), high_part)};
}

HWY_INLINE Wide sum_of(const Sample* const* frames, std::size_t count, std::size_t i) {
  constexpr std::size_t some = 128;
  Wide total = sum_of_some(frames, count < some ? count : some, i);
  for (std::size_t s = some; s < count; s += some)
    total = add(total, sum_of_some(frames + s, count - s < some ? count - s : some, i));
  return total;
}

// What sat16(a + b) leaves over of a + b. It fits into 16 bits.
HWY_INLINE V16 rest_of(V16 a, V16 b, V16 saturated) {
  return hn::Sub(hn::Add(a, b), saturated);
}

// sat16(s + rest + c), where s + rest is exact and rest is 0 unless s is an extreme.
HWY_INLINE V16 add_third(V16 s, V16 rest, V16 c) {
  return hn::SaturatedAdd(hn::SaturatedAdd(s, c), rest);
}

void add(const Sample* a, const Sample* b, Range range, Sample* out) {
  const bool covered = cover(range, [=](std::size_t i) HWY_ATTR {
    store(hn::SaturatedAdd(load(a + i), load(b + i)), out + i);
  });
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(a[i] + b[i]);
}

void sum(Frames sources, Range range, Sample* out) {
  const Sample* const* frames = sources.data();
  const std::size_t count = sources.size();
  if (count == 2) return add(frames[0], frames[1], range, out);
  bool covered = false;
  if (count == 3) {
    covered = cover(range, [=](std::size_t i) HWY_ATTR {
      const V16 a = load(frames[0] + i), b = load(frames[1] + i);
      const V16 s = hn::SaturatedAdd(a, b);
      store(add_third(s, rest_of(a, b, s), load(frames[2] + i)), out + i);
    });
  } else if (count > 3) {
    covered = cover(
        range, [=](std::size_t i) HWY_ATTR { store_saturated(sum_of(frames, count, i), out + i); });
  }
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(total_of(sources, i));
}

/// A term whose weight is spread over vectors. Without the sample itself it is one operation.
template <bool has_unit>
struct Spread {
  explicit HWY_INLINE Spread(const Term& term)
      : frame(term.frame), fraction(hn::Set(D16(), term.weight.fraction)) {}
  HWY_INLINE V16 at(std::size_t i) const {
    const V16 x = load(frame + i);
    const V16 part = hn::MulFixedPoint15(x, fraction);
    return has_unit ? hn::SaturatedAdd(x, part) : part;
  }
  const Sample* frame;
  V16 fraction;
};

HWY_INLINE V16 contribution_at(const Term& term, std::size_t i) {
  const V16 x = load(term.frame + i);
  const V16 part = hn::MulFixedPoint15(x, hn::Set(D16(), term.weight.fraction));
  return hn::SaturatedAdd(hn::And(x, hn::Set(D16(), term.weight.unit)), part);
}

HWY_INLINE Wide sum_of(const Term* terms, std::size_t count, std::size_t i, Wide total) {
  for (std::size_t s = 0; s < count; ++s)
    total = add(total, widen(contribution_at(terms[s], i)));
  return total;
}

template <bool unit_a, bool unit_b>
bool weigh_two(const Term& first, const Term& second, Range range, Sample* out) {
  const Spread<unit_a> a(first);
  const Spread<unit_b> b(second);
  return cover(range,
               [&](std::size_t i) HWY_ATTR { store(hn::SaturatedAdd(a.at(i), b.at(i)), out + i); });
}

bool weigh_two(const Term& first, const Term& second, Range range, Sample* out) {
  const bool unit_a = first.weight.unit != 0, unit_b = second.weight.unit != 0;
  if (unit_a && unit_b) return weigh_two<true, true>(first, second, range, out);
  if (unit_a) return weigh_two<true, false>(first, second, range, out);
  if (unit_b) return weigh_two<false, true>(first, second, range, out);
  return weigh_two<false, false>(first, second, range, out);
}

void weigh(Terms weighted, Range range, Sample* out) {
  const Term* terms = weighted.data();
  const std::size_t count = weighted.size();
  bool covered = false;
  if (count == 1) {
    covered =
        cover(range, [=](std::size_t i) HWY_ATTR { store(contribution_at(terms[0], i), out + i); });
  } else if (count == 2) {
    covered = weigh_two(terms[0], terms[1], range, out);
  } else if (count > 2) {
    const V32 zero = hn::Zero(D32());
    covered = cover(range, [=](std::size_t i) HWY_ATTR {
      store_saturated(sum_of(terms, count, i, {zero, zero}), out + i);
    });
  }
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(total_of(weighted, i));
}

void fill_bus(Frames sources, Range range, const Bus& bus) {
  const Sample* const* frames = sources.data();
  const std::size_t count = sources.size();
  const auto fill = [=](std::size_t i) HWY_ATTR {
    const Wide total = sum_of(frames, count, i);
    const V16 first = demote(total);
    store(total, bus.total + i);
    store(first, bus.first + i);
    store(demote(subtract(total, widen(first))), bus.second + i);
  };
  if (count > 0 && cover(range, fill)) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    fill_bus_at(bus, total_of(sources, i), i);
}

void subtract(const Bus& bus, const Sample* own, Range range, Sample* out) {
  const Sample* const first = bus.first;
  const Sample* const second = bus.second;
  const bool covered = cover(range, [=](std::size_t i) HWY_ATTR {
    const V16 without = hn::SaturatedSub(load(first + i), load(own + i));
    store(hn::SaturatedAdd(without, load(second + i)), out + i);
  });
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(bus.total[i] - own[i]);
}

HWY_INLINE Wide total_at(const RowSources& row, const Window& window, std::size_t i, Wide total) {
  if (row.bus != nullptr) total = load_wide(row.bus + i);
  for (std::size_t s = 0; s < row.plus.size(); ++s)
    total = add(total, load_wide(row.plus.data()[s] + i));
  for (std::size_t s = 0; s < row.minus.size(); ++s)
    total = subtract(total, load_wide(row.minus.data()[s] + i));
  total = sum_of(row.weighted.data(), row.weighted.size(), i, total);
  const auto fade = [&](Terms terms, const Sample* weights) HWY_ATTR {
    for (std::size_t s = 0; s < terms.size(); ++s) {
      const V16 x = contribution_at(terms.data()[s], i);
      total = add(total, widen(hn::MulFixedPoint15(x, load(weights + i))));
    }
  };
  fade(row.opening, window.rising);
  fade(row.closing, window.falling);
  return total;
}

/// The commonest change: one speaker at gain 1 comes or goes, and at most one other is heard. Two
/// contributions need no more than 16 bits. Returns false for any other row.
bool mix_one_change(const RowSources& row, const Window& window, Range range, Sample* out) {
  const std::size_t changes = row.opening.size() + row.closing.size();
  if (changes != 1 || row.plus.size() > 1) return false;
  if (row.bus != nullptr || !row.minus.empty() || !row.weighted.empty()) return false;
  const bool opens = !row.opening.empty();
  const Term& term = opens ? row.opening.data()[0] : row.closing.data()[0];
  if (term.weight.fraction != 0 || term.weight.unit == 0) return false;
  const Sample* const weights = opens ? window.rising : window.falling;
  const auto faded = [frame = term.frame, weights](std::size_t i) HWY_ATTR {
    return hn::MulFixedPoint15(load(frame + i), load(weights + i));
  };
  if (row.plus.empty()) {
    return cover(range, [=](std::size_t i) HWY_ATTR { store(faded(i), out + i); });
  }
  return cover(range, [=, other = row.plus.data()[0]](std::size_t i) HWY_ATTR {
    store(hn::SaturatedAdd(load(other + i), faded(i)), out + i);
  });
}

void mix(const RowSources& row, const Window& window, Range range, Sample* out) {
  if (mix_one_change(row, window, range, out)) return;
  const V32 zero = hn::Zero(D32());
  const bool covered = cover(range, [&](std::size_t i) HWY_ATTR {
    store_saturated(total_at(row, window, i, {zero, zero}), out + i);
  });
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = saturate(barge::mix::total_at(row, window, i));
}

void total(const RowSources& row, const Window& window, Range range, std::int32_t* out) {
  const V32 zero = hn::Zero(D32());
  const bool covered = cover(range, [&](std::size_t i) HWY_ATTR {
    store(total_at(row, window, i, {zero, zero}), out + i);
  });
  if (covered) return;
  for (std::size_t i = range.begin; i < range.end; ++i)
    out[i] = barge::mix::total_at(row, window, i);
}

/// The exact sum of 32-bit numbers by 32-bit operations, in each lane: it is known modulo 2^32, and
/// Σ floor(x / 2^16) tells the rest, because Σ (x mod 2^16) stays below 2^32 for 65,536 numbers.
struct LongSum {
  HWY_INLINE LongSum() : modulo(hn::Zero(U32())), upper(hn::Zero(U32())) {}
  HWY_INLINE void add(hn::Vec<U32> x) {
    modulo = hn::Add(modulo, x);
    upper = hn::Add(upper, hn::ShiftRight<16>(x));
  }
  HWY_INLINE std::uint64_t total() const {
    const auto lower = hn::Sub(modulo, hn::ShiftLeft<16>(upper));
    const auto sums = hn::Add(hn::ShiftLeft<16>(pairs(upper)), pairs(lower));
    return hn::GetLane(hn::SumOfLanes(U64(), sums));
  }
  static HWY_INLINE hn::Vec<U64> pairs(hn::Vec<U32> x) {
    const auto both = hn::BitCast(U64(), x);
    return hn::Add(hn::And(both, hn::Set(U64(), 0xFFFFFFFF)), hn::ShiftRight<32>(both));
  }
  hn::Vec<U32> modulo, upper;
};

std::uint64_t energy(const Sample* frame, std::size_t samples) {
  const std::size_t lanes = hn::Lanes(D16());
  LongSum sum;
  const auto add_squares = [&](std::size_t i) HWY_ATTR {
    const V16 x = load(frame + i);
    auto second = hn::Zero(D32());
    const V32 first = hn::ReorderWidenMulAccumulate(D32(), x, x, hn::Zero(D32()), second);
    sum.add(hn::BitCast(U32(), first));  // two squares a lane: at most 2^31
    if (!HWY_ARCH_X86) sum.add(hn::BitCast(U32(), second));
  };
  std::size_t i = 0;
  for (; i + 2 * lanes <= samples; i += 2 * lanes) {
    add_squares(i);
    add_squares(i + lanes);
  }
  if (i + lanes <= samples) {
    add_squares(i);
    i += lanes;
  }
  std::uint64_t total = sum.total();
  for (; i < samples; ++i)
    total += square(frame[i]);
  return total;
}

RowKernels rows() {
  return {add, sum, weigh, fill_bus, subtract, mix, total, energy};
}

#endif
}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "mix/highway.hpp"

namespace barge::mix {
namespace {

HWY_EXPORT(rows);

}  // namespace

RowKernels highway_rows(std::int64_t target) {
  return HWY_DISPATCH_TABLE(rows)[table_index(target)]();
}

}  // namespace barge::mix
#endif
