// SPDX-License-Identifier: Apache-2.0
// Every kernel resamples as the scalar one does, bit for bit, and writes nothing else; and the
// 16-bit parts of the taps are the taps, in sums that cannot overflow.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mix/kernels.hpp"
#include "support/kernel_buffers.hpp"

namespace barge::mix {
namespace {

using namespace test;

std::vector<const FilterBank*> all_banks() {
  std::vector<const FilterBank*> banks;
  for (const std::uint32_t from : {8000U, 16000U, 24000U, 32000U, 48000U}) {
    for (const std::uint32_t to : {8000U, 16000U, 24000U, 32000U, 48000U}) {
      const FilterBank* bank = filter_bank(from, to);
      if (from != to && std::find(banks.begin(), banks.end(), bank) == banks.end())
        banks.push_back(bank);
    }
  }
  return banks;
}

std::string name_of(const FilterBank& bank) {
  return std::to_string(bank.in_step) + " to " + std::to_string(bank.out_step);
}

/// Compares a kernel with the scalar one on these samples, at an alignment.
void expect_equal_conversion(const Kernels& kernel, const FilterBank& bank, const Sample* samples,
                             std::size_t periods, std::size_t offset) {
  const std::size_t length = periods * bank.out_step;
  Output expected(0, length), actual(offset, length);
  scalar_kernels().resample.convert(bank, samples, periods, expected.data());
  kernel.resample.convert(bank, samples, periods, actual.data());
  ASSERT_TRUE(expected.untouched_outside(0, length)) << "scalar";
  ASSERT_TRUE(actual.untouched_outside(0, length)) << kernel.name;
  for (std::size_t i = 0; i < length; ++i)
    ASSERT_EQ(actual.at(i), expected.at(i)) << kernel.name << " at " << i;
}

std::size_t samples_of(const FilterBank& bank, std::size_t periods) {
  return bank.history + periods * bank.in_step + resample_padding;
}

TEST(FilterBanks, AreThereForEveryPairOfRatesAndEachOnce) {
  EXPECT_EQ(all_banks().size(), 12U);
  for (const FilterBank* bank : all_banks())
    ASSERT_NE(bank, nullptr);
  EXPECT_EQ(filter_bank(8000, 8000), nullptr);
  EXPECT_EQ(filter_bank(8000, 44100), nullptr);
}

TEST(FilterBanks, PassAConstantExactly) {
  for (const FilterBank* bank : all_banks()) {
    for (std::size_t r = 0; r < bank->out_step; ++r) {
      const auto taps = bank->taps.begin() + static_cast<std::ptrdiff_t>(2 * r * bank->pairs);
      EXPECT_EQ(std::accumulate(taps, taps + static_cast<std::ptrdiff_t>(2 * bank->pairs), 0),
                1 << tap_bits)
          << name_of(*bank);
    }
  }
}

TEST(FilterBanks, HaveNoTapBeyondWhatTheFrameHolds) {
  for (const FilterBank* bank : all_banks()) {
    EXPECT_LE(bank->history, max_resample_history);
    for (std::size_t r = 0; r < bank->out_step; ++r) {
      for (std::size_t k = bank->history + bank->in_step; k < 2 * bank->pairs; ++k)
        EXPECT_EQ(bank->taps[2 * r * bank->pairs + k], 0) << name_of(*bank);
    }
  }
}

/// What the vectors multiply, put together again: Σ over segments, as taps[r][k].
std::vector<std::int32_t> rebuilt(const FilterBank& bank) {
  std::vector<std::int32_t> taps(bank.taps.size());
  const TapRows rows(bank.in_step);
  auto fine = bank.fine.begin(), coarse = bank.coarse.begin();
  for (const FilterBank::Segment& segment : bank.segments) {
    for (std::size_t i = 0; i < segment.pairs; ++i) {
      const std::size_t place = segment.first + i * rows.stride();
      const std::size_t k = (place * rows.rows + segment.row) * rows.distance;
      for (std::size_t r = 0; r < bank.out_step; ++r) {
        std::int32_t* tap = &taps.at(2 * r * bank.pairs + k);
        tap[0] += fine->even, tap[1] += fine->odd, ++fine;
        if (!segment.has_coarse) continue;
        tap[0] += coarse->even * (1 << fine_bits), tap[1] += coarse->odd * (1 << fine_bits);
        ++coarse;
      }
    }
  }
  EXPECT_TRUE(fine == bank.fine.end() && coarse == bank.coarse.end());
  return taps;
}

TEST(FilterBanks, AreTheSumOfTheirParts) {
  for (const FilterBank* bank : all_banks())
    EXPECT_EQ(rebuilt(*bank), bank->taps) << name_of(*bank);
}

TEST(FilterBanks, CannotOverflowWhateverTheSamplesAre) {
  constexpr std::int64_t loudest = 32768, most = INT32_MAX;
  const auto magnitude = [](FilterBank::Pair pair) {
    return std::abs(int{pair.even}) + std::abs(int{pair.odd});
  };
  for (const FilterBank* bank : all_banks()) {
    for (std::size_t r = 0; r < bank->out_step; ++r) {
      std::int64_t total = 1 << (tap_bits - fine_bits - 1);
      std::size_t pair = 0, coarse_pair = 0;
      for (const FilterBank::Segment& segment : bank->segments) {
        std::int64_t sum = (1 << fine_bits) - 1;  // the most that is left of the one before
        for (std::size_t i = 0; i < segment.pairs; ++i)
          sum += loudest * magnitude(bank->fine[pair++ * bank->out_step + r]);
        EXPECT_LE(sum, most) << name_of(*bank);
        total += (sum >> fine_bits) + 1;
        for (std::size_t i = 0; segment.has_coarse && i < segment.pairs; ++i)
          total += loudest * magnitude(bank->coarse[coarse_pair++ * bank->out_step + r]);
      }
      EXPECT_LE(total, most) << name_of(*bank);
    }
  }
}

TEST(Kernels, ConvertAsTheScalarOneForEveryNumberOfPeriods) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const FilterBank* bank : all_banks()) {
      const std::size_t most = max_resample_samples / std::max(bank->in_step, bank->out_step);
      std::vector<std::size_t> lengths{most - 1, most};
      for (std::size_t periods = 1; periods <= 66; ++periods)
        lengths.push_back(periods);
      for (const std::size_t periods : lengths) {
        const Inputs in(random, 1, samples_of(*bank, periods));
        ASSERT_NO_FATAL_FAILURE(
            expect_equal_conversion(kernel, *bank, in.frames[0], periods, below(random, 33)))
            << name_of(*bank) << ", " << periods << " periods";
      }
    }
  }
}

