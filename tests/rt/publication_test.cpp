// SPDX-License-Identifier: Apache-2.0
// Control changes the call as fast as it can while media ticks: every tick is of one plan, and of
// one that control published.
#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

using std::chrono::steady_clock;

/// The system's clock: unlike a fake one it may be read from anywhere.
struct Stress {
  explicit Stress(std::chrono::milliseconds length) : end(steady_clock::now() + length) {
    BridgeConfig config;
    config.call = CallGid("call");
    config.format = {SampleRate::hz_8000, frame};
    bridge.emplace(Bridge::create(config, authorizer, sink).value());
    port.emplace(bridge->media_port());
  }
  Joined join(Role role, const std::string& id) {
    Person person;
    person.role = role;
    person.id = PersonGid(id);
    person.roles = {"lead"};
    return bridge->join(person).value();
  }
  bool over() const { return steady_clock::now() >= end; }

  static constexpr std::uint32_t frame = 80;
  steady_clock::time_point end;
  PolicyAuthorizer authorizer{Policy({}, {{"leads", Effect::permit, {"lead"}}})};
  MemorySink sink;
  std::optional<Bridge> bridge;
  std::optional<MediaPort> port;
};

struct Leg {
  Leg(LegId leg, Sample said) : id(leg), in(Stress::frame, said), out(Stress::frame, -1) {}
  /// The last sample, at which no ramp is left.
  unsigned heard() const { return static_cast<unsigned>(out.back()); }
  /// Whether everything behind the ramp is of one routing.
  bool whole() const {
    return std::all_of(out.begin() + 40, out.end(), [&](Sample s) { return s == out.back(); });
  }
  LegId id;
  std::vector<Sample> in, out;
};

void tick(MediaPort& port, std::vector<Leg>& legs) {
  Tick tick = port.begin_tick();
  for (Leg& leg : legs)
    tick.push(leg.id, leg.in);
  const MixedTick mixed = std::move(tick).mix();
  for (Leg& leg : legs)
    mixed.pull(leg.id, leg.out);
}

enum : unsigned { customer = 1, agent = 2, supervisor = 4, guest = 8 };

struct Tally {
  std::uint64_t ticks = 0, wrong = 0, torn = 0;
  unsigned seen_by_agent = 0, seen_by_customer = 0;
};

TEST(Publication, EveryTickIsOfOnePublishedPlan) {
  Stress call(std::chrono::seconds(3));
  const Joined carol = call.join(Role::customer, "carol");
  const Joined alex = call.join(Role::agent, "alex");
  const Joined sue = call.join(Role::supervisor, "sue");

  std::atomic<bool> done{false};
  Tally tally;
  std::thread media([&] {
    std::vector<Leg> legs{{carol.leg, customer}, {alex.leg, agent}, {sue.leg, supervisor}};
    while (!done.load(std::memory_order_relaxed)) {
      tick(*call.port, legs);
      ++tally.ticks;
      const unsigned carol_hears = legs[0].heard(), alex_hears = legs[1].heard();
      const unsigned sue_hears = legs[2].heard();
      for (const Leg& leg : legs)
        tally.torn += leg.whole() ? 0 : 1;
      // Only monitor and whisper were ever asked for, and only the agent was ever muted.
      const bool carol_right = carol_hears == 0 || carol_hears == agent;
      const bool alex_right = alex_hears == customer || alex_hears == (customer | supervisor);
      const bool sue_right = sue_hears == 0 || (sue_hears | agent) == (customer | agent);
      // One plan: if the agent is muted, it is for everybody.
      const bool same_plan = sue_hears == 0 || (sue_hears & agent) == (carol_hears & agent);
      // A whisper is heard only while its supervisor hears the call.
      const bool same_session = (alex_hears & supervisor) == 0 || sue_hears != 0;
      const bool right = carol_right && alex_right && sue_right && same_plan && same_session;
      tally.wrong += right ? 0 : 1;
      tally.seen_by_agent |= 1U << (alex_hears & 7U);
      tally.seen_by_customer |= 1U << (carol_hears & 7U);
    }
  });

  std::uint64_t plans = 0;
  for (unsigned step = 0; !call.over(); ++step) {
    static_cast<void>(call.bridge->set_muted(alex.participant, step % 2 == 0).value());
    const Mode modes[] = {Mode::monitor, Mode::whisper, Mode::monitor, Mode::off};
    static_cast<void>(call.bridge->request(sue.participant, {modes[step / 4 % 4]}).value());
    static_cast<void>(call.bridge->poll());
    if (step % 64 == 0) {
      const Joined visitor = call.join(Role::supervisor, "visitor");
      static_cast<void>(call.bridge->leave(visitor.participant).value());
    }
    plans += 2;
  }
  done.store(true, std::memory_order_relaxed);
  media.join();

  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_EQ(tally.torn, 0U);
  EXPECT_GT(tally.ticks, 1000U);
  EXPECT_GT(plans, 100U);
  EXPECT_EQ(tally.seen_by_agent, 1U << customer | 1U << (customer | supervisor));
  EXPECT_EQ(tally.seen_by_customer, 1U << 0 | 1U << agent);
}

