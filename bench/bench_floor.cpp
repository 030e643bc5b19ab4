// SPDX-License-Identifier: Apache-2.0
// What calls cost on which nothing happens: memory, and the time of polling. Prints JSON.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <malloc.h>
#include <time.h>

#include "call.hpp"

namespace barge::bench {
namespace {

using namespace std::chrono_literals;

/// Goes on as the benchmark says.
class SteppedClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(1'800'000'000s) + passed_; }
  SteadyTime steady() const override { return SteadyTime(1000s) + passed_; }
  void advance(std::chrono::milliseconds time) { passed_ += time; }

 private:
  std::chrono::milliseconds passed_{0};
};

constexpr Format format{SampleRate::hz_16000, 320};
constexpr std::chrono::milliseconds step{20};

/// What a media thread keeps of one call.
struct MediaSide {
  MediaPort port;
  std::array<LegId, 3> legs;
};

/// What this thread has had of a core.
std::chrono::nanoseconds thread_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Calls of a customer, an agent and a supervisor.
class CallCentre {
 public:
  CallCentre(std::size_t calls, Mode mode)
      : floor_(Floor::create({}, office().authorizer, office().sink, clock_).value()) {
    sides_.reserve(calls);
    for (std::size_t i = 0; i < calls; ++i)
      open(i, mode);
    for (int i = 0; i < 8; ++i) {
      floor_.poll_ready();
      tick();
    }
    const FloorCounters counters = floor_.counters().value();
    if (counters.monitoring != (mode == Mode::monitor ? calls : 0)) fail("not all are supervised");
  }

  /// 20 ms of all calls' media.
  void tick() {
    for (MediaSide& side : sides_)
      run_tick(side.port, side.legs, frames_);
    clock_.advance(step);
  }
  /// How long the control thread takes to poll in the same 20 ms.
  std::chrono::nanoseconds poll() {
    const auto start = thread_time();
    if (!floor_.poll_ready().empty()) ++eventful_;
    return thread_time() - start;
  }
  int eventful() const { return eventful_; }

 private:
  void open(std::size_t number, Mode mode) {
    BridgeConfig config;
    config.call = CallGid("call-" + std::to_string(number));
    config.queue = "sales";
    config.format = format;
    Bridge& bridge = *floor_.bridge(floor_.open(config).value()).value();
    MediaSide& side = sides_.emplace_back(MediaSide{bridge.media_port(), {}});
    const Role roles[] = {Role::customer, Role::agent, Role::supervisor};
    for (std::size_t i = 0; i < 3; ++i) {
      Person person;
      person.role = roles[i];
      person.id = PersonGid(std::string(name(roles[i])) + "-" + std::to_string(number));
      const Joined joined = bridge.join(person).value();
      side.legs[i] = joined.leg;
      const bool asks = roles[i] == Role::supervisor && mode != Mode::off;
      if (asks) static_cast<void>(bridge.request(joined.participant, {mode}).value());
    }
  }

  SteppedClock clock_;
  Frames frames_{3, format.frame_samples};
  Floor floor_;
  std::vector<MediaSide> sides_;
  int eventful_ = 0;
};

std::size_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double bytes_per_call() {
  constexpr std::size_t calls = 1000;
  const std::size_t before = heap_bytes();
  const CallCentre centre(calls, Mode::monitor);
  return static_cast<double>(heap_bytes() - before) / calls;
}

/// The share of a core that polling takes at 50 Hz, in percent, over a quarter of a minute.
double core_percent(std::size_t calls, Mode mode) {
  CallCentre centre(calls, mode);
  std::chrono::nanoseconds busy{0};
  constexpr int steps = 750;
  for (int i = 0; i < steps; ++i) {
    centre.tick();
    busy += centre.poll();
  }
  if (centre.eventful() != 0) fail("something has happened on an idle call");
  return 100.0 * static_cast<double>(busy.count()) / std::chrono::nanoseconds(steps * step).count();
}

}  // namespace
}  // namespace barge::bench

int main() {
  using namespace barge::bench;
  const double bytes = bytes_per_call();
  const double unsupervised = core_percent(10000, barge::Mode::off);
  const double monitored = core_percent(10000, barge::Mode::monitor);
  std::printf(
      "{\"context\": {\"compiler\": \"%s\", \"flags\": \"%s\"},\n"
      " \"floor\": {\"1000_monitored\": {\"bytes_per_call\": %.0f},\n"
      "  \"10000_unsupervised\": {\"core_percent\": %.5f},\n"
      "  \"10000_monitored\": {\"core_percent\": %.5f}}}\n",
      BARGE_BENCH_COMPILER, BARGE_BENCH_FLAGS, bytes, unsupervised, monitored);
  return 0;
}