TEST(Kernels, ConvertTheLoudestSamplesThereAreAsTheScalarOne) {
  for (const Kernels& kernel : runnable_kernels()) {
    for (const FilterBank* bank : all_banks()) {
      for (std::size_t r = 0; r < bank->out_step; ++r) {
        for (const Sample sign : {Sample{1}, Sample{-1}}) {
          std::vector<Sample> samples(samples_of(*bank, 40));
          const std::size_t middle = 20 * bank->in_step;
          for (std::size_t k = 0; k < 2 * bank->pairs; ++k) {
            const bool up = bank->taps[2 * r * bank->pairs + k] * sign > 0;
            samples[middle + k] = up ? INT16_MAX : INT16_MIN;
          }
          ASSERT_NO_FATAL_FAILURE(expect_equal_conversion(kernel, *bank, samples.data(), 40, 0))
              << name_of(*bank);
        }
      }
    }
  }
}

TEST(ScalarKernel, RoundsTheExactSumOnce) {
  Random random(2);
  for (const FilterBank* bank : all_banks()) {
    constexpr std::size_t periods = 50;
    const Inputs in(random, 1, samples_of(*bank, periods));
    std::vector<Sample> out(periods * bank->out_step);
    scalar_kernels().resample.convert(*bank, in.frames[0], periods, out.data());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t p = i / bank->out_step, r = i % bank->out_step;
      long double sum = 0;
      for (std::size_t k = 0; k < 2 * bank->pairs; ++k)
        sum += static_cast<long double>(bank->taps[2 * r * bank->pairs + k]) *
               in.frames[0][p * bank->in_step + k];
      const long double rounded = std::floor(sum / (1 << tap_bits) + 0.5L);
      ASSERT_EQ(out[i], std::clamp(rounded, -32768.0L, 32767.0L)) << name_of(*bank) << " at " << i;
    }
  }
}

TEST(Kernels, DriftAsTheScalarOneForEveryLength) {
  Random random(3);
  for (const Kernels& kernel : runnable_kernels()) {
    for (std::size_t length = 1; length <= 200; ++length) {
      constexpr std::int32_t most = 2'147'484;  // 500 ppm
      const auto excess = static_cast<std::int32_t>(below(random, 2 * most + 1)) - most;
      constexpr std::uint32_t ends[] = {0, 1, UINT32_MAX};
      const auto any = static_cast<std::uint32_t>(random());
      const DriftPath path{length % 4 == 3 ? any : ends[length % 4], excess};
      const Inputs in(random, 1, length + drift_taps);
      Output expected(0, length), actual(below(random, 33), length);
      scalar_kernels().resample.drift(drift_filter(), path, in.frames[0], length, expected.data());
      kernel.resample.drift(drift_filter(), path, in.frames[0], length, actual.data());
      ASSERT_TRUE(expected.untouched_outside(0, length)) << "scalar";
      ASSERT_TRUE(actual.untouched_outside(0, length)) << kernel.name;
      for (std::size_t i = 0; i < length; ++i)
        ASSERT_EQ(actual.at(i), expected.at(i))
            << kernel.name << ": " << length << " samples, at " << i;
    }
  }
}

}  // namespace
}  // namespace barge::mix
