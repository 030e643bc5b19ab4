// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <benchmark/benchmark.h>

#include <barge/kernel.hpp>

#include "measure.hpp"

int main(int argc, char** argv) {
  using namespace barge::bench;
  benchmark::AddCustomContext("kernel", std::string(barge::kernel_name()));
  benchmark::AddCustomContext("compiler", BARGE_BENCH_COMPILER);
  benchmark::AddCustomContext("flags", BARGE_BENCH_FLAGS);
  register_calls();
  register_changes();
  register_limits();
  register_nway();
  register_rates();
  register_g711();
  register_bridges();
  register_legs();
  register_tones();
#if BARGE_BENCH_AUMIX
  register_aumix();
#endif
#if BARGE_BENCH_SPANDSP
  register_spandsp();
#endif
#if BARGE_BENCH_SPEEXDSP
  register_speexdsp();
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
