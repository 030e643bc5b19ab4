// SPDX-License-Identifier: Apache-2.0
// Every kernel computes what the scalar one computes, bit for bit, and writes nothing else.
#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "mix/kernels.hpp"

namespace barge::mix {
namespace {

using Random = std::mt19937;
constexpr Sample canary = 0x5A5A;
constexpr std::size_t border = 64;  // samples before and behind what may be written

std::size_t below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

/// Samples to cut frames from. Half of them are extremes, so that sums saturate in both directions.
const std::vector<Sample>& sample_pool() {
  static const std::vector<Sample> pool = [] {
    constexpr Sample extremes[] = {INT16_MIN, INT16_MIN + 1, INT16_MAX, INT16_MAX, -1, 0, 1, 16384};
    Random random(0);
    std::vector<Sample> samples(65536);
    for (Sample& sample : samples) {
      const bool extreme = random() % 2 == 0;
      sample = extreme ? extremes[random() % std::size(extremes)] : static_cast<Sample>(random());
    }
    return samples;
  }();
  return pool;
}

/// Frames that end exactly where the range ends, each in memory of its own at any alignment: a read
/// beyond a frame is a read beyond its allocation.
struct Inputs {
  Inputs(Random& random, std::size_t count, std::size_t end) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t offset = below(random, 33);
      const auto from =
          static_cast<std::ptrdiff_t>(below(random, sample_pool().size() - offset - end));
      const auto cut = sample_pool().begin() + from;
      auto& samples = memory.emplace_back(cut, cut + static_cast<std::ptrdiff_t>(offset + end));
      frames.push_back(samples.data() + offset);
    }
  }
  std::vector<std::vector<Sample>> memory;
  std::vector<const Sample*> frames;
};

/// An output between canaries, at any alignment.
class Output {
 public:
  Output(std::size_t offset, std::size_t length)
      : offset_(border + offset), memory_(offset_ + length + border, canary) {}
  Sample* data() { return memory_.data() + offset_; }
  Sample at(std::size_t i) const { return memory_[offset_ + i]; }
  bool untouched_outside(Range range) const {
    const auto begin = memory_.begin() + static_cast<std::ptrdiff_t>(offset_ + range.begin);
    const auto end = memory_.begin() + static_cast<std::ptrdiff_t>(offset_ + range.end);
    const auto whole = [](auto from, auto to) {
      return std::all_of(from, to, [](Sample s) { return s == canary; });
    };
    return whole(memory_.begin(), begin) && whole(end, memory_.end());
  }

 private:
  std::size_t offset_;
  std::vector<Sample> memory_;
};

/// Runs `compute` of both kernels on outputs of their own and compares.
template <class Compute>
void expect_equal(const Kernels& kernel, Random& random, Range range, const Compute& compute) {
  Output expected(0, range.end), actual(below(random, 33), range.end);
  compute(scalar_kernels(), expected.data());
  compute(kernel, actual.data());
  ASSERT_TRUE(expected.untouched_outside(range)) << "scalar";
  ASSERT_TRUE(actual.untouched_outside(range)) << kernel.name;
  for (std::size_t i = range.begin; i < range.end; ++i)
    ASSERT_EQ(actual.at(i), expected.at(i)) << kernel.name << " at " << i;
}

TEST(ScalarKernel, SumsExactlyAndSaturatesOnce) {
  const Sample a[] = {INT16_MAX, INT16_MIN, INT16_MAX, 5, INT16_MIN};
  const Sample b[] = {INT16_MAX, INT16_MIN, 1, -7, -1};
  const Sample c[] = {INT16_MIN, INT16_MAX, INT16_MIN, 0, 1};
  const Sample* frames[] = {a, b, c};
  Sample out[5];
  scalar_kernels().sum({frames, 2, 1, 0}, {0, 5}, out);
  const Sample expected[] = {INT16_MAX - 1, INT16_MIN, 0, -2, INT16_MIN};
  EXPECT_TRUE(std::equal(std::begin(out), std::end(out), std::begin(expected)));
}

TEST(ScalarKernel, FadesEachEdgeByItsOwnWeightRoundedByItself) {
  const Sample steady[] = {100, 100}, opening[] = {1000, -1000}, closing[] = {1, 32767};
  const Sample rising[] = {16384, 8192}, falling[] = {16384, 32766};
  const Sample* frames[] = {steady, opening, closing};
  Sample out[2];
  scalar_kernels().fade({frames, 1, 1, 1}, {rising, falling}, {0, 2}, out);
  EXPECT_EQ(out[0], 100 + 500 + 1);      // 0.5 is rounded up
  EXPECT_EQ(out[1], 100 - 250 + 32765);  // 32765.00006
}

