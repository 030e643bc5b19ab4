// SPDX-License-Identifier: Apache-2.0
#include "tick_clock.hpp"

#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

TEST(TickClock, TicksOnceAPeriodHoweverLongATickTakes) {
  boost::asio::io_context io;
  TickClock clock(io, milliseconds(10));
  int ticks = 0;
  const auto begin = Clock::now();
  clock.start([&] {
    std::this_thread::sleep_for(milliseconds(8));
    if (++ticks == 20) clock.stop();
  });
  io.run();
  const auto taken = Clock::now() - begin;
  EXPECT_GE(taken, milliseconds(200));
  if (clock.skipped() == 0) {
    EXPECT_LT(taken, milliseconds(300));
  }
}

TEST(TickClock, CatchesUpByAFewTicksAndCountsTheOthers) {
  boost::asio::io_context io;
  TickClock clock(io, milliseconds(10));
  int ticks = 0;
  clock.start([&] {
    if (++ticks == 1) std::this_thread::sleep_for(milliseconds(200));
    if (clock.skipped() != 0) clock.stop();
  });
  io.run();
  EXPECT_GE(clock.skipped(), 15U);
  EXPECT_EQ(ticks, 4) << "three at once, and the first one in time again";
}

TEST(TickClock, AClockThatIsGoneTicksNoMore) {
  boost::asio::io_context io;
  int ticks = 0;
  {
    TickClock clock(io, milliseconds(1));
    clock.start([&] { ++ticks; });
    std::this_thread::sleep_for(milliseconds(5));
  }
  io.run();
  EXPECT_EQ(ticks, 0);
}

}  // namespace
}  // namespace sip_bridge
