// SPDX-License-Identifier: Apache-2.0
// ITU-T G.711 in blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barge/audio.hpp>

namespace barge::mix {

/// One law. Codes and samples do not overlap.
struct G711Coder {
  void (*decode)(const std::uint8_t* codes, std::size_t count, Sample* samples) = nullptr;
  void (*encode)(const Sample* samples, std::size_t count, std::uint8_t* codes) = nullptr;
};

struct G711Kernels {
  G711Coder mu;
  G711Coder a;
};

G711Kernels scalar_g711() noexcept;
G711Kernels highway_g711(std::int64_t target);

}  // namespace barge::mix
