// SPDX-License-Identifier: Apache-2.0
// A leg in virtual time: whatever packets, clocks and threads do, a tick gets its frame.
#include <algorithm>
#include <iterator>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <barge/leg.hpp>
#include <barge/resampler.hpp>

#include "support/leg_world.hpp"

namespace barge::test {
namespace {

using std::chrono::milliseconds;

constexpr double pi = 3.14159265358979323846;

LegConfig make_config(milliseconds packet, std::uint32_t frame,
                      SampleRate rate = SampleRate::hz_16000) {
  LegConfig config;
  config.rate = config.bridge.rate = rate;
  config.bridge.frame_samples = frame;
  config.packet = packet;
  return config;
}

std::string name_of(const LegConfig& config) {
  return std::to_string(config.packet.count()) + " ms packets, frames of " +
         std::to_string(config.bridge.frame_samples);
}

/// The index in the voice of what is heard at `at`, by its noise.
std::optional<std::uint64_t> find(const std::vector<Sample>& heard, std::size_t at) {
  for (std::uint64_t index = 0; index <= at; ++index) {
    bool same = true;
    for (std::size_t i = 0; same && i < 16; ++i)
      same = heard[at + i] == noise(index + i);
    if (same) return index;
  }
  return std::nullopt;
}

/// Whether everything heard from `from` on is the noise without a sample more or less.
bool is_copy(const std::vector<Sample>& heard, std::size_t from) {
  const auto index = find(heard, from);
  if (!index) return false;
  for (std::size_t i = from; i < heard.size(); ++i) {
    if (heard[i] != noise(*index + i - from)) return false;
  }
  return true;
}

/// Counters that stand still while nothing goes wrong.
std::vector<std::uint64_t> mishaps(const LegFlow& flow) {
  return {flow.overflows, flow.missing, flow.concealed, flow.underruns, flow.splices, flow.skipped};
}

gsl::span<const Sample> since(const LegWorld& world, Nanos time) {
  const auto from =
      static_cast<std::size_t>(time / world.tick_length()) * world.config.bridge.frame_samples;
  return gsl::span<const Sample>(world.heard).subspan(from);
}

// ── Without trouble ─────────────────────────────────────────────────────────────────────────────

TEST(Leg, IsRefusedWhereItCannotWork) {
  const auto refused = [](const std::function<void(LegConfig&)>& change) {
    LegConfig config;
    change(config);
    const auto leg = Leg::create(config);
    return !leg && leg.error().code == Errc::invalid_argument;
  };
  EXPECT_FALSE(refused([](LegConfig&) {}));
  EXPECT_TRUE(refused([](LegConfig& c) { c.rate = SampleRate{11025}; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.bridge.frame_samples = 1; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.packet = 9ms; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.packet = 61ms; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.rate = SampleRate::hz_44100; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.target = 34ms; }));
  EXPECT_FALSE(refused([](LegConfig& c) { c.target = 35ms; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.target = 501ms; }));
  EXPECT_TRUE(refused([](LegConfig& c) { c.send_target = 34ms; }));
  EXPECT_FALSE(refused([](LegConfig& c) { c.send_target = 35ms; }));
}

TEST(Leg, CopiesEverySampleWhateverPacketsAndFramesThereAre) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 40ms, 60ms}) {
    for (const std::uint32_t frame : {160U, 320U, 441U}) {
      LegWorld world(make_config(packet, frame), noise);
      world.run(2s);
      const auto before = mishaps(world.in());
      world.run(60s);
      EXPECT_EQ(mishaps(world.in()), before) << name_of(world.config);
      EXPECT_EQ(world.in().drift_ppb, 0);
      EXPECT_TRUE(is_copy(world.heard, 16000)) << name_of(world.config);
      EXPECT_EQ(world.statuses.back(), ReadStatus::audio);
    }
  }
}

TEST(Leg, CopiesEverySampleAtEveryRate) {
  for (const SampleRate rate :
       {SampleRate::hz_8000, SampleRate::hz_24000, SampleRate::hz_44100, SampleRate::hz_48000}) {
    LegWorld world(make_config(20ms, hertz(rate) / 50, rate), noise);
    world.run(5s);
    EXPECT_TRUE(is_copy(world.heard, hertz(rate))) << hertz(rate);
  }
}

