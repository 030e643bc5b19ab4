// SPDX-License-Identifier: Apache-2.0
// A tone generator's next frame, inside its one long segment.
#include <memory>
#include <string>

#include <barge/tone_generator.hpp>

#include "call.hpp"
#include "frames.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr ToneSegment long_beep[] = {{1400, std::chrono::hours(24)}};

}  // namespace

void register_tones() {
  for (const Format format : formats) {
    measure("mixer/tone/" + std::to_string(format.frame_samples) + "/ns", [=] {
      Tone tone;
      tone.segments = long_beep;
      const auto generator =
          std::make_shared<ToneGenerator>(ToneGenerator::create(tone, format.rate).value());
      const auto frame = std::make_shared<Frames>(1, format.frame_samples);
      return [=] { generator->fill({frame->out(0), frame->samples()}); };
    });
  }
}

}  // namespace barge::bench
