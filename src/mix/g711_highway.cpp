// SPDX-License-Identifier: Apache-2.0
// G.711 in SIMD by arithmetic: a segment is the exponent of a number, a step its highest fraction
// bits, so a conversion to float finds both.
#include "mix/g711_scalar.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mix/g711_highway.cpp"  // this file again, for each instruction set
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace barge::mix::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128  // lanes of one size only

struct Mu {
  static constexpr auto decode_at = decode_mu_at;
  static constexpr auto encode_at = encode_mu_at;
};

struct A {
  static constexpr auto decode_at = decode_a_at;
  static constexpr auto encode_at = encode_a_at;
};

template <class Law>
void decode(const std::uint8_t* codes, std::size_t count, Sample* samples) {
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = Law::decode_at(codes[i]);
}

template <class Law>
void encode(const Sample* samples, std::size_t count, std::uint8_t* codes) {
  for (std::size_t i = 0; i < count; ++i)
    codes[i] = Law::encode_at(samples[i]);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D8 = hn::ScalableTag<std::uint8_t>;
using H8 = hn::Half<D8>;
using D16 = hn::ScalableTag<std::int16_t>;
using U16 = hn::ScalableTag<std::uint16_t>;
using D32 = hn::ScalableTag<std::int32_t>;
using V16 = hn::Vec<D16>;

// Of each lane, sixteen times its exponent in base 2 plus the four bits behind its highest one,
// less those of 128: segment and step. On top come `curve_zero`, and -4096 where the lane is
// negative.
constexpr std::int16_t curve_zero = (127 + 16 + 7) * 16;

V16 curve(V16 value) {
  const D32 d32;
  const hn::RebindToFloat<D32> df;
  const auto upper = hn::Set(d32, -0x10000);
  const auto pairs = hn::BitCast(d32, value);
  const auto even =
      hn::BitCast(hn::RebindToUnsigned<D32>(), hn::ConvertTo(df, hn::ShiftLeft<16>(pairs)));
  const auto odd = hn::BitCast(d32, hn::ConvertTo(df, hn::And(pairs, upper)));
  const auto both = hn::OrAnd(hn::BitCast(d32, hn::ShiftRight<16>(even)), odd, upper);
  return hn::ShiftRight<3>(hn::BitCast(D16(), both));
}

struct Mu {
  static constexpr auto decode_at = decode_mu_at;
  static constexpr auto encode_at = encode_mu_at;

  static V16 encode(V16 sample) {
    const D16 d;
    const auto sign = hn::BroadcastSignBit(sample);
    const auto choose = [&](int positive, int negative) {
      return hn::Xor(hn::And(sign, hn::Set(d, static_cast<Sample>(positive ^ negative))),
                     hn::Set(d, static_cast<Sample>(positive)));
    };
    const auto biased = hn::SaturatedAdd(sample, choose(mu_bias, -mu_bias));
    // The clip of the loudest negative ones: a step above the highest gives -1, stored as 0.
    return hn::Sub(choose(0xFF + curve_zero, 0x7F + curve_zero - 4096), curve(biased));
  }

  static V16 decode(V16 code) {
    const D16 d;
    alignas(16) static constexpr std::uint8_t powers[16] = {128, 64, 32, 16, 8, 4, 2, 1,
                                                            128, 64, 32, 16, 8, 4, 2, 1};
    const auto table = hn::BitCast(d, hn::LoadDup128(D8(), powers));
    // The upper byte is 128 always, and 128 * 256 times an even number is nothing.
    const auto power = hn::TableLookupBytes(table, hn::ShiftRight<4>(code));
    const auto step =
        hn::Xor(hn::And(hn::ShiftLeft<3>(code), hn::Set(d, 0x78)), hn::Set(d, mu_bias + 0x78));
    const auto magnitude = hn::Sub(hn::Mul(step, power), hn::Set(d, mu_bias));
    return hn::IfThenElse(hn::Lt(code, hn::Set(d, 0x80)), hn::Neg(magnitude), magnitude);
  }
};

struct A {
  static constexpr auto decode_at = decode_a_at;
  static constexpr auto encode_at = encode_a_at;

  static V16 encode(V16 sample) {
    const D16 d;
    const auto sign = hn::BroadcastSignBit(sample);
    const auto magnitude = hn::Xor(sample, sign);
    // The lowest segment is a line, and in it the line is above the curve.
    const auto line = hn::Min(hn::ShiftRight<4>(magnitude), hn::Set(d, 16));
    const auto curved = hn::Sub(curve(magnitude), hn::Set(d, curve_zero));
    const auto bits = hn::Xor(hn::Max(line, curved), hn::And(sign, hn::Set(d, 0x80)));
    return hn::Xor(bits, hn::Set(d, 0x80 ^ a_toggle));
  }

  static V16 decode(V16 code) {
    const D16 d;
    alignas(16) static constexpr std::uint8_t powers[16] = {0, 1, 2, 4, 8, 16, 32, 64,
                                                            0, 1, 2, 4, 8, 16, 32, 64};
    const auto table = hn::BitCast(d, hn::LoadDup128(D8(), powers));
    const auto bits = hn::Xor(code, hn::Set(d, a_toggle));
    const auto power = hn::TableLookupBytes(table, hn::ShiftRight<4>(bits));
    const auto step = hn::Or(hn::And(hn::ShiftLeft<4>(bits), hn::Set(d, 0xF0)), hn::Set(d, 8));
    const auto magnitude = hn::Max(step, hn::Mul(hn::Or(step, hn::Set(d, 256)), power));
    return hn::IfThenElse(hn::Lt(bits, hn::Set(d, 0x80)), hn::Neg(magnitude), magnitude);
  }
};

template <class Law>
void decode_block(const std::uint8_t* codes, Sample* samples) {
  const D16 d;
  hn::StoreU(Law::decode(hn::PromoteTo(d, hn::LoadU(H8(), codes))), d, samples);
}

template <class Law>
void decode(const std::uint8_t* codes, std::size_t count, Sample* samples) {
  const std::size_t lanes = hn::Lanes(D16());
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    decode_block<Law>(codes + i, samples + i);
  if (i == count) return;
  if (count >= lanes) return decode_block<Law>(codes + count - lanes, samples + count - lanes);
  for (; i < count; ++i)
    samples[i] = Law::decode_at(codes[i]);
}

template <class Law>
void encode_block(const Sample* samples, std::uint8_t* codes) {
  const H8 d8;
  hn::StoreU(hn::DemoteTo(d8, Law::encode(hn::LoadU(D16(), samples))), d8, codes);
}

template <class Law>
void encode(const Sample* samples, std::size_t count, std::uint8_t* codes) {
  const std::size_t lanes = hn::Lanes(D16());
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    encode_block<Law>(samples + i, codes + i);
  if (i == count) return;
  if (count >= lanes) return encode_block<Law>(samples + count - lanes, codes + count - lanes);
  for (; i < count; ++i)
    codes[i] = Law::encode_at(samples[i]);
}

#endif

void decode_mu(const std::uint8_t* codes, std::size_t count, Sample* samples) {
  decode<Mu>(codes, count, samples);
}
void encode_mu(const Sample* samples, std::size_t count, std::uint8_t* codes) {
  encode<Mu>(samples, count, codes);
}
void decode_a(const std::uint8_t* codes, std::size_t count, Sample* samples) {
  decode<A>(codes, count, samples);
}
void encode_a(const Sample* samples, std::size_t count, std::uint8_t* codes) {
  encode<A>(samples, count, codes);
}

}  // namespace barge::mix::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "mix/highway.hpp"

namespace barge::mix {
namespace {

HWY_EXPORT(decode_mu);
HWY_EXPORT(encode_mu);
HWY_EXPORT(decode_a);
HWY_EXPORT(encode_a);

}  // namespace

G711Kernels highway_g711(std::int64_t target) {
  const std::size_t i = table_index(target);
  return {{HWY_DISPATCH_TABLE(decode_mu)[i], HWY_DISPATCH_TABLE(encode_mu)[i]},
          {HWY_DISPATCH_TABLE(decode_a)[i], HWY_DISPATCH_TABLE(encode_a)[i]}};
}

}  // namespace barge::mix
#endif
