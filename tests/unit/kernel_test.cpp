// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include <barge/kernel.hpp>

#include "mix/kernels.hpp"

namespace barge {
namespace {

TEST(KernelName, IsThatOfAKernelThisCpuRuns) {
  const auto kernels = mix::runnable_kernels();
  const bool known = std::any_of(kernels.begin(), kernels.end(),
                                 [](const auto& kernel) { return kernel.name == kernel_name(); });
  EXPECT_TRUE(known) << kernel_name();
}

TEST(KernelName, IsScalarOnlyWhereNothingElseRuns) {
  const bool alone = mix::runnable_kernels().size() == 1;
  EXPECT_EQ(kernel_name() == "scalar", alone);
}

TEST(KernelName, DoesNotChangeWhenAllKernelsAreListed) {
  const std::string_view before = kernel_name();
  static_cast<void>(mix::runnable_kernels());
  EXPECT_EQ(kernel_name(), before);
}

}  // namespace
}  // namespace barge
