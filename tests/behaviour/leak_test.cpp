// SPDX-License-Identifier: Apache-2.0
// The leak property: outside the ramp of a change, a forbidden speaker changes no bit of what a
// listener gets, and a monitor changes no bit of what anyone else gets. For random parties, modes,
// targets, mutes, arrivals and departures.
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

using Random = std::mt19937;

int below(Random& random, int limit) {
  return std::uniform_int_distribution<>(0, limit - 1)(random);
}

/// What the test itself holds to be in force, kept apart from the bridge's own state.
struct Expected {
  std::map<const Party*, ModeRequest> sessions;
  std::set<const Party*> muted;

  /// An independent reading of the rules, by party rather than by edge.
  bool hears(const Party& listener, const Party& speaker) const {
    if (&listener == &speaker || muted.count(&speaker) || !present(listener) || !present(speaker)) {
      return false;
    }
    if (taken(speaker) || held(listener) || held(speaker)) return false;
    if (listener.role == Role::supervisor) {
      const auto own = sessions.find(&listener);
      if (own == sessions.end() || !ear_takes(own->second, speaker)) return false;
      const bool coached = own->second.agent == speaker.ids.participant;
      if (speaker.role == Role::supervisor) {
        return speaks_to(speaker, listener) || (coached && mode_of(speaker) >= Mode::whisper);
      }
      return true;
    }
    return speaker.role != Role::supervisor || speaks_to(speaker, listener);
  }

 private:
  static bool present(const Party& party) { return party.connected; }
  Mode mode_of(const Party& party) const {
    const auto found = sessions.find(&party);
    return found == sessions.end() ? Mode::off : found->second.mode;
  }
  static bool ear_takes(const ModeRequest& request, const Party& speaker) {
    const Ear ear = request.ear.value_or(Ear::both);
    if (request.mode >= Mode::barge || ear == Ear::both) return true;
    return (ear == Ear::customer_side) == (speaker.role == Role::customer);
  }
  bool speaks_to(const Party& speaker, const Party& listener) const {
    const auto found = sessions.find(&speaker);
    if (found == sessions.end()) return false;
    if (found->second.mode == Mode::whisper) {
      return contains(found->second.targets, listener.ids.participant);
    }
    return found->second.mode >= Mode::barge;
  }
  template <class Condition>
  bool replaced(const Party& party, Condition condition) const {
    if (party.role != Role::agent) return false;
    return std::any_of(sessions.begin(), sessions.end(), [&](const auto& entry) {
      const ModeRequest& request = entry.second;
      const bool covers =
          request.scope == AgentScope::all || request.agent == party.ids.participant;
      return request.mode == Mode::takeover && covers && condition(request);
    });
  }
  bool taken(const Party& party) const {
    return replaced(party, [](const ModeRequest&) { return true; });
  }
  bool held(const Party& party) const {
    return replaced(party, [](const ModeRequest& request) {
      return request.disposition != Disposition::listen;
    });
  }
};

/// One random call, the same for the same seed whatever the parties say.
class RandomCall {
 public:
  explicit RandomCall(std::uint32_t seed) : random_(seed) {
    const int customers = 1 + below(random_, 2);
    const int agents = 1 + below(random_, 3);
    const int supervisors = 1 + below(random_, 3);
    for (int i = 0; i < customers; ++i)
      call.customer("customer " + std::to_string(i));
    for (int i = 0; i < agents; ++i)
      call.agent("agent " + std::to_string(i));
    for (int i = 0; i < supervisors; ++i)
      call.supervisor("supervisor " + std::to_string(i));
  }

  /// One to three things change, and come into force with the next tick.
  void step() {
    for (int i = below(random_, 3); i >= 0; --i)
      change_something();
  }

  Call call;
  Expected expected;

