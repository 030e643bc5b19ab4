// SPDX-License-Identifier: Apache-2.0
#include <barge/kernel.hpp>

#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

std::string_view kernel_name() noexcept {
  return mix::best_kernels().name;
}

BARGE_NAMESPACE_END