TEST(Leg, TakesPacketsOfAnyLength) {
  for (const SampleRate rate : {SampleRate::hz_16000, SampleRate::hz_48000}) {
    LegConfig config = make_config(20ms, 320);
    config.rate = rate;
    config.target = 100ms;
    Leg leg = Leg::create(config).value();
    auto reference = Resampler::create(rate, SampleRate::hz_16000).value();
    const std::size_t per_tick = hertz(rate) / 50;
    std::mt19937 random(1);
    std::vector<Sample> said, expected, heard, out(320), packet;
    for (std::size_t i = 0; i < 200 * per_tick; ++i)
      said.push_back(static_cast<Sample>(noise(i) / 4));
    std::size_t given = 0;
    for (std::size_t tick = 1; tick <= 200; ++tick) {
      while (given < tick * per_tick) {
        const std::size_t length =
            std::min<std::size_t>(random() % 400 + 1, tick * per_tick - given);
        EXPECT_EQ(leg.receive({said.data() + given, length}), ReceiveStatus::ok);
        given += length;
      }
      leg.read(out);
      heard.insert(heard.end(), out.begin(), out.end());
      reference.process({said.data() + (tick - 1) * per_tick, per_tick}, out);
      expected.insert(expected.end(), out.begin(), out.end());
    }
    const auto there =
        std::search(expected.begin(), expected.end(), heard.begin() + 16000, heard.end());
    EXPECT_NE(there, expected.end()) << hertz(rate);
  }
}

TEST(Leg, StartsWithTheSameDelayWhicheverSideIsFirst) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 60ms}) {
    std::vector<double> delays;
    for (const Nanos first_tick : {Nanos(0), Nanos(10s)}) {
      LegWorld world(make_config(packet, 320), tone(SampleRate::hz_16000, 1000));
      world.ticks_start = first_tick;
      if (first_tick == Nanos(0)) world.packets_start = 10s + 1ms;
      world.run(13s);
      delays.push_back(world.delay_ms());
      EXPECT_EQ(world.statuses.back(), ReadStatus::audio);
    }
    // Where neither length divides the other one, the beat between them has 10 ms.
    EXPECT_NEAR(delays[0], delays[1], packet == 30ms ? 10.1 : 4) << packet.count();
  }
}

TEST(Leg, BearsPacketsThatAreLateByLessThanTheTarget) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 60ms}) {
    LegConfig config = make_config(packet, 320);
    config.target = packet + 45ms;
    LegWorld world(config, noise);
    std::mt19937 random(7);
    std::vector<Nanos> late(30'000);
    for (Nanos& lateness : late)
      lateness = Nanos(random() % 25'000'000);
    world.lateness = [&](std::uint64_t i) { return late[i]; };
    world.run(3s);
    const auto before = mishaps(world.in());
    world.run(60s);
    EXPECT_EQ(mishaps(world.in()), before) << packet.count();
  }
}

// ── Loss ────────────────────────────────────────────────────────────────────────────────────────

TEST(Leg, FadesAroundALossThatWasReported) {
  LegWorld world(make_config(20ms, 320), tone(SampleRate::hz_16000, 1000));
  world.is_lost = [](std::uint64_t packet) { return packet >= 100 && packet % 25 == 0; };
  world.run(10s);
  const LegFlow flow = world.in();
  EXPECT_EQ(flow.lost, 16 * 320U);
  EXPECT_EQ(flow.underruns, 0U);
  EXPECT_EQ(flow.splices, 0U);
  const auto heard = since(world, 1s);
  EXPECT_LE(roughness(heard), 1250);
  EXPECT_NE(std::search_n(heard.begin(), heard.end(), 320, Sample{0}), heard.end());
  EXPECT_EQ(std::search_n(heard.begin(), heard.end(), 324, Sample{0}), heard.end());
}

struct Hum final : Concealment {
  void heard(Frame) BARGE_REALTIME override { ++whole; }
  void conceal(MutableFrame out) BARGE_REALTIME override {
    std::fill(out.begin(), out.end(), Sample{5000});
    ++concealed;
  }
  int whole = 0, concealed = 0;
};