 private:
  void change_something() {
    Party& party = pick([](const Party& candidate) { return candidate.connected; });
    const int what = below(random_, 8);
    if (what == 0) {
      mute(party);
    } else if (what == 1 && call.parties.size() < 9) {
      call.join(static_cast<Role>(below(random_, 3)),
                "late " + std::to_string(call.parties.size()));
    } else if (what == 2 && connected() > 3 && party.role != Role::customer) {
      leave(party);
    } else {
      change_mode();
    }
    call.poll();
    call.poll();  // what the first one began, a newcomer's judgement say, is over now
  }

  template <class Condition>
  Party& pick(Condition condition) {
    std::vector<Party*> candidates;
    for (auto& party : call.parties) {
      if (condition(*party)) candidates.push_back(party.get());
    }
    return *candidates[static_cast<std::size_t>(
        below(random_, static_cast<int>(candidates.size())))];
  }
  int connected() const {
    return static_cast<int>(std::count_if(call.parties.begin(), call.parties.end(),
                                          [](const auto& party) { return party->connected; }));
  }
  bool any(Role role) const {
    return std::any_of(call.parties.begin(), call.parties.end(),
                       [&](const auto& party) { return party->connected && party->role == role; });
  }

  void mute(Party& party) {
    const bool muted = expected.muted.count(&party) != 0;
    static_cast<void>(call.bridge->set_muted(party.ids.participant, !muted).value());
    if (muted) {
      expected.muted.erase(&party);
    } else {
      expected.muted.insert(&party);
    }
  }

  void leave(Party& party) {
    call.leave(party);
    expected.sessions.erase(&party);
    for (auto& [supervisor, session] : expected.sessions) {
      auto& targets = session.targets;
      targets.erase(std::remove(targets.begin(), targets.end(), party.ids.participant),
                    targets.end());
      if (session.mode == Mode::whisper && targets.empty()) session.mode = Mode::monitor;
    }
  }

  void change_mode() {
    const auto is_supervisor = [](const Party& party) {
      return party.connected && party.role == Role::supervisor;
    };
    if (!any(Role::supervisor) || !any(Role::agent)) return;
    const Party& supervisor = pick(is_supervisor);
    ModeRequest request{static_cast<Mode>(below(random_, 5))};
    request.agent = pick([&](const Party& party) {
                      return party.connected && party.role == Role::agent;
                    }).ids.participant;
    request.ear = static_cast<Ear>(below(random_, 3));
    request.disposition = static_cast<Disposition>(below(random_, 3));
    request.scope = static_cast<AgentScope>(below(random_, 2));
    for (int i = below(random_, 3); i >= 0; --i) {
      const Party& target =
          pick([&](const Party& party) { return party.connected && &party != &supervisor; });
      request.targets.push_back(target.ids.participant);
    }
    const auto answer = call.bridge->request(supervisor.ids.participant, request);
    if (!answer) return;  // another takeover is in force, or the supervisor is muted
    if (request.mode == Mode::off) {
      expected.sessions.erase(&supervisor);
    } else {
      expected.sessions[&supervisor] = request;
    }
  }

  Random random_;
};

void fill_with_noise(Party& party, Random& random) {
  for (Sample& sample : party.in)
    sample = static_cast<Sample>(below(random, 65536) - 32768);
}

constexpr int steps = 60;

/// One listener's output in the tick of each step and the one after it.
using Heard = std::vector<std::vector<Sample>>;

struct Recording {
  std::vector<Heard> ticks;             ///< by tick, then by party
  std::vector<std::set<int>> may_hear;  ///< by tick: listener · 100 + speaker
};

