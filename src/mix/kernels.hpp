// SPDX-License-Identifier: Apache-2.0
// All kernels of one instruction set. The scalar ones define what is computed; every other set is
// bit-equal to them.
#pragma once

#include <string_view>
#include <vector>

#include <barge/result.hpp>

#include "mix/g711.hpp"
#include "mix/limit.hpp"
#include "mix/resample.hpp"
#include "mix/rows.hpp"
#include "mix/tone.hpp"

namespace barge::mix {

struct Kernels {
  std::string_view name;
  RowKernels rows;
  LimitKernels limit;
  G711Kernels g711;
  ResampleKernels resample;
  ToneKernels tone;
};

/// The reference.
Kernels scalar_kernels() noexcept;

/// Every set that this CPU runs: the scalar one, then the others, the best one last.
std::vector<Kernels> runnable_kernels();

/// The set that this process uses: the one that the environment variable BARGE_FORCE_KERNEL names,
/// and the best one where it is not set. Chosen at the first call. Fails with invalid_argument when
/// the name is none of runnable_kernels().
const Result<Kernels>& chosen_kernels();

/// What chosen_kernels() answers when the variable has this value; null: it is not set.
Result<Kernels> choose_kernels(const char* forced);

}  // namespace barge::mix