TEST(Leg, CrossfadesIntoTheHostsConcealmentAndBack) {
  Hum hum;
  LegConfig config = make_config(20ms, 320);
  config.concealment = &hum;
  LegWorld world(config, [](std::uint64_t) { return Sample{5000}; });
  world.is_lost = [](std::uint64_t packet) { return packet > 100 && packet % 10 == 0; };
  world.run(10s);
  const auto all = std::minmax_element(world.heard.begin(), world.heard.end());
  EXPECT_GE(*all.first, 4999);
  EXPECT_LE(*all.second, 5001);
  EXPECT_EQ(hum.whole + hum.concealed, static_cast<int>(world.statuses.size()));
  EXPECT_EQ(hum.concealed,
            std::count(world.statuses.begin(), world.statuses.end(), ReadStatus::concealed));
  EXPECT_GT(hum.concealed, 39);
  EXPECT_EQ(static_cast<std::uint64_t>(hum.concealed), world.in().missing);
}

TEST(Leg, RunsDryWithoutAClickAndRebuildsItsTargetWhenLossesAreNotReported) {
  LegWorld world(make_config(20ms, 320), [](std::uint64_t) { return Sample{8000}; });
  world.is_lost = [](std::uint64_t packet) { return packet >= 100 && packet % 50 < 3; };
  world.reports_losses = false;
  world.run(2s);
  const double before = world.delay_ms();
  world.run(9900ms);
  EXPECT_EQ(world.in().underruns, 8U);
  EXPECT_NEAR(world.delay_ms(), before, 4);
  EXPECT_LE(roughness(world.heard), 40);  // of 8000 over 5 ms
}

TEST(Leg, FadesOutHoweverLittleIsLeft) {
  const std::vector<Sample> said(960, 8000);
  for (std::size_t more = 1; more <= 420; ++more) {
    Leg leg = Leg::create(make_config(20ms, 320)).value();
    std::vector<Sample> out(320), heard;
    leg.receive(said);
    leg.receive(said);
    for (int i = 0; i < 8; ++i) {
      leg.read(out);
      if (i == 0) leg.receive({said.data(), more});
      heard.insert(heard.end(), out.begin(), out.end());
    }
    EXPECT_LE(roughness(heard), 40) << more;
    EXPECT_EQ(leg.counters().in.underruns, 1U) << more;
  }
}

// ── Stalls ──────────────────────────────────────────────────────────────────────────────────────

struct Recovery {
  double before = 0, after = 0;  // delay in ms
  int rough = 0;
};

/// The delay before the stall, and in the second that begins a second after it.
Recovery stall(const LegConfig& config, Stall LegWorld::*side, Nanos length) {
  LegWorld world(config, tone(config.rate, 1000));
  world.run(5s);
  Recovery recovery;
  recovery.before = world.delay_ms();
  world.*side = {5s + 3ms, 5s + 3ms + length};
  world.run(5s + length + 2s);
  recovery.after = world.delay_ms();
  recovery.rough = roughness(since(world, 1s));
  return recovery;
}

TEST(Leg, HasItsDelayBackASecondAfterAnyStallOfTheNetwork) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 40ms, 60ms}) {
    for (const std::uint32_t frame : {160U, 320U}) {
      for (const milliseconds length : {20ms, 60ms, 200ms, 1000ms, 10'000ms}) {
        const LegConfig config = make_config(packet, frame);
        const Recovery recovery = stall(config, &LegWorld::network, length);
        EXPECT_LE(recovery.after, recovery.before + 4)
            << name_of(config) << ", " << length.count() << " ms";
        EXPECT_GE(recovery.after, recovery.before - 10.1)
            << name_of(config) << ", " << length.count() << " ms";
        EXPECT_LE(recovery.rough, 1250)
            << name_of(config) << ", " << length.count() << " ms";  // the tone: 1218
      }
    }
  }
}

TEST(Leg, HasItsDelayBackASecondAfterAnyStallOfTheMediaThread) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 40ms, 60ms}) {
    for (const std::uint32_t frame : {160U, 320U}) {
      for (const milliseconds length : {40ms, 60ms, 200ms, 1000ms, 10'000ms}) {
        const LegConfig config = make_config(packet, frame);
        const Recovery recovery = stall(config, &LegWorld::media, length);
        EXPECT_NEAR(recovery.after, recovery.before, 4)
            << name_of(config) << ", " << length.count() << " ms";
        EXPECT_LE(recovery.rough, 1250) << name_of(config) << ", " << length.count() << " ms";
      }
    }
  }
}

