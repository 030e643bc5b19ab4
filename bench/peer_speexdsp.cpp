// SPDX-License-Identifier: Apache-2.0
// The resampler of speexdsp at quality 5: 20 ms between all pairs of rates.
#include <memory>
#include <string>

#include <speex/speex_resampler.h>

#include "frames.hpp"
#include "measure.hpp"

namespace barge::bench {

void register_speexdsp() {
  constexpr int quality = 5;
  constexpr unsigned rates[] = {8000, 16000, 24000, 32000, 48000};
  for (const unsigned from : rates) {
    for (const unsigned to : rates) {
      if (from == to) continue;
      const std::string pair = std::to_string(from) + "_" + std::to_string(to);
      measure("peers/speexdsp/" + pair + "/ns", [=] {
        const std::shared_ptr<SpeexResamplerState> state(
            speex_resampler_init(1, from, to, quality, nullptr), speex_resampler_destroy);
        const auto in = std::make_shared<Frames>(1, from / 50);
        const auto out = std::make_shared<Frames>(1, to / 50);
        return [=] {
          auto taken = static_cast<spx_uint32_t>(in->samples());
          auto made = static_cast<spx_uint32_t>(out->samples());
          speex_resampler_process_int(state.get(), 0, in->in(0), &taken, out->out(0), &made);
        };
      });
    }
  }
}

}  // namespace barge::bench
