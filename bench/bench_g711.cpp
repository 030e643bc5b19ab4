// SPDX-License-Identifier: Apache-2.0
// G.711 of one packet: 160 samples.
#include <cstdint>
#include <memory>
#include <string>

#include <barge/g711.hpp>

#include "frames.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr std::size_t samples = 160;

void register_law(const std::string& path, G711::Law law) {
  const auto frames = std::make_shared<Frames>(1, samples, 16);
  const auto codes = std::make_shared<Aligned<std::uint8_t>>(samples);
  const G711 codec(law);
  measure(path + "/encode_ns", [=] {
    return [=] { codec.encode({frames->in(0), samples}, {codes->data(), samples}); };
  });
  measure(path + "/decode_ns", [=] {
    return [=] { codec.decode({codes->data(), samples}, {frames->out(0), samples}); };
  });
}

}  // namespace

void register_g711() {
  register_law("mixer/g711/mu", G711::Law::mu);
  register_law("mixer/g711/a", G711::Law::a);
}

}  // namespace barge::bench
