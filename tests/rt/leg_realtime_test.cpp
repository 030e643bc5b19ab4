// SPDX-License-Identifier: Apache-2.0
// No call of a leg allocates, frees, locks, waits or asks for the time, whatever packets do.
#include <vector>

#include <gtest/gtest.h>

#include <barge/leg.hpp>

#include "rt/realtime_guard.hpp"

namespace barge::test {
namespace {

class Hum final : public Concealment {
 public:
  void conceal(MutableFrame out) BARGE_REALTIME override {
    for (Sample& sample : out)
      sample = 7;
  }
};

struct GuardedLeg {
  explicit GuardedLeg(const LegConfig& config)
      : leg(Leg::create(config).value()),
        packet(hertz(config.rate) * static_cast<std::size_t>(config.packet.count()) / 1000, 100),
        sent(packet.size()),
        frame(config.bridge.frame_samples),
        row(frame.size(), 100) {}

  void receive() {
    const MediaCall inside;
    leg.receive(packet);
  }
  void lose() {
    const MediaCall inside;
    leg.lost(static_cast<std::uint32_t>(packet.size()));
  }
  void tick() {
    const MediaCall inside;
    leg.read(frame);
    leg.write(row);
  }
  void send() {
    const MediaCall inside;
    leg.send(sent);
    leg.counters();
  }

  Leg leg;
  std::vector<Sample> packet, sent, frame, row;
};

/// Steady, lossy and dry times, stalls of every side, overflow, splices and drift.
void live_through_everything(const LegConfig& config) {
  GuardedLeg guarded(config);
  for (int tick = 0; tick < 600; ++tick) {
    const int phase = tick % 300;
    const bool network_stands_still = phase >= 100 && phase < 110;
    const bool media_stands_still = phase >= 150 && phase < 157;
    if (tick % 17 == 0) {
      guarded.lose();
    } else if (!network_stands_still) {
      guarded.receive();
    }
    if (phase == 200) {
      for (int i = 0; i < 100; ++i) {
        guarded.receive();
        guarded.tick();
        guarded.receive();
      }
    }
    if (!media_stands_still) guarded.tick();
    if (phase < 250) guarded.send();
  }
  const LegCounters counters = guarded.leg.counters();
  EXPECT_GT(counters.in.underruns, 0U);
  EXPECT_GT(counters.in.splices, 0U);
  EXPECT_GT(counters.in.missing, 0U);
  EXPECT_GT(counters.in.lost, 0U);
  EXPECT_GT(counters.out.frames, 0U);
}

TEST(LegRealTime, AtTheBridgesRate) {
  LegConfig config;
  config.rate = SampleRate::hz_16000;
  live_through_everything(config);
}

TEST(LegRealTime, AtARateOfItsOwnWithConcealment) {
  Hum hum;
  LegConfig config;
  config.rate = SampleRate::hz_48000;
  config.concealment = &hum;
  live_through_everything(config);
}

TEST(LegRealTime, SendingOnItsOwnClock) {
  LegConfig config;
  config.send_target = std::chrono::milliseconds(40);
  live_through_everything(config);
}

TEST(LegRealTime, EveryKindOfMisuse) {
  GuardedLeg guarded{LegConfig{}};
  std::vector<Sample> wrong(1);
  const MediaCall inside;
  EXPECT_EQ(guarded.leg.receive({}), ReceiveStatus::bad_packet);
  EXPECT_EQ(guarded.leg.lost(0), ReceiveStatus::bad_packet);
  EXPECT_EQ(guarded.leg.read(wrong), ReadStatus::bad_frame);
  EXPECT_EQ(guarded.leg.write(wrong), WriteStatus::bad_frame);
  EXPECT_EQ(guarded.leg.send(wrong), SendStatus::bad_packet);
}

}  // namespace
}  // namespace barge::test
