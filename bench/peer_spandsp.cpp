// SPDX-License-Identifier: Apache-2.0
// G.711 of one packet, 160 samples, by the conversions of spandsp.
#include <cstdint>
#include <memory>
#include <string>

#include <spandsp/telephony.h>
// It needs the one above.
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

#include "frames.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

template <class Encode, class Decode>
void register_law(const std::string& path, Encode encode, Decode decode) {
  constexpr std::size_t samples = 160;
  const auto frames = std::make_shared<Frames>(1, samples, 16);
  const auto codes = std::make_shared<Aligned<std::uint8_t>>(samples);
  measure(path + "/encode_ns", [=] {
    return [=] {
      for (std::size_t i = 0; i < samples; ++i)
        (*codes)[i] = encode(frames->in(0)[i]);
    };
  });
  measure(path + "/decode_ns", [=] {
    return [=] {
      for (std::size_t i = 0; i < samples; ++i)
        frames->out(0)[i] = decode((*codes)[i]);
    };
  });
}

}  // namespace

void register_spandsp() {
  register_law(
      "peers/spandsp/mu", [](int sample) { return linear_to_ulaw(sample); },
      [](std::uint8_t code) { return ulaw_to_linear(code); });
  register_law(
      "peers/spandsp/a", [](int sample) { return linear_to_alaw(sample); },
      [](std::uint8_t code) { return alaw_to_linear(code); });
}

}  // namespace barge::bench
