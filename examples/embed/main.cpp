// SPDX-License-Identifier: Apache-2.0
// The smallest integration: one call, three legs, a supervisor who whispers to the agent.
#include <array>
#include <cstdio>
#include <variant>

#include <barge/barge.hpp>

int main() {
  using namespace barge;
  PolicyAuthorizer policy(Policy({"example", 1, {}}, {{"leads", Effect::permit, {"team_lead"}}}));
  MemorySink audit;
  Bridge bridge = Bridge::create({CallGid("call-1"), "sales"}, policy, audit).value();

  const Joined ann = bridge.join({Role::customer, PersonGid("ann")}).value();
  const Joined bob = bridge.join({Role::agent, PersonGid("bob")}).value();
  const Joined sue = bridge.join({Role::supervisor, PersonGid("sue"), {"team_lead"}}).value();

  MediaPort port = bridge.media_port();  // goes to the media thread
  std::array<std::array<Sample, 320>, 3> in{}, out{};
  const std::array<LegId, 3> legs{ann.leg, bob.leg, sue.leg};
  in[0].fill(100), in[1].fill(20), in[2].fill(3);  // what ann, bob and sue say

  const auto run_tick = [&] {  // every 20 ms
    auto tick = port.begin_tick();
    for (std::size_t i = 0; i < legs.size(); ++i)
      tick.push(legs[i], in[i]);
    const auto mixed = std::move(tick).mix();
    for (std::size_t i = 0; i < legs.size(); ++i)
      mixed.pull(legs[i], out[i]);
  };
  const auto ask = [&](Mode mode) {  // on the control thread
    const auto answer = bridge.request(sue.participant, {mode});
    if (!answer) std::printf("error: %s\n", answer.error().message.c_str());
    bridge.poll();           // decided, recorded, durable: the plan is published
    run_tick(), run_tick();  // one tick with the change in it, one after
    for (const Event& event : bridge.poll()) {
      const auto* applied = std::get_if<ModeApplied>(&event);
      if (applied == nullptr) continue;
      std::printf("%-8s from sample %4llu: ann hears %3d, bob hears %3d, sue hears %3d\n",
                  name(applied->to).data(), static_cast<unsigned long long>(applied->at.samples()),
                  out[0][319], out[1][319], out[2][319]);
    }
  };
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover, Mode::off}) {
    ask(mode);
  }
  return bridge.close() ? 0 : 1;
}
