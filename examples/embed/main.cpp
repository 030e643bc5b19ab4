// SPDX-License-Identifier: Apache-2.0
// The smallest integration: one call, three legs, and a supervisor who goes through every mode.
#include <array>
#include <cstdio>
#include <variant>

#include <barge/barge.hpp>

using namespace barge;

struct Frames {
  LegId id;
  std::array<Sample, 320> in, out;  // 20 ms at 16 kHz
};

int main() {
  // Once: who may do what, and where the records go.
  PolicyAuthorizer policy(Policy({"example", 1, {}}, {{"leads", Effect::permit, {"team_lead"}}}));
  MemorySink audit;

  // Once a call.
  Bridge bridge = Bridge::create({CallGid("call-1"), "sales"}, policy, audit).value();
  const Joined ann = bridge.join({Role::customer, PersonGid("ann")}).value();
  const Joined bob = bridge.join({Role::agent, PersonGid("bob")}).value();
  const Joined sue = bridge.join({Role::supervisor, PersonGid("sue"), {"team_lead"}}).value();
  std::array<Frames, 3> legs{{{ann.leg, {}, {}}, {bob.leg, {}, {}}, {sue.leg, {}, {}}}};

  // The media thread, every 20 ms: lend every leg's frame, take what every leg may hear.
  MediaPort port = bridge.media_port();
  const auto run_tick = [&] {
    auto tick = port.begin_tick();
    for (Frames& leg : legs)
      tick.push(leg.id, leg.in);
    const auto mixed = std::move(tick).mix();
    for (Frames& leg : legs)
      mixed.pull(leg.id, leg.out);
  };

  // The control thread: ask, then poll for what became of it.
  const auto ask = [&](Mode mode) {
    const auto answer = bridge.request(sue.participant, {mode, "coaching"});
    if (!answer) std::printf("error: %s\n", answer.error().message.c_str());
    bridge.poll();  // the decision is recorded and durable: the plan goes to the media thread
    run_tick(), run_tick();
    for (const Event& event : bridge.poll()) {
      const auto* applied = std::get_if<ModeApplied>(&event);
      if (applied == nullptr) continue;
      std::printf("%-8s from sample %4llu: ann hears %3d, bob hears %3d, sue hears %3d\n",
                  name(applied->to).data(), static_cast<unsigned long long>(applied->at.samples()),
                  legs[0].out.back(), legs[1].out.back(), legs[2].out.back());
    }
  };

  legs[0].in.fill(100);  // ann says 100, bob says 20, sue says 3
  legs[1].in.fill(20);
  legs[2].in.fill(3);
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover, Mode::off}) {
    ask(mode);
  }
  return bridge.close() ? 0 : 1;
}
