// SPDX-License-Identifier: Apache-2.0
// A supervised call that moves: a tone announces the supervisor, who barges in; the customer is put
// on hold and taken back; the call is transferred; the agent hangs up, and so does the supervisor.
// Prints what happens at which sample and what the customer hears, and fails where that is wrong.
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <barge/barge.hpp>

using namespace barge;

struct Frames {
  LegId id;
  std::array<Sample, 320> in, out;  // 20 ms at 16 kHz
};

/// Time that passes only when a tick does, so that every run prints the same. A host needs none.
class TickClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(passed_); }
  SteadyTime steady() const override { return SteadyTime(passed_); }
  void advance(std::chrono::milliseconds time) { passed_ += time; }

 private:
  std::chrono::milliseconds passed_{0};
};

unsigned long long number(SampleIndex at) {
  return static_cast<unsigned long long>(at.samples());
}

/// What a host does with events; the two at the end are those that it must not forget.
struct Host {
  Bridge& bridge;

  void operator()(const ModeApplied& event) const {
    if (event.from == event.to) return;  // judged again, and permitted
    std::printf("%6llu  %s\n", number(event.at), name(event.to).data());
  }
  void operator()(const NoticePlayed& event) const {
    std::printf("%6llu  tone `%s`, until %llu\n", number(event.from), event.id.c_str(),
                number(event.to));
  }
  void operator()(const EdgeReopened& event) const {
    std::printf("%6llu  the supervisor's voice is back\n", number(event.at));
  }
  void operator()(const Marker& event) const {
    if (event.kind == Marker::Kind::supervised)
      std::printf("%6llu  marker: supervised from here\n", number(event.at));
    if (event.kind == Marker::Kind::unsupervised)
      std::printf("%6llu  marker: not any more\n", number(event.at));
  }
  void operator()(const DropAgent& event) const {
    // End the agent's phone call here; then:
    static_cast<void>(bridge.leave(event.agent));
  }
  void operator()(const CustomerUnattended&) const {
    // Bring somebody before the deadline, or end the call.
    std::printf("        the customer has nobody\n");
  }
  template <class Other>
  void operator()(const Other&) const {}
};

int main() {
  // Who barges in is announced to both sides. The bridge has this tone, and plays it.
  Rule announced{"announced"};
  announced.modes = {Mode::barge};
  announced.tone = ToneObligation{"join", NoticeTo::both};
  PolicyAuthorizer policy(
      Policy({"example", 1, {}}, {{"leads", Effect::permit, {"team_lead"}}, announced}));
  MemorySink audit;
  TickClock clock;

  const auto music = std::make_shared<std::vector<Sample>>(16000, Sample{7});
  BridgeConfig config;
  config.call = CallGid("call-1");
  config.announcements =
      std::make_shared<Announcements>(Announcements{{}, {SampleRate::hz_16000, music}});
  Bridge bridge = Bridge::create(config, policy, audit, clock).value();

  const Joined ann = bridge.join({Role::customer, PersonGid("ann")}).value();
  const Joined bob = bridge.join({Role::agent, PersonGid("bob")}).value();
  const Joined sue = bridge.join({Role::supervisor, PersonGid("sue"), {"team_lead"}}).value();
  std::vector<Frames> legs{{ann.leg, {}, {}}, {bob.leg, {}, {}}, {sue.leg, {}, {}}};
  legs[0].in.fill(100);  // ann says 100, bob says 20, sue says 3
  legs[1].in.fill(20);
  legs[2].in.fill(3);

  // A recorder of what the customer hears: it is pulled like a leg.
  const LegId tap = bridge.tap(ann.participant, Track::as_heard).value();
  std::vector<Sample> recording;

  MediaPort port = bridge.media_port();
  const auto run_tick = [&] {
    auto tick = port.begin_tick();
    for (Frames& leg : legs)
      tick.push(leg.id, leg.in);
    const auto mixed = std::move(tick).mix();
    for (Frames& leg : legs)
      mixed.pull(leg.id, leg.out);
    recording.resize(recording.size() + 320);
    mixed.pull(tap, gsl::span<Sample>(recording).last(320));
    clock.advance(std::chrono::milliseconds(20));
  };

  bool right = true;
  const auto go_on = [&](const char* what, Sample expected) {
    std::printf("        %s\n", what);
    for (int i = 0; i < 50; ++i) {  // a second
      run_tick();
      for (const Event& event : bridge.poll())
        std::visit(Host{bridge}, event);
    }
    std::printf("        ann hears %d\n", legs[0].out.back());
    right = right && legs[0].out.back() == expected && recording.back() == expected;
  };

  static_cast<void>(bridge.request(sue.participant, {Mode::barge, "complaint"}).value());
  go_on("sue barges in", 23);
  static_cast<void>(bridge.hold(ann.participant));
  go_on("bob holds", 7);
  static_cast<void>(bridge.resume(ann.participant));
  go_on("bob resumes", 23);

  const Joined dan =
      bridge.transfer({bob.participant, Person{Role::agent, PersonGid("dan")}}).value();
  legs[1].id = dan.leg;
  legs[1].in.fill(50);
  go_on("bob transfers to dan: sue is back once both have heard the tone", 53);
  static_cast<void>(bridge.leave(dan.participant));
  go_on("dan hangs up", 3);
  static_cast<void>(bridge.leave(sue.participant));
  go_on("sue hangs up", 7);
  return bridge.close() && right ? 0 : 1;
}
