// SPDX-License-Identifier: Apache-2.0
// Every kernel computes what the scalar one computes, bit for bit, and writes nothing else.
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "mix/kernels.hpp"
#include "support/kernel_buffers.hpp"

namespace barge::mix {
namespace {

using namespace test;

std::vector<Sample> scalar(const Sine& sine, std::size_t count) {
  std::vector<Sample> out(count);
  scalar_kernels().tone.sine(sine, count, out.data());
  return out;
}

void expect_equal(const Kernels& kernel, Random& random, const Sine& sine, std::size_t count) {
  const std::vector<Sample> expected = scalar(sine, count);
  Output out(below(random, 33), count);
  kernel.tone.sine(sine, count, out.data());
  ASSERT_TRUE(out.untouched_outside(0, count)) << kernel.name;
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(out.at(i), expected[i]) << kernel.name << " at " << i << " of " << count;
}

Sine any_sine(Random& random) {
  const auto word = [&] { return static_cast<std::uint32_t>(random()); };
  return {word(), word(), static_cast<float>(below(random, 32767)), word()};
}

TEST(ScalarTone, IsTheSineWithinAStepForEveryPhaseAndTheLoudestAmplitude) {
  constexpr std::size_t count = 1 << 20;
  constexpr std::uint32_t step = 4096;
  const std::vector<Sample> out = scalar({0, step, 32766, 0}, count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double exact = 32766 * std::sin(2 * std::acos(-1.0) * static_cast<double>(i) / count);
    ASSERT_NEAR(out[i], exact, 1.05) << i;
    sum += std::abs(out[i] - exact);
  }
  EXPECT_LT(sum / count, 0.35) << "1/3 is what dither and rounding leave";
}

TEST(ScalarTone, DithersToTheSineOnAverage) {
  for (const float level : {0.1F, 0.25F, 0.5F, 0.9F}) {
    constexpr std::size_t count = 1 << 20;
    const std::vector<Sample> out = scalar({1U << 30, 0, 1000 + level, 0}, count);  // its peak
    double sum = 0;
    for (const Sample sample : out)
      sum += sample;
    EXPECT_NEAR(sum / count, 1000 + level, 0.003);
  }
}

TEST(ScalarTone, IsOneStreamHoweverItIsCut) {
  const Sine whole{123, 0x12345678, 20000, 0xFFFFFFF0};
  const std::vector<Sample> expected = scalar(whole, 100);
  constexpr std::uint32_t n = 37;
  const std::vector<Sample> rest =
      scalar({whole.phase + n * whole.step, whole.step, whole.amplitude, whole.dither + n}, 63);
  for (std::size_t i = 0; i < rest.size(); ++i)
    EXPECT_EQ(rest[i], expected[n + i]);
}

TEST(ToneKernels, MakeTheScalarSineForEveryLength) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t count = 0; count <= 1024; ++count)
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, any_sine(random), count));
  }
}

TEST(ToneKernels, MakeTheScalarSineAtEveryPhase) {
  Random random(2);
  constexpr std::uint32_t corners[] = {0, 1U << 30, 1U << 31, 3U << 30};
  for (const Kernels& kernel : runnable_kernels()) {
    ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, {0, 4093, 32766, 0}, 1 << 20));
    for (const std::uint32_t corner : corners)  // each phase beside a corner
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, {corner - 512, 1, 32766, 7}, 1024));
  }
}

}  // namespace
}  // namespace barge::mix
