// SPDX-License-Identifier: Apache-2.0
// Conferences: N parties who hear all others, at 16 kHz.
#include <memory>
#include <string>
#include <vector>

#include "bare.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr Format format{SampleRate::hz_16000, 320};

struct Conference {
  explicit Conference(const Frames& lent)
      : frames(lent), call(bridge_config(format), Roles(lent.legs(), Role::agent)) {
    call.settle(frames);
  }

  /// The first parties do not hear the one after them.
  void exclude(std::size_t listeners) {
    const std::size_t count = call.legs().size();
    for (std::size_t i = 0; i < listeners; ++i) {
      const Status muted = call.bridge().set_edge_muted(call.participant(i),
                                                        call.participant((i + 1) % count), true);
      if (!muted) fail(muted.error().message);
    }
    call.settle(frames);
  }

  void mute_from(std::size_t first) {
    for (std::size_t i = first; i < call.legs().size(); ++i) {
      const Status muted = call.bridge().set_muted(call.participant(i), true);
      if (!muted) fail(muted.error().message);
    }
    call.settle(frames);
  }

  const Frames& frames;
  Call call;
};

/// Mix-minus by a bus: it is filled once, and each speaker is taken off it in his own row.
class BareMixMinus {
 public:
  BareMixMinus(const Frames& frames, std::size_t speakers)
      : frames_(&frames),
        total_(frames.samples()),
        first_(frames.samples()),
        second_(frames.samples()) {
    for (std::size_t i = 0; i < speakers; ++i)
      speakers_.push_back(frames.in(i));
  }
  void run() const {
    const mix::Bus bus{total_.data(), first_.data(), second_.data()};
    const mix::Range all{0, frames_->samples()};
    kernel_.fill_bus(speakers_, all, bus);
    for (std::size_t i = 0; i < speakers_.size(); ++i)
      kernel_.subtract(bus, speakers_[i], all, frames_->out(i));
    for (std::size_t i = speakers_.size(); i < frames_->legs(); ++i)
      std::memcpy(frames_->out(i), first_.data(), frames_->samples() * sizeof(Sample));
  }

 private:
  const Frames* frames_;
  std::vector<const Sample*> speakers_;
  Aligned<std::int32_t> total_;
  Aligned<Sample> first_, second_;
  mix::RowKernels kernel_ = kernels().rows;
};

template <class Scene>
void measure_tick(const std::string& name, const std::shared_ptr<Scene>& scene) {
  measure(name, [=] {
    Conference& conference = *(*scene)();
    return [&conference] { conference.call.tick(conference.frames); };
  });
}

template <class Scene>
void measure_kernel(const std::string& path, const std::shared_ptr<Scene>& scene,
                    std::size_t speakers) {
  measure(path + "/kernel_ns", [=] {
    Conference& conference = *(*scene)();
    const auto bare = std::make_shared<BareMixMinus>(conference.frames, speakers);
    expect_same_rows(
        conference.frames, [&] { conference.call.tick(conference.frames); }, [&] { bare->run(); },
        path);
    return [bare] { bare->run(); };
  });
  measure(path + "/memcpy_ns", [=] {
    const Frames& frames = (*scene)()->frames;
    return [&frames] { copy_all(frames); };
  });
}

void register_conference(std::size_t legs) {
  const std::string path = "mixer/nway/" + std::to_string(legs);
  // The same memory for all, so that they differ by their plans alone.
  const auto frames = lazily([=] { return std::make_unique<Frames>(legs, format.frame_samples); });
  const auto with_exclusions = [=](std::size_t listeners) {
    return lazily([=] {
      auto conference = std::make_unique<Conference>(*(*frames)());
      conference->exclude(listeners);
      return conference;
    });
  };
  const auto beside = lazily(
      [=] { return std::make_unique<Frames>(legs, format.frame_samples, 14, Layout::beside); });
  measure_tick(path + "/beside_ns",
               lazily([=] { return std::make_unique<Conference>(*(*beside)()); }));
  const auto plain = with_exclusions(0);
  measure_tick(path + "/ns", plain);
  measure_kernel(path, plain, legs);
  measure_tick(path + "/one_exclusion_ns", with_exclusions(1));
  measure_tick(path + "/n_exclusions_ns", with_exclusions(legs));
}

/// The kernels alone, at all three frame lengths.
void register_mix_minus(std::size_t legs, std::size_t samples) {
  const std::string path = "mixer/mix_minus" + std::to_string(legs) + "/" + std::to_string(samples);
  const auto frames = lazily([=] { return std::make_unique<Frames>(legs, samples); });
  measure(path + "/kernel_ns", [=] {
    const auto bare = std::make_shared<BareMixMinus>(*(*frames)(), legs);
    return [bare] { bare->run(); };
  });
  measure(path + "/memcpy_ns", [=] {
    const Frames& all = *(*frames)();
    return [&all] { copy_all(all); };
  });
}

}  // namespace

void register_nway() {
  for (const std::size_t legs : {3U, 8U, 32U, 128U, 512U, 1000U})
    register_conference(legs);

  constexpr std::size_t audience = 1000, talkers = 3;
  const auto frames =
      lazily([=] { return std::make_unique<Frames>(audience, format.frame_samples); });
  const auto panel = lazily([=] {
    auto conference = std::make_unique<Conference>(*(*frames)());
    conference->mute_from(talkers);
    return conference;
  });
  measure_tick("mixer/nway/1000_talkers3/ns", panel);
  measure_kernel("mixer/nway/1000_talkers3", panel, talkers);

  for (const Format each : formats)
    register_mix_minus(audience, each.frame_samples);
}

}  // namespace barge::bench
