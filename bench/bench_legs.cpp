// SPDX-License-Identifier: Apache-2.0
// A leg with a clock of its own: what it adds to a tick (read and write) and to a packet (receive
// and send). Each part needs the other, which stays outside of its time.
#include <memory>
#include <string>
#include <vector>

#include <barge/leg.hpp>

#include "call.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr std::size_t together = 16;
constexpr Format bridge_format{SampleRate::hz_16000, 320};

struct Network {
  explicit Network(SampleRate rate) : packet(1, hertz(rate) / 50), frame(1, 320) {
    LegConfig config;
    config.rate = rate;
    config.bridge = bridge_format;
    for (std::size_t i = 0; i < together; ++i)
      legs.push_back(Leg::create(config).value());
    for (int i = 0; i < 100; ++i) {
      exchange();
      tick();
    }
    if (legs[0].counters().in.frames < 50) fail("the leg gives no audio");
  }
  std::chrono::nanoseconds exchange() {
    return time_of([&] {
      for (Leg& leg : legs) {
        leg.receive({packet.in(0), packet.samples()});
        leg.send({packet.out(0), packet.samples()});
      }
    });
  }
  std::chrono::nanoseconds tick() {
    return time_of([&] {
      for (Leg& leg : legs) {
        leg.read({frame.out(0), frame.samples()});
        leg.write({frame.in(0), frame.samples()});
      }
    });
  }
  Frames packet, frame;
  std::vector<Leg> legs;
};

void register_leg(SampleRate rate) {
  const std::string path = "mixer/leg/" + std::to_string(hertz(rate)) + "_in_16000";
  const auto network = lazily([=] { return std::make_unique<Network>(rate); });
  measure_part(
      path + "/read_write_ns",
      [=] {
        Network& scene = *(*network)();
        return [&scene] {
          scene.exchange();
          return scene.tick();
        };
      },
      50, together);
  measure_part(
      path + "/receive_send_ns",
      [=] {
        Network& scene = *(*network)();
        return [&scene] {
          const auto took = scene.exchange();
          scene.tick();
          return took;
        };
      },
      50, together);
}

}  // namespace

void register_legs() {
  for (const SampleRate rate : {SampleRate::hz_8000, SampleRate::hz_16000, SampleRate::hz_48000})
    register_leg(rate);
}

}  // namespace barge::bench
