// SPDX-License-Identifier: Apache-2.0
// Legs at other rates than the bridge's: 20 ms in each direction between all pairs of rates, and a
// whole tick with one leg of 8 kHz in a bridge of 48 kHz.
#include <memory>
#include <string>

#include "call.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr SampleRate rates[] = {SampleRate::hz_8000, SampleRate::hz_16000, SampleRate::hz_24000,
                                SampleRate::hz_32000, SampleRate::hz_48000};

std::size_t samples_at(SampleRate rate) {
  return hertz(rate) / 50;
}

void register_pair(SampleRate from, SampleRate to) {
  const std::string path =
      "mixer/mixed_rate/" + std::to_string(hertz(from)) + "_" + std::to_string(hertz(to));
  measure(path + "/ns", [=] {
    const auto resampler = std::make_shared<Resampler>(Resampler::create(from, to).value());
    const auto in = std::make_shared<Frames>(1, samples_at(from));
    const auto out = std::make_shared<Frames>(1, samples_at(to));
    return [=] { resampler->process({in->in(0), in->samples()}, {out->out(0), out->samples()}); };
  });
}

struct NarrowLeg {
  explicit NarrowLeg(Format format)
      : frames(3, format.frame_samples),
        narrow(1, samples_at(SampleRate::hz_8000)),
        call(bridge_config(format), three),
        up(Resampler::create(SampleRate::hz_8000, format.rate).value()),
        down(Resampler::create(format.rate, SampleRate::hz_8000).value()) {
    call.enter(Mode::barge, frames);
  }
  void tick() {
    up.process({narrow.in(0), narrow.samples()}, {frames.in(0), frames.samples()});
    call.tick(frames);
    down.process({frames.out(0), frames.samples()}, {narrow.out(0), narrow.samples()});
  }
  Frames frames, narrow;
  Call call;
  Resampler up, down;
};

}  // namespace

void register_rates() {
  for (const SampleRate from : rates) {
    for (const SampleRate to : rates) {
      if (from != to) register_pair(from, to);
    }
  }
  constexpr Format format{SampleRate::hz_48000, 960};
  const auto mixed = lazily([=] { return std::make_unique<NarrowLeg>(format); });
  measure("mixer/mixed_rate/8000_in_48000/tick_ns", [=] {
    NarrowLeg& scene = *(*mixed)();
    return [&scene] { scene.tick(); };
  });
  measure("mixer/mixed_rate/8000_in_48000/memcpy_ns", [=] {
    const Frames& frames = (*mixed)()->frames;
    return [&frames] { copy_all(frames); };
  });
}

}  // namespace barge::bench
