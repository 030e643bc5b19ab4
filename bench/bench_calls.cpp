// SPDX-License-Identifier: Apache-2.0
// Calls of three in a steady mode: the whole tick, begin_tick to the last pull; the bare kernels of
// its rows; and memcpy of the same bytes, three frames in and three frames out.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bare.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

struct Case {
  std::string name;
  Mode mode = Mode::barge;
  std::optional<Gains> gains;
  bool levels = false;
};

struct Steady {
  Steady(const Case& what, Format format)
      : frames(3, format.frame_samples), call(config(what, format), three) {
    call.enter(what.mode, frames);
    if (what.gains) set_gains(call, *what.gains);
    call.settle(frames);
  }
  static BridgeConfig config(const Case& what, Format format) {
    BridgeConfig config = bridge_config(format);
    if (what.levels) config.speech.emplace();
    return config;
  }
  Frames frames;
  Call call;
};

/// The rows, and where levels are measured the energy of each leg.
class BareTick {
 public:
  BareTick(const Case& what, const Frames& frames) : levels_(what.levels), frames_(&frames) {
    const Heard heard = heard_in(what.mode);
    for (std::size_t leg = 0; leg < 3; ++leg) {
      if (what.gains)
        rows_.emplace_back(frames, leg, heard[leg], *what.gains);
      else
        rows_.emplace_back(frames, leg, heard[leg], mix::Range{0, frames.samples()});
    }
  }
  void run() const {
    for (std::size_t leg = 0; levels_ && leg < 3; ++leg)
      benchmark::DoNotOptimize(kernel_.energy(frames_->in(leg), frames_->samples()));
    for (const BareRow& row : rows_)
      row.write(kernel_);
  }

 private:
  bool levels_;
  const Frames* frames_;
  std::vector<BareRow> rows_;
  mix::RowKernels kernel_ = kernels().rows;
};

void register_call(const Case& what, Format format) {
  const std::string path = "mixer/" + what.name + "/" + std::to_string(format.frame_samples);
  const auto steady = lazily([=] { return std::make_unique<Steady>(what, format); });
  measure(path + "/tick_ns", [=] {
    Steady& scene = *(*steady)();
    return [&scene] { scene.call.tick(scene.frames); };
  });
  measure(path + "/kernel_ns", [=] {
    Steady& scene = *(*steady)();
    const BareTick bare(what, scene.frames);
    expect_same_rows(
        scene.frames, [&] { scene.call.tick(scene.frames); }, [&] { bare.run(); }, what.name);
    return [bare] { bare.run(); };
  });
  measure(path + "/memcpy_ns", [=] {
    const Frames& frames = (*steady)()->frames;
    return [&frames] { copy_all(frames); };
  });
}

}  // namespace

void register_calls() {
  const Case cases[] = {
      {"plain3", Mode::off, {}},           {"monitor3", Mode::monitor, {}},
      {"whisper3", Mode::whisper, {}},     {"barge3", Mode::barge, {}},
      {"takeover3", Mode::takeover, {}},   {"barge3_levels", Mode::barge, {}, true},
      {"gain3", Mode::barge, up_and_down}, {"gain3_down", Mode::barge, down}};
  for (const Case& what : cases) {
    for (const Format format : formats)
      register_call(what, format);
  }
}

}  // namespace barge::bench