TEST(Publication, OverlappingControlCallsChangeNothingAndSaySo) {
  Stress call(std::chrono::seconds(1));
  std::vector<Joined> parties;
  for (const char* id : {"a", "b", "c", "d"})
    parties.push_back(call.join(Role::customer, id));
  std::atomic<unsigned> overlaps{0}, done_right{0}, other_errors{0};
  const auto control = [&](std::size_t mine) {
    for (unsigned step = 0; !call.over(); ++step) {
      const Status status = call.bridge->set_muted(parties[mine].participant, step % 2 == 0);
      if (status) {
        ++done_right;
      } else if (status.error().code == Errc::concurrent_control) {
        ++overlaps;
      } else {
        ++other_errors;
      }
    }
  };
  std::thread first([&] { control(0); });
  std::thread second([&] { control(1); });
  std::vector<Leg> legs{{parties[2].leg, 1}, {parties[3].leg, 2}};
  std::uint64_t wrong = 0;
  while (!call.over()) {
    tick(*call.port, legs);
    wrong += legs[0].heard() == 2 ? 0 : 1;
  }
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(overlaps, 0U);
  EXPECT_GT(done_right, 0U);
  EXPECT_EQ(other_errors, 0U);
  EXPECT_TRUE(call.bridge->set_muted(parties[0].participant, false));
}

TEST(Publication, ALegLostOnTheMediaThreadReachesControlWhateverItIsDoing) {
  Stress call(std::chrono::seconds(1));
  call.join(Role::customer, "carol");
  int rounds = 0;
  for (; !call.over(); ++rounds) {
    const Joined alex = call.join(Role::agent, "alex" + std::to_string(rounds));
    const Joined sue = call.join(Role::supervisor, "sue" + std::to_string(rounds));
    std::vector<Leg> legs{{alex.leg, agent}, {sue.leg, supervisor}};
    std::atomic<bool> lost{false}, done{false};
    tick(*call.port, legs);
    std::thread media([&] {
      ASSERT_TRUE(call.port->leg_lost(sue.leg));
      lost.store(true, std::memory_order_relaxed);
      while (!done.load(std::memory_order_relaxed))
        tick(*call.port, legs);
    });
    bool reported = false;
    for (unsigned step = 0; !reported || !lost.load(std::memory_order_relaxed); ++step) {
      static_cast<void>(call.bridge->set_muted(alex.participant, step % 2 == 0).value());
      for (const Event& event : call.bridge->poll()) {
        const auto* loss = std::get_if<LegLost>(&event);
        reported |= loss != nullptr && loss->participant == sue.participant;
      }
      ASSERT_LT(step, 10'000'000U) << "the loss never reached control";
    }
    done.store(true, std::memory_order_relaxed);
    media.join();
    static_cast<void>(call.bridge->leave(alex.participant).value());
    static_cast<void>(call.bridge->leave(sue.participant).value());
  }
  EXPECT_GT(rounds, 3);
}

}  // namespace
}  // namespace barge::test