/// Runs the call of a seed; the silenced party says nothing at all.
Recording record(std::uint32_t seed, int silenced) {
  RandomCall random_call(seed);
  Call& call = random_call.call;
  Random noise(seed + 1);
  Recording recording;
  for (int step = 0; step < steps; ++step) {
    random_call.step();
    for (int tick = 0; tick < 2; ++tick) {
      for (int i = 0; i < 9; ++i) {
        Party scratch;
        scratch.in.resize(Call::frame);
        fill_with_noise(scratch, noise);
        if (i >= static_cast<int>(call.parties.size())) continue;
        if (i == silenced) std::fill(scratch.in.begin(), scratch.in.end(), Sample{0});
        call.parties[static_cast<std::size_t>(i)]->in = scratch.in;
      }
      call.tick();
      Heard heard;
      std::set<int> edges;
      for (std::size_t l = 0; l < call.parties.size(); ++l) {
        heard.push_back(call.parties[l]->out);
        for (std::size_t s = 0; s < call.parties.size(); ++s) {
          if (random_call.expected.hears(*call.parties[l], *call.parties[s])) {
            edges.insert(static_cast<int>(l * 100 + s));
          }
        }
      }
      recording.ticks.push_back(std::move(heard));
      recording.may_hear.push_back(std::move(edges));
    }
  }
  return recording;
}

class Leak : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Leak, AForbiddenSpeakerChangesNoBitOutsideTheRamp) {
  const std::uint32_t seed = GetParam();
  const Recording loud = record(seed, -1);
  const std::ptrdiff_t ramp = ramp_samples(SampleRate::hz_16000);
  int forbidden = 0;
  int heard = 0;
  for (int speaker = 0; speaker < 9; ++speaker) {
    const Recording silent = record(seed, speaker);
    for (std::size_t tick = 0; tick < loud.ticks.size(); ++tick) {
      if (speaker >= static_cast<int>(loud.ticks[tick].size())) continue;
      for (std::size_t l = 0; l < loud.ticks[tick].size(); ++l) {
        const auto& with = loud.ticks[tick][l];
        const auto& without = silent.ticks[tick][l];
        const bool changed_now = tick % 2 == 0;
        const bool same = std::equal(with.begin() + (changed_now ? ramp : 0), with.end(),
                                     without.begin() + (changed_now ? ramp : 0));
        const bool may = loud.may_hear[tick].count(static_cast<int>(l) * 100 + speaker) != 0;
        if (may) {
          heard += same ? 0 : 1;
        } else {
          ++forbidden;
          ASSERT_TRUE(same) << "seed " << seed << ", tick " << tick << ": party " << speaker
                            << " leaks to party " << l;
        }
        if (may && !changed_now) {
          ASSERT_FALSE(same) << "seed " << seed << ", tick " << tick << ": party " << l
                             << " does not hear party " << speaker;
        }
      }
    }
  }
  EXPECT_GT(forbidden, 100);
  EXPECT_GT(heard, 20);
}

INSTANTIATE_TEST_SUITE_P(RandomCalls, Leak, testing::Range(std::uint32_t{1}, std::uint32_t{101}));

/// What customer and agent get, with and without a supervisor who monitors and stops again.
std::vector<Sample> plain_call(bool monitored) {
  Call call;
  call.customer();
  call.agent();
  Party* supervisor = nullptr;
  Random noise(7);
  std::vector<Sample> heard;
  for (int tick = 0; tick < 100; ++tick) {
    if (monitored && tick == 10) supervisor = &call.supervisor();
    if (monitored && tick == 20) static_cast<void>(call.ask(*supervisor, {Mode::monitor}));
    if (monitored && tick == 60) static_cast<void>(call.ask(*supervisor, {Mode::off}));
    if (monitored && tick == 80) call.leave(*supervisor);
    call.poll();
    for (std::size_t i = 0; i < 2; ++i)
      fill_with_noise(*call.parties[i], noise);
    if (supervisor != nullptr)
      std::fill(supervisor->in.begin(), supervisor->in.end(), Sample{9999});
    call.tick();
    for (std::size_t i = 0; i < 2; ++i) {
      heard.insert(heard.end(), call.parties[i]->out.begin(), call.parties[i]->out.end());
    }
    if (monitored && tick == 50) {
      EXPECT_NE(supervisor->out, std::vector<Sample>(Call::frame, 0));
    }
  }
  return heard;
}

TEST(AMonitor, ChangesNoBitOfWhatTheOthersGet) {
  EXPECT_EQ(plain_call(true), plain_call(false));
}

}  // namespace
}  // namespace barge::test
