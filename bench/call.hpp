// SPDX-License-Identifier: Apache-2.0
// A call of three legs whose ticks are measured.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <variant>
#include <vector>

#include <barge/barge.hpp>

namespace barge::bench {

struct Leg {
  LegId id;
  Sample* in = nullptr;
  Sample* out = nullptr;
};

/// Frames that several calls work in one after the other, as a host's media thread would.
struct Frames {
  explicit Frames(std::size_t length) : samples(length), in(3 * length), out(3 * length) {
    for (std::size_t i = 0; i < in.size(); ++i)
      in[i] = static_cast<Sample>((i * 2654435761U) >> 16);
  }
  std::size_t samples;
  std::vector<Sample> in, out;
};

class Call {
 public:
  explicit Call(Format format, Frames& frames) : samples_(format.frame_samples) {
    BridgeConfig config;
    config.call = CallGid("call");
    config.format = format;
    bridge_.emplace(Bridge::create(config, authorizer_, sink_).value());
    port_.emplace(bridge_->media_port());
    const Role roles[] = {Role::customer, Role::agent, Role::supervisor};
    const char* const names[] = {"carol", "alex", "sue"};
    for (std::size_t i = 0; i < legs_.size(); ++i) {
      Person person;
      person.role = roles[i];
      person.id = PersonGid(names[i]);
      const Joined joined = bridge_->join(person).value();
      legs_[i] = {joined.leg, &frames.in[i * samples_], &frames.out[i * samples_]};
      supervisor_ = joined.participant;
    }
  }

  /// Enters the mode; ends the program if it does not come into force.
  void enter(Mode mode) {
    if (mode != Mode::off) static_cast<void>(bridge_->request(supervisor_, {mode}).value());
    for (int i = 0; i < 4; ++i) {
      bridge_->poll();
      tick();
    }
    const auto participants = bridge_->participants().value();
    if (participants.back().mode == mode) return;
    std::fprintf(stderr, "the mode `%s` did not come into force\n", name(mode).data());
    std::exit(1);
  }

  /// Publishes a plan under which the supervisor's voice opens or closes.
  void toggle_voice() {
    muted_ = !muted_;
    static_cast<void>(bridge_->set_muted(supervisor_, muted_).value());
    bridge_->poll();
  }

  void tick() {
    auto tick = port_->begin_tick();
    for (const Leg& leg : legs_)
      tick.push(leg.id, {leg.in, samples_});
    const auto mixed = std::move(tick).mix();
    for (const Leg& leg : legs_)
      mixed.pull(leg.id, {leg.out, samples_});
  }

 private:
  PolicyAuthorizer authorizer_{Policy({}, {{"everything", Effect::permit}})};
  MemorySink sink_;
  std::size_t samples_;
  std::optional<Bridge> bridge_;
  std::optional<MediaPort> port_;
  std::array<Leg, 3> legs_{};
  ParticipantId supervisor_;
  bool muted_ = false;
};

}  // namespace barge::bench
