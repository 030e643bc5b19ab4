// SPDX-License-Identifier: Apache-2.0
// The whole tick of a three-leg bridge, begin_tick to the last pull, and beside it memcpy of the
// same bytes: three frames in, three frames out.
#include <chrono>
#include <cstring>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "call.hpp"

namespace barge::bench {
namespace {

void steady_tick(benchmark::State& state, Format format, Mode mode) {
  Frames frames(format.frame_samples);
  Call call(format, frames);
  call.enter(mode);
  for (auto _ : state) {
    call.tick();
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(frames.out.data());
}

/// A ramp lasts one tick, and control has to publish the next change; that stays outside. The clock
/// is read once for some bridges that change together.
void ramp_tick(benchmark::State& state, Format format) {
  constexpr std::size_t together = 16;
  Frames frames(format.frame_samples);
  std::vector<std::unique_ptr<Call>> calls;
  for (std::size_t i = 0; i < together; ++i) {
    calls.push_back(std::make_unique<Call>(format, frames));
    calls.back()->enter(Mode::barge);
  }
  for (auto _ : state) {
    for (auto& call : calls)
      call->toggle_voice();
    const auto start = std::chrono::steady_clock::now();
    for (auto& call : calls) {
      call->tick();
      benchmark::ClobberMemory();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count() / together);
  }
}

void copy_frames(benchmark::State& state, Format format) {
  Frames frames(format.frame_samples);
  const std::size_t bytes = frames.samples * sizeof(Sample);
  for (auto _ : state) {
    for (std::size_t leg = 0; leg < 3; ++leg) {
      std::memcpy(&frames.out[leg * frames.samples], &frames.in[leg * frames.samples], bytes);
      benchmark::ClobberMemory();
    }
  }
  benchmark::DoNotOptimize(frames.out.data());
}

void register_all() {
  constexpr Format formats[] = {
      {SampleRate::hz_8000, 160}, {SampleRate::hz_16000, 320}, {SampleRate::hz_48000, 960}};
  constexpr Mode modes[] = {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};
  for (const Format format : formats) {
    const std::string suffix = "/" + std::to_string(format.frame_samples);
    benchmark::RegisterBenchmark(("memcpy" + suffix).c_str(), copy_frames, format);
    for (const Mode mode : modes) {
      const std::string label = mode == Mode::off ? "plain" : std::string(name(mode));
      benchmark::RegisterBenchmark((label + suffix).c_str(), steady_tick, format, mode);
    }
    benchmark::RegisterBenchmark(("ramp" + suffix).c_str(), ramp_tick, format)
        ->UseManualTime()
        ->Iterations(500);  // by time there would be too many: control takes far longer than a tick
  }
}

}  // namespace
}  // namespace barge::bench

int main(int argc, char** argv) {
  benchmark::AddCustomContext("kernel", std::string(barge::kernel_name()));
  barge::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