TEST(Leg, NeverKeepsMoreDelayThanOneTickHoweverManyStallsThereAre) {
  LegWorld world(make_config(20ms, 320), tone(SampleRate::hz_16000, 1000));
  world.run(5s);
  const double before = world.delay_ms();
  for (int i = 0; i < 20; ++i) {
    const Nanos from = 5s + i * 2s + 3ms;
    world.media = {from, from + 20ms};
    world.run(from + 2s);
    EXPECT_LE(world.delay_ms(), before + 24) << i;
  }
  EXPECT_LE(roughness(since(world, 1s)), 1250);
  EXPECT_GT(world.in().splices, 5U);
  world.run(165s);
  EXPECT_NEAR(world.delay_ms(), before, 5);
}

TEST(Leg, SplicesATalkersVoiceWhereItIsHeardLeast) {
  // A period of 110 samples, which the excess is no multiple of.
  const auto voice = [](std::uint64_t i) {
    const double phase = 2 * pi * static_cast<double>(i) / 110;
    return static_cast<Sample>(4000 *
                               (std::sin(phase) + std::sin(2 * phase) + std::sin(3 * phase)));
  };
  const auto break_in = [&](milliseconds length) {
    LegWorld world(make_config(20ms, 320), voice);
    world.media = {5s + 3ms, 5s + 3ms + length};
    world.run(8s);
    EXPECT_EQ(world.in().splices, length == 0ms ? 0U : 1U);
    int most = 0;  // the farthest from what it was three periods before
    const auto heard = since(world, 1s);
    for (std::size_t i = 0; i + 330 < heard.size(); ++i)
      most = std::max(most, std::abs(heard[i] - heard[i + 330]));
    return most;
  };
  EXPECT_EQ(break_in(0ms), 0);
  EXPECT_LE(break_in(60ms), 60);
}

// ── Drift ───────────────────────────────────────────────────────────────────────────────────────

struct Drift {
  double ppm;
  double hz;
  milliseconds packet;
  milliseconds jitter;
};

