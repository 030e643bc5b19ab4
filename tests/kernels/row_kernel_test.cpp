// SPDX-License-Identifier: Apache-2.0
// Every row kernel computes what the scalar one computes, bit for bit, and writes nothing else.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "mix/kernels.hpp"
#include "support/kernel_buffers.hpp"

namespace barge::mix {
namespace {

using namespace test;

/// Runs `compute` of both kernels on outputs of their own and compares.
template <class Compute>
void expect_equal(const Kernels& kernel, Random& random, Range range, const Compute& compute) {
  Output expected(0, range.end), actual(below(random, 33), range.end);
  compute(scalar_rows(), expected.data());
  compute(kernel.rows, actual.data());
  ASSERT_TRUE(expected.untouched_outside(range.begin, range.end)) << "scalar";
  ASSERT_TRUE(actual.untouched_outside(range.begin, range.end)) << kernel.name;
  for (std::size_t i = range.begin; i < range.end; ++i)
    ASSERT_EQ(actual.at(i), expected.at(i)) << kernel.name << " at " << i;
}

Range any_range(Random& random, std::size_t length) {
  const std::size_t begin = below(random, 17);
  return {begin, begin + length};
}

/// Gains of every kind: 0, below 1, 1, above 1.
Gain any_gain(Random& random) {
  constexpr double extremes[] = {0, 1, 2, 1.0 / 16384, 1.0 - 1.0 / 16384, 1.0 + 1.0 / 16384};
  if (random() % 4 == 0) return Gain::linear(extremes[random() % std::size(extremes)]);
  return Gain::linear(static_cast<double>(random() % 32768) / 16384);
}

/// Frames at gains.
struct Weighted : Inputs {
  Weighted(Random& random, std::size_t count, std::size_t end) : Inputs(random, count, end) {
    for (const Sample* const frame : frames)
      terms.push_back({frame, weight_of(any_gain(random))});
  }
  std::vector<Term> terms;
};

/// The ramp's weights for every length: tails and vectors see all of them.
struct Windows {
  explicit Windows(std::size_t length)
      : rising(rising_window(length)), falling(rising.rbegin(), rising.rend()) {}
  Window get() const { return {rising.data(), falling.data()}; }
  std::vector<Sample> rising, falling;
};

/// A bus between canaries.
struct BusBuffer {
  explicit BusBuffer(std::size_t length) : total(length), first(length), second(length) {}
  Bus get() { return {total.data(), first.data(), second.data()}; }
  std::vector<std::int32_t> total;
  std::vector<Sample> first, second;
};

TEST(ScalarRows, SumExactlyAndSaturateOnce) {
  const Sample a[] = {INT16_MAX, INT16_MIN, INT16_MAX, 5, INT16_MIN};
  const Sample b[] = {INT16_MAX, INT16_MIN, 1, -7, -1};
  const Sample c[] = {INT16_MIN, INT16_MAX, INT16_MIN, 0, 1};
  const Sample* const frames[] = {a, b, c};
  Sample out[5];
  scalar_rows().sum({frames, 3}, {0, 5}, out);
  const Sample expected[] = {INT16_MAX - 1, INT16_MIN, 0, -2, INT16_MIN};
  EXPECT_TRUE(std::equal(std::begin(out), std::end(out), std::begin(expected)));
}

TEST(ScalarRows, ApplyAGainAsTheRoundedProductSaturated) {
  for (int q14 = 0; q14 <= 32767; q14 += 31) {
    const Gain gain = Gain::linear(q14 / 16384.0);
    ASSERT_EQ(gain.q14(), q14);
    for (int x = INT16_MIN; x <= INT16_MAX; x += 127) {
      const auto sample = static_cast<Sample>(x);
      const Term term{&sample, weight_of(gain)};
      Sample out = 0;
      scalar_rows().weigh({&term, 1}, {0, 1}, &out);
      ASSERT_EQ(out, std::clamp((x * q14 + 8192) >> 14, INT16_MIN, INT16_MAX)) << x << ' ' << q14;
    }
  }
}

TEST(ScalarRows, FadeEachEdgeByItsOwnWeightRoundedByItself) {
  const Sample steady[] = {100, 100}, opening[] = {1000, -1000}, closing[] = {1, 32767};
  const Sample rising[] = {16384, 8192}, falling[] = {16384, 32766};
  const Sample* const plus[] = {steady};
  const Term in[] = {{opening, {}}}, gone[] = {{closing, {}}};
  RowSources row;
  row.plus = {plus, 1};
  row.opening = {in, 1};
  row.closing = {gone, 1};
  Sample out[2];
  scalar_rows().mix(row, {rising, falling}, {0, 2}, out);
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

TEST(RowKernels, SumAsTheScalarOneForEveryLengthAndNumberOfFrames) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      for (std::size_t count = 0; count <= 6; ++count) {
        const Range range = any_range(random, length);
        const Inputs in(random, count, range.end);
        ASSERT_NO_FATAL_FAILURE(
            expect_equal(kernel, random, range,
                         [&](const RowKernels& k, Sample* out) { k.sum(in.frames, range, out); }))
            << length << " samples of " << count;
      }
    }
  }
}

