// SPDX-License-Identifier: Apache-2.0
#include "mix/g711_scalar.hpp"

#include <array>

namespace barge::mix {
namespace {

template <Sample (*decode_at)(std::uint8_t)>
constexpr std::array<Sample, 256> decode_table() {
  std::array<Sample, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code)
    table[code] = decode_at(static_cast<std::uint8_t>(code));
  return table;
}

template <Sample (*decode_at)(std::uint8_t)>
void decode(const std::uint8_t* codes, std::size_t count, Sample* samples) {
  static constexpr auto table = decode_table<decode_at>();
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = table[codes[i]];
}

template <std::uint8_t (*encode_at)(Sample)>
void encode(const Sample* samples, std::size_t count, std::uint8_t* codes) {
  for (std::size_t i = 0; i < count; ++i)
    codes[i] = encode_at(samples[i]);
}

}  // namespace

G711Kernels scalar_g711() noexcept {
  return {{decode<decode_mu_at>, encode<encode_mu_at>}, {decode<decode_a_at>, encode<encode_a_at>}};
}

}  // namespace barge::mix
