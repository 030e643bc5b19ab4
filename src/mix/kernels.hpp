// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a row. The scalar functions define it; every other kernel is bit-equal to them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <barge/audio.hpp>

namespace barge::mix {

/// The frames that one row is made of. In a steady tick only `steady` is filled.
struct Sources {
  const Sample* const* frames;  ///< steady ones first, then opening, then closing
  std::size_t steady = 0;
  std::size_t opening = 0;
  std::size_t closing = 0;
};

/// The weights of an opening edge, in Q15, one per ramp sample. A closing edge takes them
/// backwards.
struct Window {
  const Sample* rising = nullptr;
  const Sample* falling = nullptr;
};

/// Samples [begin, end) of a frame.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// out = sat16(Σ steady + Σ opening), exact in between; `closing` is not used.
using SumFunction = void (*)(const Sources&, Range, Sample* out);

/// out = sat16(Σ steady + Σ round(opening · rising) + Σ round(closing · falling)), each edge
/// rounded by itself, so that no edge changes another one's share.
using FadeFunction = void (*)(const Sources&, const Window&, Range, Sample* out);

struct Kernels {
  std::string_view name;
  SumFunction sum = nullptr;
  FadeFunction fade = nullptr;
};

/// The reference.
Kernels scalar_kernels() noexcept;

/// The fastest that this CPU runs. Chosen at the first call.
const Kernels& best_kernels() noexcept;

/// Every kernel that this CPU runs, for tests of their equality.
std::vector<Kernels> runnable_kernels();

/// Raised-cosine weights in Q15 of an opening edge; strictly between 0 and 1.
std::vector<Sample> rising_window(std::size_t samples);

}  // namespace barge::mix
