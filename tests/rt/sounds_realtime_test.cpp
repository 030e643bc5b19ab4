// SPDX-License-Identifier: Apache-2.0
// No media call waits while sounds play, start again, fade and end, taps are pulled, and control is
// told about it. Built with each guard.
#include <optional>

#include <gtest/gtest.h>

#include "rt/realtime_guard.hpp"
#include "support/stage.hpp"

namespace barge::test {
namespace {

constexpr std::uint32_t frame = Stage::frame;

media::EngineConfig config(Overload overload, std::shared_ptr<media::ReadyFlag> flag) {
  media::EngineConfig config = Stage::config();
  config.overload = overload;
  config.speech.emplace();
  config.ready = std::move(flag);
  return config;
}

struct Scene {
  explicit Scene(Overload overload)
      : stage(config(overload, media::ReadyList::make_flag(list, 1))) {
    stage.session(supervisor, Mode::whisper, agent);
    for (const Stage::Party& party : stage.parties) {
      for (const Track track : {Track::voice, Track::as_heard})
        ears.push_back(stage.tap(party, track));
      ears.push_back(party.leg);
    }
    ears.push_back(supervisor.right_ear);
    add_sound(3 * frame + 7, 0).must_arrive = true;
    add_sound(frame / 2, frame / 2 + 3);
    add_sound(2 * frame, 5 * frame);
    add_sound(9 * frame, 0).by = supervisor.id;
  }
  Sound& add_sound(std::size_t length, std::uint64_t repeat) {
    Sound& sound = stage.sound(Samples(length, 20000), {agent, customer});
    sound.repeat = repeat;
    return sound;
  }

  void tick(bool pulls_all) {
    std::optional<Tick> tick;
    std::optional<MixedTick> mixed;
    {
      const MediaCall inside;
      tick.emplace(stage.port.begin_tick());
    }
    for (const Stage::Party& party : stage.parties) {
      const MediaCall inside;
      tick->push(party.leg, voice);
    }
    {
      const MediaCall inside;
      mixed.emplace(std::move(*tick).mix());
    }
    for (std::size_t i = pulls_all ? 0 : 3; i < ears.size(); ++i) {
      const MediaCall inside;
      mixed->pull(ears[i], out);
      mixed->row(ears[i]);
    }
  }

  std::shared_ptr<media::ReadyList> list = std::make_shared<media::ReadyList>();
  Stage stage;
  const Stage::Party customer = stage.join(Role::customer);
  const Stage::Party agent = stage.join(Role::agent);
  const Stage::Party supervisor = stage.join(Role::supervisor, Ears::stereo);
  std::vector<LegId> ears;
  const Samples voice = Samples(frame, 9000);
  Samples out = Samples(frame);
};

TEST(RealTimeSounds, ThatAreChangedEveryFewTicks) {
  for (const Overload overload : {Overload::saturate, Overload::limit}) {
    Scene scene(overload);
    std::uint64_t visits = 0;
    for (std::size_t step = 0; step < 200; ++step) {
      Sound& sound = scene.stage.sounds[step % 4];
      if (step % 3 == 0) sound.paused = !sound.paused;
      if (step % 7 == 0) std::swap(sound.targets, scene.stage.sounds[(step + 1) % 4].targets);
      scene.stage.shielded = step % 50 > 40;
      scene.stage.publish();
      for (int i = 0; i < 3; ++i)
        scene.tick(step % 5 != 0);
      scene.list->visit([&](std::uint64_t) { ++visits; });
    }
    EXPECT_GE(visits, 200U) << "each plan is news";
  }
}

TEST(RealTimeSounds, ThatAreLostWithTheirTarget) {
  Scene scene(Overload::saturate);
  scene.stage.publish();
  scene.tick(true);
  {
    const MediaCall inside;
    EXPECT_TRUE(scene.stage.port.leg_lost(scene.customer.leg));
  }
  for (int i = 0; i < 9; ++i)
    scene.tick(true);
  EXPECT_GE(scene.stage.player(scene.stage.sounds[0].id).restarts, 8U);
}

}  // namespace
}  // namespace barge::test
