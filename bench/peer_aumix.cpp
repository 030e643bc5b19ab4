// SPDX-License-Identifier: Apache-2.0
// The conference mixer of librem (the one of baresip): N sources who hear all others, at 16 kHz.
//
// It mixes on a thread of its own, which sleeps between ticks and asks the clock whether one is
// due. This program is that clock: each sleep ends at once and each look at the clock finds the
// next tick due. What is measured is the time between two sleeps, so one tick: its locks, the
// reading of each source's buffer, the N rows, and the N handlers, which copy their row out as
// pull() does. No sleep or wake-up is in it. Filling the buffers, what push() is here, is measured
// beside.
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

extern "C" {
#include <re/re_types.h>
// They need the one above.
#include <re/re_mem.h>
#include <rem/rem_aumix.h>
}

#include "call.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr std::uint32_t rate = 16000, tick_ms = 20;
constexpr std::size_t samples = rate / 1000 * tick_ms;
constexpr int prefilled = 8;  // its buffers give nothing before they have held six frames

class Aumix;
thread_local Aumix* aumix_of_thread = nullptr;

struct Times {
  std::chrono::nanoseconds mix{}, put{};
};

class Aumix {
 public:
  explicit Aumix(std::size_t sources) : frames_(sources, samples), listeners_(sources) {
    if (aumix_alloc(&mixer_, rate, 1, tick_ms) != 0) fail("aumix_alloc failed");
    for (std::size_t i = 0; i < sources; ++i) {
      listeners_[i] = {this, frames_.out(i)};
      aumix_source* source = nullptr;
      if (aumix_source_alloc(&source, mixer_, heard, &listeners_[i]) != 0) {
        fail("aumix_source_alloc failed");
      }
      sources_.push_back(source);
    }
    for (int i = 0; i < prefilled; ++i)
      put_all();
    for (aumix_source* const source : sources_)
      aumix_source_enable(source, true);
    run(prefilled);
    expect_mixed();
  }
  Aumix(const Aumix&) = delete;
  Aumix& operator=(const Aumix&) = delete;
  ~Aumix() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (aumix_source* const source : sources_)
      mem_deref(source);
    mem_deref(mixer_);
  }

  /// The time of so many ticks.
  Times run(int ticks) {
    std::unique_lock lock(mutex_);
    times_ = {};
    left_ = ticks;
    changed_.notify_all();
    changed_.wait(lock, [this] { return left_ == 0; });
    return times_;
  }

  /// The mixer's thread is here when it thinks that it sleeps.
  void sleep() {
    const auto now = std::chrono::steady_clock::now();
    {
      std::unique_lock lock(mutex_);
      if (in_tick_) {
        times_.mix += now - began_;
        if (--left_ == 0) changed_.notify_all();
      }
      in_tick_ = false;
      changed_.wait(lock, [this] { return left_ > 0 || stopped_; });
      if (stopped_) return;
      in_tick_ = true;
    }
    times_.put += time_of([this] { put_all(); });
    began_ = std::chrono::steady_clock::now();
  }

 private:
  struct Listener {
    Aumix* aumix = nullptr;
    Sample* out = nullptr;
  };

  static void heard(const std::int16_t* row, std::size_t count, void* argument) {
    const auto& listener = *static_cast<const Listener*>(argument);
    aumix_of_thread = listener.aumix;
    std::memcpy(listener.out, row, count * sizeof(Sample));
  }

  /// Whether the first listener got all the others; rows wrap around where they are too loud.
  void expect_mixed() const {
    for (std::size_t k = 0; k < samples; ++k) {
      std::int32_t sum = 0;
      for (std::size_t i = 1; i < frames_.legs(); ++i)
        sum += frames_.in(i)[k];
      if (static_cast<Sample>(sum) != frames_.out(0)[k]) fail("aumix wrote another row");
    }
  }

  void put_all() {
    for (std::size_t i = 0; i < sources_.size(); ++i)
      aumix_source_put(sources_[i], frames_.in(i), samples);
  }

  Frames frames_;
  std::vector<Listener> listeners_;
  aumix* mixer_ = nullptr;
  std::vector<aumix_source*> sources_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_ = 0;
  bool stopped_ = false;
  bool in_tick_ = false;
  std::chrono::steady_clock::time_point began_;
  Times times_;
};

}  // namespace

void register_aumix() {
  struct Size {
    std::size_t sources;
    int ticks, calls;
  };
  for (const auto [sources, ticks, calls] :
       {Size{3, 100, 10}, Size{8, 50, 5}, Size{32, 10, 2}, Size{128, 1, 2}, Size{512, 1, 1}}) {
    const std::string path = "peers/aumix/" + std::to_string(sources);
    const std::size_t count = sources;
    const int together = ticks;
    const auto aumix = lazily([=] { return std::make_unique<Aumix>(count); });
    measure_part(
        path + "/ns",
        [=] {
          Aumix& mixer = *(*aumix)();
          return [&mixer, together] { return mixer.run(together).mix; };
        },
        calls, together);
    measure_part(
        path + "/put_ns",
        [=] {
          Aumix& mixer = *(*aumix)();
          return [&mixer, together] { return mixer.run(together).put; };
        },
        calls, together);
  }
}

}  // namespace barge::bench

// The library's sleep and clock.

extern "C" int usleep(unsigned) {
  if (barge::bench::aumix_of_thread != nullptr) barge::bench::aumix_of_thread->sleep();
  return 0;
}

extern "C" std::uint64_t tmr_jiffies() {
  static thread_local std::uint64_t now = 1000;
  return now += barge::bench::tick_ms;
}
