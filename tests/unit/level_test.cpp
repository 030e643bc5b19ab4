// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include <barge/level.hpp>

namespace barge {
namespace {

TEST(Level, OfSilenceIsMinusInfinity) {
  EXPECT_EQ(dbfs({}), -INFINITY);
  EXPECT_EQ(dbfs({0, 160}), -INFINITY);
}

TEST(Level, OfAFullScaleSquareIsThreeDecibelsAboveTheSine) {
  EXPECT_NEAR(dbfs({160ULL << 30, 160}), 3.01, 0.01);
}

TEST(Level, IsRelativeToAFullScaleSine) {
  EXPECT_NEAR(dbfs({160ULL << 29, 160}), 0, 1e-9);
  EXPECT_NEAR(dbfs({(160ULL << 29) / 100, 160}), -20, 1e-6);
}

TEST(MeanSquare, IsWithinOneOfTheExactValueAtEveryLevel) {
  for (int level = -90; level <= 0; ++level) {
    const double exact = std::ldexp(std::pow(10, level / 10.0), 29);
    EXPECT_NEAR(static_cast<double>(mean_square_at(level)), exact, 1 + exact * 1e-7) << level;
  }
}

}  // namespace
}  // namespace barge