TEST(RisingWindow, RisesStrictlyBetween0And1AndMirrorsItself) {
  for (const std::size_t length : {40U, 80U, 120U, 160U, 220U, 240U}) {
    const std::vector<Sample> window = rising_window(length);
    ASSERT_EQ(window.size(), length);
    EXPECT_GT(window.front(), 0);
    EXPECT_LT(window.back(), 32767);
    EXPECT_TRUE(std::is_sorted(window.begin(), window.end()));
    for (std::size_t i = 0; i < length; ++i)
      EXPECT_NEAR(window[i] + window[length - 1 - i], 32767, 1) << length << " at " << i;
  }
}

TEST(Kernels, SumAsTheScalarOneForEveryLengthAndNumberOfSources) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      for (std::size_t count = 0; count <= 9; ++count) {
        const std::size_t begin = below(random, 17);
        const Range range{begin, begin + length};
        const Inputs in(random, count, range.end);
        const std::size_t opening = below(random, count + 1);
        const Sources sources{in.frames.data(), count - opening, opening, 0};
        ASSERT_NO_FATAL_FAILURE(
            expect_equal(kernel, random, range,
                         [&](const Kernels& k, Sample* out) { k.sum(sources, range, out); }))
            << length << " samples of " << count;
      }
    }
  }
}

TEST(Kernels, SumOfManyLoudLegsSaturatesAsTheScalarOne) {
  Random random(2);
  constexpr std::size_t length = 77;
  for (const Kernels& kernel : runnable_kernels()) {
    for (const std::size_t count : {100U, 1000U}) {
      const Inputs in(random, count, length);
      const Sources sources{in.frames.data(), count, 0, 0};
      ASSERT_NO_FATAL_FAILURE(
          expect_equal(kernel, random, {0, length}, [&](const Kernels& k, Sample* out) {
            k.sum(sources, {0, length}, out);
          }));
    }
  }
}

TEST(Kernels, FadeAsTheScalarOneForEveryRampAndEveryKindOfEdge) {
  Random random(3);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const std::size_t ramp : {40U, 80U, 120U, 160U, 220U, 240U}) {
      const std::vector<Sample> rising = rising_window(ramp);
      const std::vector<Sample> falling(rising.rbegin(), rising.rend());
      for (std::size_t kinds = 0; kinds < 4 * 4 * 4; ++kinds) {
        const std::size_t steady = kinds % 4, opening = kinds / 4 % 4, closing = kinds / 16;
        const Inputs in(random, steady + opening + closing, ramp);
        const Sources sources{in.frames.data(), steady, opening, closing};
        const std::size_t middle = below(random, ramp + 1);
        for (const Range range : {Range{0, ramp}, Range{0, middle}, Range{middle, ramp}}) {
          ASSERT_NO_FATAL_FAILURE(
              expect_equal(kernel, random, range,
                           [&](const Kernels& k, Sample* out) {
                             k.fade(sources, {rising.data(), falling.data()}, range, out);
                           }))
              << ramp << ": " << steady << ' ' << opening << ' ' << closing;
        }
      }
    }
  }
}

TEST(Kernels, ScaleEverySampleByEveryKindOfWeightAsTheScalarOne) {
  std::vector<Sample> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<Sample>(i);
  const Sample* frames[] = {all.data()};
  Random random(4);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const int weight : {1, 2, 16383, 16384, 16385, 32765, 32766}) {
      const std::vector<Sample> weights(all.size(), static_cast<Sample>(weight));
      const Window window{weights.data(), weights.data()};
      const Range range{0, all.size()};
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, range,
                                           [&](const Kernels& k, Sample* out) {
                                             k.fade({frames, 0, 1, 0}, window, range, out);
                                           }))
          << weight;
    }
  }
}

TEST(Kernels, AreTheScalarOneAndThoseOfThisCpuEachOnce) {
  const std::vector<Kernels> kernels = runnable_kernels();
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels.front().name, "scalar");
  for (std::size_t a = 1; a < kernels.size(); ++a) {
    EXPECT_NE(kernels[a].sum, kernels.front().sum) << kernels[a].name;
    for (std::size_t b = 0; b < a; ++b)
      EXPECT_NE(kernels[a].name, kernels[b].name);
  }
}

}  // namespace
}  // namespace barge::mix
