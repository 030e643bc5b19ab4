// SPDX-License-Identifier: Apache-2.0
// How the benchmarks are declared. A benchmark's name is where its time stands in the summary:
// `mixer/barge3/320/tick_ns`.
#pragma once

#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "frames.hpp"

namespace barge::bench {

/// Made by the first repetition that needs it and kept for the others: set-up is no part of any.
template <class Make>
class Lazily {
 public:
  explicit Lazily(Make make) : make_(std::move(make)) {}
  auto& operator()() {
    if (!made_) made_.emplace(make_());
    return *made_;
  }

 private:
  Make make_;
  std::optional<decltype(std::declval<Make&>()())> made_;
};

template <class Make>
auto lazily(Make make) {
  return std::make_shared<Lazily<Make>>(std::move(make));
}

/// Measures the function that `set_up` returns. It does `per_call` of what is measured in each
/// call, so that the time is of one.
template <class SetUp>
void measure(const std::string& name, SetUp set_up, double per_call = 1) {
  const auto step = lazily(std::move(set_up));
  benchmark::RegisterBenchmark(name.c_str(), [step, per_call](benchmark::State& state) {
    auto& run = (*step)();
    for (auto _ : state) {
      run();
      benchmark::ClobberMemory();
    }
    state.counters["per"] = per_call;
  });
}

/// The same for a function that measures a part of itself and returns the time of that.
template <class SetUp>
void measure_part(const std::string& name, SetUp set_up, int calls, double per_call) {
  const auto step = lazily(std::move(set_up));
  const auto run_all = [step, per_call](benchmark::State& state) {
    auto& run = (*step)();
    for (auto _ : state)
      state.SetIterationTime(std::chrono::duration<double>(run()).count());
    state.counters["per"] = per_call;
  };
  benchmark::RegisterBenchmark(name.c_str(), run_all)->UseManualTime()->Iterations(calls);
}

template <class Function>
std::chrono::nanoseconds time_of(const Function& function) {
  const auto start = std::chrono::steady_clock::now();
  function();
  benchmark::ClobberMemory();
  return std::chrono::steady_clock::now() - start;
}

/// What any mixer has to do at least: reads every frame and writes every row.
inline void copy_all(const Frames& frames) {
  const std::size_t bytes = frames.samples() * sizeof(Sample);
  for (std::size_t leg = 0; leg < frames.legs(); ++leg) {
    std::memcpy(frames.out(leg), frames.in(leg), bytes);
    benchmark::ClobberMemory();
  }
}

// One function for each file of benchmarks.
void register_calls();
void register_changes();
void register_limits();
void register_nway();
void register_rates();
void register_g711();
void register_bridges();
void register_legs();
void register_tones();
void register_aumix();
void register_spandsp();
void register_speexdsp();

}  // namespace barge::bench