TEST(RowKernels, SumManyLoudFramesAsTheScalarOne) {
  Random random(2);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const std::size_t count : {127U, 128U, 129U, 256U, 1000U}) {
      const Range range = any_range(random, 77);
      Inputs in(random, count, range.end);
      for (const Sample extreme : {Sample{INT16_MIN}, Sample{INT16_MAX}, Sample{-1}}) {
        ASSERT_NO_FATAL_FAILURE(
            expect_equal(kernel, random, range,
                         [&](const RowKernels& k, Sample* out) { k.sum(in.frames, range, out); }))
            << count;
        for (auto& frame : in.memory)
          std::fill(frame.begin(), frame.end(), extreme);
      }
    }
  }
}

TEST(RowKernels, WeighAsTheScalarOneForEveryLengthAndGain) {
  Random random(3);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      for (std::size_t count = 0; count <= 4; ++count) {
        const Range range = any_range(random, length);
        const Weighted in(random, count, range.end);
        ASSERT_NO_FATAL_FAILURE(
            expect_equal(kernel, random, range,
                         [&](const RowKernels& k, Sample* out) { k.weigh(in.terms, range, out); }))
            << length << " samples of " << count;
      }
    }
  }
}

TEST(RowKernels, WeighEverySampleByEveryKindOfGainAsTheScalarOne) {
  std::vector<Sample> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<Sample>(i);
  Random random(4);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const double steps : {1.0, 2.0, 8191.0, 16383.0, 16384.0, 16385.0, 32766.0, 32767.0}) {
      const Term term{all.data(), weight_of(Gain::linear(steps / 16384))};
      const Range range{0, all.size()};
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, range,
                                           [&](const RowKernels& k, Sample* out) {
                                             k.weigh({&term, 1}, range, out);
                                           }))
          << steps;
    }
  }
}

TEST(RowKernels, FillABusAsTheScalarOneForEveryLength) {
  Random random(5);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const std::size_t count = below(random, 10);
      const Range range = any_range(random, length);
      const Inputs in(random, count, range.end);
      BusBuffer expected(range.end), actual(range.end);
      scalar_rows().fill_bus(in.frames, range, expected.get());
      kernel.rows.fill_bus(in.frames, range, actual.get());
      ASSERT_EQ(actual.total, expected.total) << kernel.name << ' ' << length << " of " << count;
      ASSERT_EQ(actual.first, expected.first) << kernel.name << ' ' << length << " of " << count;
      ASSERT_EQ(actual.second, expected.second) << kernel.name << ' ' << length << " of " << count;
    }
  }
}

/// One bus sample for each sum from −140,000 to 140,000.
struct EverySum : BusBuffer {
  static constexpr std::int32_t limit = 140000;
  EverySum() : BusBuffer(2 * limit + 1) {
    for (std::int32_t s = -limit; s <= limit; ++s) {
      const auto i = static_cast<std::size_t>(s + limit);
      const auto saturate = [](std::int32_t v) {
        return static_cast<Sample>(std::clamp(v, INT16_MIN, INT16_MAX));
      };
      total[i] = s;
      first[i] = saturate(s);
      second[i] = saturate(s - first[i]);
    }
  }
};

TEST(RowKernels, SubtractExactlyWhateverTheSum) {
  EverySum sums;
  const Range range{0, sums.total.size()};
  Random random(6);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const int x : {INT16_MIN, INT16_MIN + 1, -20000, -1, 0, 1, 20000, INT16_MAX}) {
      const std::vector<Sample> own(range.end, static_cast<Sample>(x));
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, range,
                                           [&](const RowKernels& k, Sample* out) {
                                             k.subtract(sums.get(), own.data(), range, out);
                                           }))
          << x;
    }
  }
}

TEST(RowKernels, SubtractAsTheScalarOneForEveryLength) {
  Random random(7);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const Range range = any_range(random, length);
      const Inputs in(random, 5, range.end);
      BusBuffer bus(range.end);
      scalar_rows().fill_bus(in.frames, range, bus.get());
      ASSERT_NO_FATAL_FAILURE(expect_equal(kernel, random, range,
                                           [&](const RowKernels& k, Sample* out) {
                                             k.subtract(bus.get(), in.frames[0], range, out);
                                           }))
          << length;
    }
  }
}

