// SPDX-License-Identifier: Apache-2.0
// Every kernel codes what the definition of one sample says, and writes nothing else.
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mix/g711_scalar.hpp"
#include "mix/kernels.hpp"
#include "support/kernel_buffers.hpp"

namespace barge::mix {
namespace {

using namespace test;
using Codes = std::vector<std::uint8_t>;

struct Law {
  const char* name;
  G711Coder G711Kernels::*coder;
  Sample (*decode_at)(std::uint8_t);
  std::uint8_t (*encode_at)(Sample);
};

constexpr Law laws[] = {{"mu", &G711Kernels::mu, decode_mu_at, encode_mu_at},
                        {"a", &G711Kernels::a, decode_a_at, encode_a_at}};
constexpr std::uint8_t code_canary = 0xA7;

void expect_decoded(const Kernels& kernel, const Law& law, Random& random, const Codes& codes) {
  Output samples(below(random, 33), codes.size());
  (kernel.g711.*law.coder).decode(codes.data(), codes.size(), samples.data());
  ASSERT_TRUE(samples.untouched_outside(0, codes.size()));
  for (std::size_t i = 0; i < codes.size(); ++i)
    ASSERT_EQ(samples.at(i), law.decode_at(codes[i])) << "code " << int{codes[i]} << " at " << i;
}

void expect_encoded(const Kernels& kernel, const Law& law, Random& random, const Sample* samples,
                    std::size_t count) {
  const std::size_t begin = border + below(random, 65);
  Codes codes(begin + count + border, code_canary);
  (kernel.g711.*law.coder).encode(samples, count, codes.data() + begin);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const bool inside = i >= begin && i < begin + count;
    const int expected = inside ? law.encode_at(samples[i - begin]) : code_canary;
    ASSERT_EQ(codes[i], expected) << "at " << i << " from " << begin;
  }
}

template <class Check>
void for_each_kernel_and_law(const Check& check) {
  Random random(1);
  for (const Kernels& kernel : runnable_kernels()) {
    for (const Law& law : laws) {
      SCOPED_TRACE(std::string(kernel.name) + ", law " + law.name);
      ASSERT_NO_FATAL_FAILURE(check(kernel, law, random));
    }
  }
}

TEST(G711Kernels, DecodeEveryCode) {
  Codes all(256);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint8_t>(i);
  for_each_kernel_and_law([&](const Kernels& kernel, const Law& law, Random& random) {
    expect_decoded(kernel, law, random, all);
  });
}

TEST(G711Kernels, EncodeEverySample) {
  std::vector<Sample> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<Sample>(i);
  for_each_kernel_and_law([&](const Kernels& kernel, const Law& law, Random& random) {
    expect_encoded(kernel, law, random, all.data(), all.size());
  });
}

// A neighbour's bits must not spill over: each sample beside each kind of neighbour.
TEST(G711Kernels, EncodeEverySampleWhateverIsBesideIt) {
  constexpr Sample neighbours[] = {INT16_MIN, -1, 0, 1, INT16_MAX};
  for_each_kernel_and_law([&](const Kernels& kernel, const Law& law, Random& random) {
    for (const Sample neighbour : neighbours) {
      std::vector<Sample> samples(2 * 65536, neighbour);
      for (std::size_t i = 0; i < 65536; ++i)
        samples[2 * i + i % 2] = static_cast<Sample>(i);
      ASSERT_NO_FATAL_FAILURE(expect_encoded(kernel, law, random, samples.data(), samples.size()));
    }
  });
}

TEST(G711Kernels, DecodeEveryLengthAtEveryAlignment) {
  for_each_kernel_and_law([&](const Kernels& kernel, const Law& law, Random& random) {
    for (std::size_t length = 0; length <= 1024; ++length) {
      // In memory of its own, so that a read beyond the end is a read beyond an allocation.
      Codes codes(length);
      for (std::uint8_t& code : codes)
        code = static_cast<std::uint8_t>(random());
      ASSERT_NO_FATAL_FAILURE(expect_decoded(kernel, law, random, codes)) << length;
    }
  });
}

TEST(G711Kernels, EncodeEveryLengthAtEveryAlignment) {
  for_each_kernel_and_law([&](const Kernels& kernel, const Law& law, Random& random) {
    for (std::size_t length = 0; length <= 1024; ++length) {
      const Inputs in(random, 1, length);
      ASSERT_NO_FATAL_FAILURE(expect_encoded(kernel, law, random, in.frames[0], length)) << length;
    }
  });
}

}  // namespace
}  // namespace barge::mix