void expect_followed(const Drift& drift) {
  LegConfig config = make_config(drift.packet, 320);
  config.target = drift.packet + 20ms + drift.jitter;
  LegWorld world(config, tone(config.rate, drift.hz));
  world.leg_ppm = drift.ppm;
  world.packets_start = 1700us;
  std::mt19937 random(3);
  std::vector<Nanos> late(70'000);
  for (Nanos& lateness : late)
    lateness = drift.jitter == 0ms
                   ? Nanos(0)
                   : Nanos(static_cast<std::int64_t>(random()) % Nanos(drift.jitter).count());
  world.lateness = [&](std::uint64_t i) { return late[i]; };
  world.run(3s);
  const auto before = mishaps(world.in());
  const double usual = world.delay_ms();
  for (int second = 4; second <= 600; ++second) {
    world.run(second * 1s);
    ASSERT_NEAR(world.delay_ms(), usual, 32) << second;
  }
  EXPECT_EQ(mishaps(world.in()), before);
  EXPECT_NEAR(world.in().drift_ppb, drift.ppm * 1000, 60'000);
  const auto heard = since(world, 1s);
  double worst = -200;
  for (std::size_t i = 0; i + 320 <= heard.size(); i += std::size_t{6} * 320)
    worst = std::max(worst, artefacts_db(heard.subspan(i, 320), 2 * pi * drift.hz / 16000));
  EXPECT_LE(worst, -80);
}

TEST(Leg, FollowsAClockThatIsFastForTenMinutes) {
  expect_followed({200, 1000, 20ms, 0ms});
}
TEST(Leg, FollowsAClockThatIsSlowForTenMinutes) {
  expect_followed({-200, 1000, 30ms, 0ms});
}
TEST(Leg, FollowsAClockThroughJitterAndHighTones) {
  expect_followed({200, 3000, 20ms, 10ms});
}

// ── Outwards ────────────────────────────────────────────────────────────────────────────────────

struct Outgoing {
  explicit Outgoing(const LegConfig& config)
      : leg(Leg::create(config).value()),
        row(config.bridge.frame_samples),
        packet(hertz(config.rate) * static_cast<std::size_t>(config.packet.count()) / 1000) {}
  void write() {
    for (Sample& sample : row)
      sample = noise(said++);
    EXPECT_EQ(leg.write(row), WriteStatus::ok);
  }
  SendStatus send() {
    const SendStatus status = leg.send(packet);
    if (status == SendStatus::ok) sent.insert(sent.end(), packet.begin(), packet.end());
    return status;
  }
  Leg leg;
  std::vector<Sample> row, packet, sent;
  std::uint64_t said = 0;
};

TEST(Leg, SendsEveryPacketAsSoonAsItIsWhole) {
  for (const milliseconds packet : {10ms, 20ms, 30ms, 60ms}) {
    Outgoing out(make_config(packet, 320));
    for (int tick = 0; tick < 3000; ++tick) {
      out.write();
      while (out.send() == SendStatus::ok) {
      }
      EXPECT_EQ(out.sent.size(), out.said / out.packet.size() * out.packet.size());
    }
    EXPECT_TRUE(is_copy(out.sent, 0));
  }
}

TEST(Leg, DoesNotSendWhatPiledUpWhileTheNetworkThreadStoodStill) {
  Outgoing out(make_config(20ms, 320));
  for (int tick = 0; tick < 500; ++tick)
    out.leg.write(out.row);
  int packets = 0;
  while (out.send() == SendStatus::ok)
    ++packets;
  EXPECT_EQ(packets, 1);
  EXPECT_EQ(out.leg.counters().out.splices, 1U);
  EXPECT_GT(out.leg.counters().out.overflows, 400U);
  out.write();
  EXPECT_EQ(out.send(), SendStatus::ok);
  EXPECT_EQ(out.send(), SendStatus::not_yet);
}

TEST(Leg, SendsOnTheLegsOwnClockOneWholePacketEveryTime) {
  LegConfig config = make_config(10ms, 320);
  config.rate = SampleRate::hz_48000;
  config.send_target = 40ms;
  Outgoing out(config);
  double next_send = 0.5;  // in ms, by a clock that is 150 ppm fast
  for (int tick = 0; tick < 15'000; ++tick) {
    for (; next_send < tick * 20; next_send += 10 * (1 - 150e-6))
      EXPECT_EQ(out.leg.send(out.packet), SendStatus::ok);
    out.write();
  }
  const LegFlow flow = out.leg.counters().out;
  EXPECT_EQ(flow.underruns, 0U);
  EXPECT_EQ(flow.splices, 0U);
  EXPECT_LT(flow.missing, 10U);
  EXPECT_NEAR(flow.drift_ppb, -150'000, 60'000);
}

// ── Misuse ──────────────────────────────────────────────────────────────────────────────────────

TEST(Leg, DropsAndCountsWhatFindsNoRoomAndFadesThere) {
  Leg leg = Leg::create(make_config(20ms, 320)).value();
  const std::vector<Sample> packet(320, 9000);
  std::vector<Sample> out(320), heard;
  ReceiveStatus last = ReceiveStatus::ok;
  for (int i = 0; i < 100; ++i)
    last = leg.receive(packet);
  EXPECT_EQ(last, ReceiveStatus::overflow);
  const LegFlow flow = leg.counters().in;
  EXPECT_EQ(flow.pieces + flow.overflows, 100U);
  EXPECT_EQ(flow.samples, flow.pieces * 320);
  for (int i = 0; i < 10; ++i) {
    leg.read(out);
    leg.receive(packet);
    heard.insert(heard.end(), out.begin(), out.end());
  }
  EXPECT_LE(roughness(heard), 40);
  const auto loud = std::find_if(heard.begin(), heard.end(), [](Sample s) { return s > 8990; });
  const auto torn = std::find_if(loud, heard.end(), [](Sample s) { return s < 200; });
  EXPECT_NE(torn, heard.end());
}

TEST(Leg, AnswersMisuseAndChangesNothing) {
  Leg leg = Leg::create(make_config(20ms, 320)).value();
  std::vector<Sample> wrong(319, 1), nothing, too_long(961, 1);
  EXPECT_EQ(leg.receive(nothing), ReceiveStatus::bad_packet);
  EXPECT_EQ(leg.receive(too_long), ReceiveStatus::bad_packet);
  EXPECT_EQ(leg.lost(0), ReceiveStatus::bad_packet);
  EXPECT_EQ(leg.lost(961), ReceiveStatus::bad_packet);
  EXPECT_EQ(leg.write(wrong), WriteStatus::bad_frame);
  EXPECT_EQ(leg.send(wrong), SendStatus::bad_packet);
  EXPECT_EQ(leg.read(wrong), ReadStatus::bad_frame);
  EXPECT_EQ(std::count(wrong.begin(), wrong.end(), 0), 319);
  EXPECT_EQ(leg.counters().in.pieces + leg.counters().in.frames, 0U);
  EXPECT_EQ(leg.counters().out.pieces + leg.counters().out.frames, 0U);
}

}  // namespace
}  // namespace barge::test
