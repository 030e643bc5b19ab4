// SPDX-License-Identifier: Apache-2.0
// Ticks at 320 samples for a tool that counts instructions: of a call of three, or a conference.
//
// usage: barge_count_ticks barge | levels | gain | ramp | nway8 | nway128
#include <string>
#include <string_view>

#include "call.hpp"

#ifdef __clang__
#define BARGE_BENCH_OUT_OF_LINE __attribute__((noinline))
#else
#define BARGE_BENCH_OUT_OF_LINE __attribute__((noinline, noclone))
#endif

/// Named for the tool that counts inside it.
extern "C" BARGE_BENCH_OUT_OF_LINE void counted_tick(barge::bench::Call& call,
                                                     const barge::bench::Frames& frames) {
  call.tick(frames);
}

namespace {

using namespace barge;
using namespace barge::bench;

constexpr Format format{SampleRate::hz_16000, 320};
constexpr int ticks = 100;

void count_conference(std::size_t legs) {
  const Frames frames(legs, format.frame_samples);
  Call call(bridge_config(format), Roles(legs, Role::agent));
  call.settle(frames);
  for (int i = 0; i < ticks; ++i)
    counted_tick(call, frames);
}

void count_changes() {
  const Frames frames(3, format.frame_samples);
  Call call(bridge_config(format), three);
  call.enter(Mode::monitor, frames);
  for (int i = 0; i < ticks; ++i) {
    const Mode mode = i % 2 == 0 ? Mode::barge : Mode::monitor;
    call.change_to(mode);
    counted_tick(call, frames);
    call.expect(mode);
  }
}

void count_steady(std::string_view what) {
  const Frames frames(3, format.frame_samples);
  BridgeConfig config = bridge_config(format);
  if (what == "levels") config.speech.emplace();
  Call call(config, three);
  call.enter(Mode::barge, frames);
  if (what == "gain") set_gains(call, up_and_down);
  call.settle(frames);
  for (int i = 0; i < ticks; ++i)
    counted_tick(call, frames);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "nway8")
    count_conference(8);
  else if (what == "nway128")
    count_conference(128);
  else if (what == "ramp")
    count_changes();
  else if (what == "barge" || what == "levels" || what == "gain")
    count_steady(what);
  else
    fail("usage: barge_count_ticks barge | levels | gain | ramp | nway8 | nway128");
  std::printf("ticks: %d\nkernel: %s\n", ticks, kernel_name().data());
  return 0;
}
