// SPDX-License-Identifier: Apache-2.0
// The tick of a mode change: 5 ms of ramp and then the new rows. Control has to publish each
// change, which stays outside; the clock is read once for some calls that change together.
#include <memory>
#include <string>
#include <vector>

#include "bare.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr std::size_t together = 16;

struct Changing {
  explicit Changing(Format format) : frames(3, format.frame_samples) {
    for (std::size_t i = 0; i < together; ++i) {
      calls.push_back(std::make_unique<Call>(bridge_config(format), three));
      calls.back()->enter(Mode::monitor, frames);
    }
    change(Mode::barge);
    change(Mode::monitor);
  }
  std::chrono::nanoseconds change(Mode mode) {
    for (const auto& call : calls)
      call->change_to(mode);
    const auto took = time_of([&] {
      for (const auto& call : calls) {
        call->tick(frames);
        benchmark::ClobberMemory();
      }
    });
    calls.front()->expect(mode);
    return took;
  }
  Frames frames;
  std::vector<std::unique_ptr<Call>> calls;
};

/// Between monitoring and barging only the supervisor's voice opens or closes, in two rows.
class BareChange {
 public:
  BareChange(const Frames& frames, Format format)
      : ramp_(ramp_samples(format.rate)),
        frames_(&frames),
        rising_(mix::rising_window(ramp_)),
        falling_(rising_.rbegin(), rising_.rend()) {
    const Heard monitor = heard_in(Mode::monitor), barge = heard_in(Mode::barge);
    const mix::Range after{ramp_, frames.samples()};
    for (std::size_t leg = 0; leg < 2; ++leg) {
      monitor_.emplace_back(frames, leg, monitor[leg], after);
      barge_.emplace_back(frames, leg, barge[leg], after);
    }
    supervisor_.emplace_back(frames, 2, monitor[2], mix::Range{0, frames.samples()});
  }
  void run(Mode to) const {
    const bool opens = to == Mode::barge;
    const mix::Term voice{frames_->in(2), {}};
    for (std::size_t leg = 0; leg < 2; ++leg) {
      const Sample* const other = frames_->in(1 - leg);
      mix::RowSources sources;
      sources.plus = {&other, 1};
      (opens ? sources.opening : sources.closing) = {&voice, 1};
      kernel_.mix(sources, {rising_.data(), falling_.data()}, {0, ramp_}, frames_->out(leg));
      (opens ? barge_ : monitor_)[leg].write(kernel_);
    }
    supervisor_[0].write(kernel_);
  }

 private:
  std::size_t ramp_;
  const Frames* frames_;
  std::vector<Sample> rising_, falling_;
  std::vector<BareRow> monitor_, barge_, supervisor_;
  mix::RowKernels kernel_ = kernels().rows;
};

void register_change(Format format) {
  const std::string path = "mixer/ramp3/" + std::to_string(format.frame_samples);
  const auto changing = lazily([=] { return std::make_unique<Changing>(format); });
  const auto up_and_back = [=] {
    Changing& scene = *(*changing)();
    return [&scene] {
      const auto up = scene.change(Mode::barge);
      return up + scene.change(Mode::monitor);
    };
  };
  measure_part(path + "/tick_ns", up_and_back, 25, 2 * together);
  measure(
      path + "/kernel_ns",
      [=] {
        Changing& scene = *(*changing)();
        const BareChange bare(scene.frames, format);
        for (const Mode mode : {Mode::barge, Mode::monitor}) {
          expect_same_rows(
              scene.frames, [&] { scene.change(mode); }, [&] { bare.run(mode); }, "ramp3");
        }
        return [bare] {
          bare.run(Mode::barge);
          bare.run(Mode::monitor);
        };
      },
      2);
  measure(path + "/memcpy_ns", [=] {
    const Frames& frames = (*changing)()->frames;
    return [&frames] { copy_all(frames); };
  });
}

}  // namespace

void register_changes() {
  for (const Format format : formats)
    register_change(format);
}

}  // namespace barge::bench
