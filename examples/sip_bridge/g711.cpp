// SPDX-License-Identifier: Apache-2.0
#include "g711.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sip_bridge {
namespace {

// Both laws write a sample as sign, one of eight segments (3 bits) and a step in it (4 bits).
// The segment is the position of the magnitude's highest bit above `lowest`.
constexpr int segment_of(int magnitude, int lowest) {
  int segment = 0;
  while (segment < 7 && (magnitude >> (lowest + segment)) != 0)
    ++segment;
  return segment;
}

constexpr int mu_bias = 132;  // lets every segment begin at a power of two
constexpr int mu_clip = 32635;

constexpr barge::Sample decode_mu(std::uint8_t code) {
  const int bits = ~code & 0xFF;
  const int magnitude = ((((bits & 0x0F) << 3) + mu_bias) << ((bits >> 4) & 7)) - mu_bias;
  return static_cast<barge::Sample>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

constexpr std::uint8_t encode_mu(barge::Sample sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  const int magnitude = std::min(sample < 0 ? -int{sample} : int{sample}, mu_clip) + mu_bias;
  const int segment = segment_of(magnitude, 8);
  const int step = (magnitude >> (segment + 3)) & 0x0F;
  return static_cast<std::uint8_t>(~(sign | (segment << 4) | step));
}

// A-law codes travel with every other bit inverted.
constexpr int a_toggle = 0x55;

constexpr barge::Sample decode_a(std::uint8_t code) {
  const int bits = code ^ a_toggle;
  const int segment = (bits >> 4) & 7;
  const int step = ((bits & 0x0F) << 4) + 8;
  const int magnitude = segment == 0 ? step : (step + 256) << (segment - 1);
  return static_cast<barge::Sample>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

constexpr std::uint8_t encode_a(barge::Sample sample) {
  const int sign = sample < 0 ? 0 : 0x80;
  const int magnitude = sample < 0 ? ~int{sample} : int{sample};
  const int segment = segment_of(magnitude, 8);
  const int step = (magnitude >> (segment == 0 ? 4 : segment + 3)) & 0x0F;
  return static_cast<std::uint8_t>((sign | (segment << 4) | step) ^ a_toggle);
}

static_assert(decode_mu(0xFF) == 0 && decode_mu(0x00) == -32124 && decode_mu(0x80) == 32124);
static_assert(encode_mu(0) == 0xFF && encode_mu(-32768) == 0x00 && encode_mu(32767) == 0x80);
static_assert(decode_a(0xD5) == 8 && decode_a(0x55) == -8 && decode_a(0xAA) == 32256);
static_assert(encode_a(0) == 0xD5 && encode_a(-1) == 0x55 && encode_a(32767) == 0xAA);

template <barge::Sample (*decode_one)(std::uint8_t)>
constexpr std::array<barge::Sample, 256> decode_table() {
  std::array<barge::Sample, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) {
    table[code] = decode_one(static_cast<std::uint8_t>(code));
  }
  return table;
}

constexpr auto mu_table = decode_table<decode_mu>();
constexpr auto a_table = decode_table<decode_a>();

}  // namespace

barge::Sample decode(Codec codec, std::uint8_t code) noexcept {
  return codec == Codec::pcmu ? mu_table[code] : a_table[code];
}

std::uint8_t encode(Codec codec, barge::Sample sample) noexcept {
  return codec == Codec::pcmu ? encode_mu(sample) : encode_a(sample);
}

void decode(Codec codec, gsl::span<const std::uint8_t> codes,
            barge::MutableFrame samples) noexcept {
  const auto& table = codec == Codec::pcmu ? mu_table : a_table;
  std::transform(codes.begin(), codes.end(), samples.begin(),
                 [&table](std::uint8_t code) { return table[code]; });
}

void encode(Codec codec, barge::Frame samples, gsl::span<std::uint8_t> codes) noexcept {
  std::transform(samples.begin(), samples.end(), codes.begin(),
                 [codec](barge::Sample sample) { return encode(codec, sample); });
}

}  // namespace sip_bridge