/// A row of everything, in numbers from 0 to 2 of each kind.
struct AnyRow {
  AnyRow(Random& random, std::size_t kinds, std::size_t end)
      : plus(random, kinds % 3, end),
        minus(random, kinds / 3 % 3, end),
        weighted(random, kinds / 9 % 3, end),
        opening(random, kinds / 27 % 3, end),
        closing(random, kinds / 81 % 3, end),
        bus(end) {
    scalar_rows().fill_bus(Inputs(random, 9, end).frames, {0, end}, bus.get());
    row.bus = random() % 2 == 0 ? bus.total.data() : nullptr;
    row.plus = plus.frames;
    row.minus = minus.frames;
    row.weighted = weighted.terms;
    row.opening = opening.terms;
    row.closing = closing.terms;
  }
  Inputs plus, minus;
  Weighted weighted, opening, closing;
  BusBuffer bus;
  RowSources row;
};

TEST(RowKernels, MixAsTheScalarOneWhateverTheRowIsMadeOf) {
  Random random(8);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t kinds = 0; kinds < 243; ++kinds) {
      for (const std::size_t length : {1U + below(random, 40), 1U + below(random, 240)}) {
        const Range range = any_range(random, length);
        const AnyRow any(random, kinds, range.end);
        const Windows windows(range.end);
        ASSERT_NO_FATAL_FAILURE(expect_equal(
            kernel, random, range,
            [&](const RowKernels& k, Sample* out) { k.mix(any.row, windows.get(), range, out); }))
            << length << " samples of kind " << kinds;
      }
    }
  }
}

TEST(RowKernels, MixOneSpeakerWhoComesOrGoesAsTheScalarOne) {
  Random random(11);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 300; ++length) {
      const Range range = any_range(random, length);
      const Inputs in(random, 2, range.end);
      const Windows windows(range.end);
      const Term fading{in.frames[0], {}};
      RowSources row;
      (length % 2 == 0 ? row.opening : row.closing) = {&fading, 1};
      if (length % 3 != 0) row.plus = {&in.frames[1], 1};
      ASSERT_NO_FATAL_FAILURE(expect_equal(
          kernel, random, range,
          [&](const RowKernels& k, Sample* out) { k.mix(row, windows.get(), range, out); }))
          << length;
    }
  }
}

TEST(RowKernels, MixAndTotalAsTheScalarOneForEveryLength) {
  Random random(9);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const Range range = any_range(random, length);
      const AnyRow any(random, below(random, 243), range.end);
      const Windows windows(range.end);
      ASSERT_NO_FATAL_FAILURE(expect_equal(
          kernel, random, range,
          [&](const RowKernels& k, Sample* out) { k.mix(any.row, windows.get(), range, out); }))
          << length;
      std::vector<std::int32_t> expected(range.end + border, 7), actual = expected;
      scalar_rows().total(any.row, windows.get(), range, expected.data());
      kernel.rows.total(any.row, windows.get(), range, actual.data());
      ASSERT_EQ(actual, expected) << kernel.name << ' ' << length;
    }
  }
}

TEST(RowKernels, MeasureEnergyExactly) {
  Random random(10);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 1024; ++length) {
      const Inputs in(random, 1, length);
      std::uint64_t expected = 0;
      for (std::size_t i = 0; i < length; ++i)
        expected += static_cast<std::uint64_t>(std::int64_t{in.frames[0][i]} * in.frames[0][i]);
      ASSERT_EQ(kernel.rows.energy(in.frames[0], length), expected) << kernel.name << ' ' << length;
    }
    const std::vector<Sample> loudest(2880, INT16_MIN);
    ASSERT_EQ(kernel.rows.energy(loudest.data(), loudest.size()), 2880ULL << 30) << kernel.name;
  }
}

TEST(Kernels, AreTheScalarOneAndThoseOfThisCpuEachOnce) {
  const std::vector<Kernels> kernels = runnable_kernels();
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels.front().name, "scalar");
  for (std::size_t a = 1; a < kernels.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      EXPECT_NE(kernels[a].name, kernels[b].name);
      EXPECT_NE(kernels[a].rows.sum, kernels[b].rows.sum) << kernels[a].name;
      EXPECT_NE(kernels[a].rows.mix, kernels[b].rows.mix) << kernels[a].name;
    }
  }
}

}  // namespace
}  // namespace barge::mix
