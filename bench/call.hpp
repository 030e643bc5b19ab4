// SPDX-License-Identifier: Apache-2.0
// Calls whose ticks are measured, driven through the public interface alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <barge/barge.hpp>

#include "frames.hpp"

namespace barge::bench {

[[noreturn]] inline void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

/// Takes every record and keeps none.
class ForgetfulSink final : public AuditSink {
 public:
  Result<AuditTicket> append(AuditRecord) override { return AuditTicket{}; }
  Durability durability(AuditTicket) const override { return Durability::durable; }
};

/// What all calls of the program share.
struct Office {
  PolicyAuthorizer authorizer{Policy({}, {{"everything", Effect::permit}})};
  ForgetfulSink sink;
};
inline Office& office() {
  static Office shared;
  return shared;
}

/// One tick, as a host writes it.
template <class Legs>
void run_tick(MediaPort& port, const Legs& legs, const Frames& frames) {
  auto tick = port.begin_tick();
  std::size_t i = 0;
  for (const LegId leg : legs)
    tick.push(leg, {frames.in(i++), frames.samples()});
  const auto mixed = std::move(tick).mix();
  i = 0;
  for (const LegId leg : legs)
    mixed.pull(leg, {frames.out(i++), frames.samples()});
}

/// 20 ms each.
inline constexpr Format formats[] = {
    {SampleRate::hz_8000, 160}, {SampleRate::hz_16000, 320}, {SampleRate::hz_48000, 960}};

using Roles = std::vector<Role>;
inline const Roles three{Role::customer, Role::agent, Role::supervisor};

inline BridgeConfig bridge_config(Format format) {
  BridgeConfig config;
  config.call = CallGid("call");
  config.format = format;
  config.max_legs = 4096;
  return config;
}

class Call {
 public:
  Call(const BridgeConfig& config, const Roles& roles)
      : bridge_(Bridge::create(config, office().authorizer, office().sink).value()),
        port_(bridge_.media_port()) {
    for (const Role role : roles) {
      Person person;
      person.role = role;
      person.id = PersonGid("p" + std::to_string(legs_.size()));
      const Joined joined = bridge_.join(person).value();
      legs_.push_back(joined.leg);
      participants_.push_back(joined.participant);
    }
  }

  Bridge& bridge() noexcept { return bridge_; }
  MediaPort& port() noexcept { return port_; }
  const std::vector<LegId>& legs() const noexcept { return legs_; }
  ParticipantId participant(std::size_t i) const { return participants_[i]; }

  void tick(const Frames& frames) { run_tick(port_, legs_, frames); }

  /// Asks for a mode of the last party, a supervisor. The next tick is the first one under it.
  void change_to(Mode mode) {
    bridge_.poll();
    static_cast<void>(bridge_.request(participants_.back(), {mode}).value());
    for (int step = 0; step < 4; ++step)
      bridge_.poll();
  }

  /// Ends the program if the last party is not in this mode by now.
  void expect(Mode mode) {
    bridge_.poll();
    if (bridge_.participants().value().back().mode != mode) {
      fail("the mode `" + std::string(name(mode)) + "` did not come into force");
    }
  }

  /// Makes the mode steady.
  void enter(Mode mode, const Frames& frames) {
    if (mode != Mode::off) change_to(mode);
    settle(frames);
    expect(mode);
  }

  /// Takes up what control published, and ends all ramps.
  void settle(const Frames& frames) {
    for (int i = 0; i < 4; ++i) {
      bridge_.poll();
      tick(frames);
    }
  }

 private:
  Bridge bridge_;
  MediaPort port_;
  std::vector<LegId> legs_;
  std::vector<ParticipantId> participants_;
};

/// Gains for every edge of a call of three that is audible in barge mode.
using Gains = std::array<std::array<double, 3>, 3>;  // [listener][speaker]
inline constexpr Gains up_and_down{{{1, 0.7, 1.4}, {1.25, 1, 0.5}, {0.8, 1.9, 1}}};
inline constexpr Gains down{{{1, 0.7, 0.4}, {0.25, 1, 0.5}, {0.8, 0.9, 1}}};

inline void set_gains(Call& call, const Gains& gains) {
  for (std::size_t listener = 0; listener < 3; ++listener) {
    for (std::size_t speaker = 0; speaker < 3; ++speaker) {
      if (listener == speaker) continue;
      const Gain gain = Gain::linear(gains[listener][speaker]);
      const Status set =
          call.bridge().set_gain(call.participant(listener), call.participant(speaker), gain);
      if (!set) fail(set.error().message);
    }
  }
}

}  // namespace barge::bench
