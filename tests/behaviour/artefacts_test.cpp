// SPDX-License-Identifier: Apache-2.0
// What a listener may hear of the mixer itself: nothing at a change of mode, little when it limits.
#include <gtest/gtest.h>

#include "support/call.hpp"
#include "support/spectrum.hpp"

namespace barge::test {
namespace {

constexpr double rate = 16000;

/// Ticks in which these parties say sines of 1 kHz, and what the listener gets.
class Tone {
 public:
  Tone(Call& call, Party& listener, std::vector<Party*> speakers, double amplitude, double hertz)
      : call_(call),
        listener_(listener),
        speakers_(std::move(speakers)),
        amplitude_(amplitude),
        hertz_(hertz) {}
  void ticks(int count) {
    for (int i = 0; i < count; ++i) {
      for (Party* const speaker : speakers_)
        speaker->in = sine(hertz_, rate, amplitude_, at_, Call::frame);
      call_.tick();
      at_ += Call::frame;
      heard.insert(heard.end(), listener_.out.begin(), listener_.out.end());
    }
  }
  std::vector<Sample> heard;

 private:
  Call& call_;
  Party& listener_;
  std::vector<Party*> speakers_;
  double amplitude_, hertz_;
  std::size_t at_ = 0;
};

TEST(ModeChange, OfATonePutsLessThanMinus85DbBeside) {
  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  customer.in.assign(Call::frame, 0);
  Tone tone(call, customer, {&agent}, 20000, 1000);
  tone.ticks(4);
  for (const bool muted : {true, false}) {
    tone.heard.clear();
    tone.ticks(16);
    static_cast<void>(call.bridge->set_muted(agent.ids.participant, muted).value());
    tone.ticks(16);
    double worst = 0;
    for (double hertz = 2500; hertz <= 8000; hertz += 5)
      worst = std::max(worst, magnitude_at(tone.heard, hertz, rate));
    EXPECT_LE(decibels(worst / 20000), -85) << (muted ? "closing" : "opening");
  }
}

BridgeConfig limiting() {
  BridgeConfig config = Call::config();
  config.overload = Overload::limit;
  return config;
}

struct TwoLoud {
  explicit TwoLoud(const BridgeConfig& config, double amplitude, double hertz = 1000)
      : call(config), tone(call, customer, {&a, &b}, amplitude, hertz) {
    customer.in.assign(Call::frame, 0);
    tone.ticks(3);
    tone.heard.clear();
  }
  Call call;
  Party& customer = call.customer();
  Party& a = call.agent("a");
  Party& b = call.agent("b");
  Tone tone;
};

TEST(Limiter, DistortsLessThanMinus36DbAt1Point2TimesFullScale) {
  for (const double hertz : {100.0, 440.0, 1000.0, 3000.0}) {
    TwoLoud loud(limiting(), 0.6 * 32767, hertz);
    loud.tone.ticks(100);
    const SineFit fit = fit_sine(loud.tone.heard, hertz, rate);
    EXPECT_LE(decibels(fit.rest / (fit.amplitude / std::sqrt(2))), -36) << hertz << " Hz";
    EXPECT_GT(fit.amplitude, 31000) << hertz << " Hz";
  }
}

TEST(Limiter, IsBetterThanSaturation) {
  TwoLoud loud(Call::config(), 0.6 * 32767);
  loud.tone.ticks(100);
  const SineFit fit = fit_sine(loud.tone.heard, 1000, rate);
  EXPECT_GT(decibels(fit.rest / (fit.amplitude / std::sqrt(2))), -36);
}

TEST(Limiter, LeavesARowThatFitsAsItIsBitForBit) {
  TwoLoud limited(limiting(), 0.4999 * 32767), saturated(Call::config(), 0.4999 * 32767);
  limited.tone.ticks(20);
  saturated.tone.ticks(20);
  EXPECT_EQ(limited.tone.heard, saturated.tone.heard);
}

TEST(Limiter, LeavesARowWithTheLowestSampleAsItIs) {
  Call call(limiting());
  Party& customer = call.customer();
  Party& agent = call.agent();
  call.settle();
  customer.in.assign(Call::frame, 0);
  agent.in.assign(Call::frame, 30000);
  agent.in[80] = INT16_MIN;
  Party& second = call.agent("second");
  second.in.assign(Call::frame, 0);
  call.tick();
  call.tick();
  EXPECT_EQ(customer.out, agent.in);
}

TEST(Limiter, GivesEveryRowItMayTurnDownAnIdOfItsOwn) {
  TwoLoud loud(limiting(), 0.6 * 32767);
  Party& second = loud.call.customer("second");
  static_cast<void>(loud.call.bridge->set_muted(loud.customer.ids.participant, true).value());
  static_cast<void>(loud.call.bridge->set_muted(second.ids.participant, true).value());
  loud.tone.ticks(3);
  auto tick = loud.call.port->begin_tick();
  const auto mixed = std::move(tick).mix();
  EXPECT_NE(mixed.row(loud.customer.ids.leg).id, mixed.row(second.ids.leg).id);
  EXPECT_EQ(mixed.row(loud.customer.ids.leg).kind, RowKind::own);
}

TEST(Limiter, LetsGoSmoothlyWhateverTheFrameLength) {
  for (const Format format : {Format{SampleRate::hz_44100, 441}, Format{SampleRate::hz_16000, 80},
                              Format{SampleRate::hz_8000, 480}}) {
    BridgeConfig config = limiting();
    config.format = format;
    ScriptedAuthorizer authorizer;
    MemorySink sink;
    Bridge bridge = Bridge::create(config, authorizer, sink).value();
    const LegId ear = bridge.join({Role::customer, PersonGid("ear")}).value().leg;
    const LegId a = bridge.join({Role::agent, PersonGid("a")}).value().leg;
    const LegId b = bridge.join({Role::agent, PersonGid("b")}).value().leg;
    MediaPort port = bridge.media_port();
    std::vector<Sample> in(format.frame_samples), out(format.frame_samples);
    int last = 0, steepest = 0;
    for (int i = 0; i < 40; ++i) {
      std::fill(in.begin(), in.end(), static_cast<Sample>(i < 20 ? 25000 : 16000));
      auto tick = port.begin_tick();
      tick.push(a, in);
      tick.push(b, in);
      std::move(tick).mix().pull(ear, out);
      for (std::size_t n = 0; n < out.size(); ++n) {
        if (i > 20) steepest = std::max(steepest, std::abs(out[n] - last));
        last = out[n];
      }
    }
    EXPECT_LE(steepest, 20) << hertz(format.rate) << ' ' << format.frame_samples;
    EXPECT_GT(last, 20000);
  }
}

TEST(Limiter, LetsGoAfterTheOverload) {
  TwoLoud loud(limiting(), 0.6 * 32767);
  loud.tone.ticks(10);
  Tone quiet(loud.call, loud.customer, {&loud.a, &loud.b}, 1000, 1000);
  quiet.ticks(40);
  quiet.heard.clear();
  quiet.ticks(1);
  std::vector<Sample> sum;
  for (std::size_t i = 0; i < Call::frame; ++i)
    sum.push_back(static_cast<Sample>(loud.a.in[i] + loud.b.in[i]));
  EXPECT_EQ(quiet.heard, sum);
}

TEST(Limiter, GoesOnWhenThePlanChanges) {
  TwoLoud loud(limiting(), 0.6 * 32767);
  loud.tone.ticks(10);
  loud.tone.heard.clear();
  for (int i = 0; i < 20; ++i) {
    loud.call.supervisor("supervisor " + std::to_string(i));
    loud.tone.ticks(1);
  }
  const SineFit fit = fit_sine(loud.tone.heard, 1000, rate);
  EXPECT_LE(decibels(fit.rest / (fit.amplitude / std::sqrt(2))), -36);
}

}  // namespace
}  // namespace barge::test
