// SPDX-License-Identifier: Apache-2.0
// Ticks of a three-leg bridge in barge mode at 320 samples, for a tool that counts instructions.
#include "call.hpp"

#ifdef __clang__
#define BARGE_BENCH_OUT_OF_LINE __attribute__((noinline))
#else
#define BARGE_BENCH_OUT_OF_LINE __attribute__((noinline, noclone))
#endif

namespace {
constexpr int ticks = 1000;
}

/// Named for the tool that counts inside it.
extern "C" BARGE_BENCH_OUT_OF_LINE void counted_ticks(barge::bench::Call& call) {
  for (int i = 0; i < ticks; ++i)
    call.tick();
}

int main() {
  constexpr barge::Format format{barge::SampleRate::hz_16000, 320};
  barge::bench::Frames frames(format.frame_samples);
  barge::bench::Call call(format, frames);
  call.enter(barge::Mode::barge);
  counted_ticks(call);
  std::printf("ticks: %d\nkernel: %s\n", ticks, barge::kernel_name().data());
  return 0;
}
