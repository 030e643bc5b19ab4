// SPDX-License-Identifier: Apache-2.0
// What media makes of a situation, without a bridge: parties who each say a constant of their own,
// and sounds, taps and sessions as the test sets them up.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "bridge/compile.hpp"
#include "media/engine.hpp"

namespace barge::test {

using Samples = std::vector<Sample>;

class Stage {
 public:
  static constexpr std::uint32_t frame = 160;

  struct Party {
    ParticipantId id;
    LegId leg;
    LegId right_ear;
    Sample voice = 0;
  };

  static media::EngineConfig config() {
    media::EngineConfig config;
    config.format = {SampleRate::hz_16000, frame};
    return config;
  }

  explicit Stage(const media::EngineConfig& config = Stage::config())
      : engine(std::make_shared<media::Engine>(config)), port(media::Engine::port(engine)) {
    options.frame_samples = config.format.frame_samples;
    options.overload = config.overload;
    options.speech = config.speech.has_value();
    options.memory = std::pmr::new_delete_resource();
  }

  /// Each voice is a power of two of its own.
  Party join(Role role, Ears ears = Ears::mono) {
    Person person;
    person.role = role;
    const Member& member = roster.add(std::move(person), ears);
    const Party party{member.id, member.leg, member.right_ear,
                      static_cast<Sample>(1 << parties.size())};
    parties.push_back(party);
    return party;
  }
  void leave(const Party& party) {
    roster.remove(party.id);
    const auto is_it = [&](const Party& other) { return other.id == party.id; };
    parties.erase(std::find_if(parties.begin(), parties.end(), is_it));
  }
  Member& member(const Party& party) { return *roster.get(party.id); }

  /// The session of the supervisor, made if there is none, authorised for all plain parties.
  Session& session(const Party& supervisor, Mode mode, const Party& agent) {
    for (Session& known : sessions) {
      if (known.supervisor != supervisor.id) continue;
      known.now.mode = mode;
      return known;
    }
    Session& made = sessions.emplace_back();
    made.id = SessionId(static_cast<std::uint32_t>(sessions.size()), 1);
    made.supervisor = supervisor.id;
    made.now.mode = mode;
    made.now.agent = agent.id;
    made.now.targets = {agent.id};
    made.now.authorised = roster.plain_parties();
    return made;
  }

  Sound& sound(const Samples& samples, std::initializer_list<Party> targets) {
    Sound& made = sounds.emplace_back();
    made.id = roster.add_sound();
    made.first = made.again = std::make_shared<const Samples>(samples);
    for (const Party& target : targets)
      made.targets.push_back(target.id);
    return made;
  }
  LegId tap(const Party& party, Track track) {
    taps.push_back({roster.add_ear(), track, party.id});
    return taps.back().id;
  }

  /// Compiles the situation and leaves it for media. Frees the plans that media is done with.
  void publish() {
    CompiledPlan compiled =
        compile_plan({roster, sessions, sounds, taps, shielded, unrecorded}, options);
    plan = compiled.plan.get();
    fallbacks = std::move(compiled.fallbacks);
    engine->drain();
    engine->free_drained();
    engine->publish(std::move(compiled.plan));
  }
  /// Of the plan that was published last.
  const media::Player& player(LegId sound) const {
    return *std::find_if(plan->players.begin(), plan->players.end(),
                         [&](const media::Player& player) { return player.id == sound; });
  }

  /// A tick that pushes everybody but those, and has not been pulled.
  MixedTick mix(std::initializer_list<Party> silent = {}) {
    Tick tick = port.begin_tick();
    inputs.resize(parties.size());
    for (std::size_t i = 0; i < parties.size(); ++i) {
      const auto is_it = [&](const Party& party) { return party.id == parties[i].id; };
      if (std::any_of(silent.begin(), silent.end(), is_it)) continue;
      inputs[i].assign(frame, parties[i].voice);
      tick.push(parties[i].leg, inputs[i]);
    }
    return std::move(tick).mix();
  }
  static Samples pull(const MixedTick& mixed, LegId ear) {
    Samples out(frame, -1);
    mixed.pull(ear, out);
    return out;
  }
  /// A tick in which everybody but those is pulled. Returns where it starts.
  std::uint64_t tick(std::initializer_list<Party> deaf = {}) {
    const MixedTick mixed = mix();
    for (const Party& party : parties) {
      const auto is_it = [&](const Party& other) { return other.id == party.id; };
      if (std::none_of(deaf.begin(), deaf.end(), is_it)) pull(mixed, party.leg);
    }
    return mixed.start().samples();
  }
  /// Publishes, and lets the ramps pass.
  void settle() {
    publish();
    tick();
    tick();
  }
  /// The last sample that the ear gets in the next tick: whose voices it hears.
  Sample heard(LegId ear) { return pull(mix(), ear).back(); }

  Roster roster;
  std::vector<Session> sessions;
  std::vector<Sound> sounds;
  std::vector<Tap> taps;
  bool shielded = false;
  bool unrecorded = false;
  PlanOptions options;
  std::vector<Party> parties;
  std::shared_ptr<media::Engine> engine;
  MediaPort port;
  media::Plan* plan = nullptr;
  std::vector<Fallback> fallbacks;

 private:
  std::vector<Samples> inputs;
};

}  // namespace barge::test
