// SPDX-License-Identifier: Apache-2.0
#include "media/limiter.hpp"

#include <algorithm>
#include <array>

namespace barge::media {
namespace {

constexpr std::size_t most_blocks = 64;      // of 2 ms in a frame of 60 ms, and some
constexpr float release_per_block = 0.004F;  // from nothing to everything in half a second

}  // namespace

void Limiter::apply(const mix::LimitKernels& kernels, const std::int32_t* total,
                    std::size_t samples, std::size_t block, Sample* out) noexcept {
  std::array<float, most_blocks> allowed;
  std::size_t blocks = 0;
  bool loud = false;
  for (std::size_t i = 0; i < samples; i += block, ++blocks) {
    const std::uint32_t peak = kernels.peak(total + i, std::min(block, samples - i));
    allowed[blocks] = peak > INT16_MAX ? INT16_MAX / static_cast<float>(peak) : 1.0F;
    loud |= peak > INT16_MAX;
  }
  if (!loud && idle()) return kernels.saturate(total, samples, out);

  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t from = b * block, length = std::min(block, samples - from);
    const float part = static_cast<float>(length) / static_cast<float>(block);
    const float next = b + 1 < blocks ? std::min(allowed[b], allowed[b + 1]) : allowed[b];
    const float end = std::min(next, gain_ + release_per_block * part);
    kernels.scale(total + from, length, gain_, (end - gain_) / static_cast<float>(length),
                  out + from);
    gain_ = end;
  }
}

}  // namespace barge::media
