// SPDX-License-Identifier: Apache-2.0
// A call of three in barge mode whose rows are limited: such as never clip, and such as always do.
#include <memory>
#include <string>

#include "call.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

struct Limited {
  Limited(Format format, int loudness_bits)
      : frames(3, format.frame_samples, loudness_bits), call(config(format), three) {
    call.enter(Mode::barge, frames);
  }
  static BridgeConfig config(Format format) {
    BridgeConfig config = bridge_config(format);
    config.overload = Overload::limit;
    return config;
  }
  Frames frames;
  Call call;
};

void register_limit(const std::string& name, int loudness_bits) {
  constexpr Format format{SampleRate::hz_16000, 320};
  const auto limited = lazily([=] { return std::make_unique<Limited>(format, loudness_bits); });
  measure("mixer/" + name + "/320/tick_ns", [=] {
    Limited& scene = *(*limited)();
    return [&scene] { scene.call.tick(scene.frames); };
  });
  measure("mixer/" + name + "/320/memcpy_ns", [=] {
    const Frames& frames = (*limited)()->frames;
    return [&frames] { copy_all(frames); };
  });
}

}  // namespace

void register_limits() {
  register_limit("barge3_limit_quiet", 14);
  register_limit("barge3_limit_loud", 16);
}

}  // namespace barge::bench
