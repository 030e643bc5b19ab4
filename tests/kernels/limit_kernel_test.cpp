// SPDX-License-Identifier: Apache-2.0
// Every limiter kernel computes what the scalar one computes, bit for bit.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mix/kernels.hpp"
#include "support/kernel_buffers.hpp"

namespace barge::mix {
namespace {

using namespace test;

/// Sums of up to a thousand legs, half of them within 16 bits.
std::vector<std::int32_t> sums(Random& random, std::size_t length) {
  std::vector<std::int32_t> values(length);
  for (std::int32_t& value : values) {
    const auto range = static_cast<std::int32_t>(random() % 2 == 0 ? 33000 : 32768000);
    value = static_cast<std::int32_t>(random() % static_cast<unsigned>(2 * range + 1)) - range;
  }
  return values;
}

/// Runs `write` of both kernels on outputs of their own and compares.
template <class Write>
void expect_equal(const Kernels& kernel, Random& random, std::size_t length, const Write& write) {
  Output expected(0, length), actual(below(random, 33), length);
  write(scalar_limit(), expected.data());
  write(kernel.limit, actual.data());
  ASSERT_TRUE(actual.untouched_outside(0, length)) << kernel.name;
  for (std::size_t i = 0; i < length; ++i)
    ASSERT_EQ(actual.at(i), expected.at(i)) << kernel.name << " at " << i << " of " << length;
}

TEST(ScalarLimit, ScalesByAGainThatMovesAndRoundsToTheNearest) {
  const std::int32_t total[] = {1000, 1000, -1001, 40000, 3, 1};
  Sample out[6];
  scalar_limit().scale(total, 6, 0.5F, 0.0F, out);
  const Sample expected[] = {500, 500, -500, 20000, 2, 0};  // halves to even
  EXPECT_TRUE(std::equal(std::begin(out), std::end(out), std::begin(expected)));
  scalar_limit().scale(total, 2, 0.5F, 0.25F, out);
  EXPECT_EQ(out[0], 500);
  EXPECT_EQ(out[1], 750);
  scalar_limit().scale(total + 3, 1, 1.0F, 0.0F, out);
  EXPECT_EQ(out[0], INT16_MAX);
}

TEST(LimitKernels, FindThePeakAsTheScalarOneForEveryLength) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 0; length <= 1024; ++length) {
      const auto total = sums(random, length);
      std::uint32_t expected = 0;
      for (const std::int32_t value : total)
        expected = std::max(expected, static_cast<std::uint32_t>(value < 0 ? -value - 1 : value));
      ASSERT_EQ(kernel.limit.peak(total.data(), length), expected) << kernel.name << ' ' << length;
    }
  }
}

TEST(LimitKernels, SaturateAsTheScalarOneForEveryLength) {
  Random random(2);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const auto total = sums(random, length);
      ASSERT_NO_FATAL_FAILURE(expect_equal(
          kernel, random, length,
          [&](const LimitKernels& k, Sample* out) { k.saturate(total.data(), length, out); }));
    }
  }
}

TEST(LimitKernels, ScaleAsTheScalarOneForEveryLengthAndGain) {
  Random random(3);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const auto total = sums(random, length);
      const float gain = static_cast<float>(random() % 100000) / 100000.0F;
      const float step = (static_cast<float>(random() % 2001) - 1000.0F) / 1000000.0F;
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, length,
                                           [&](const LimitKernels& k, Sample* out) {
                                             k.scale(total.data(), length, gain, step, out);
                                           }))
          << gain << ' ' << step;
    }
  }
}

}  // namespace
}  // namespace barge::mix
