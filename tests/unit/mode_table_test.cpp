// SPDX-License-Identifier: Apache-2.0
// The rules of mode.hpp against the naive statement of the same table, over every session.
#include "support/mode_table.hpp"

#include <gtest/gtest.h>

namespace barge::mode_table {
namespace {

/// Every combination of mode, ear, disposition and scope for this supervisor.
std::vector<Settings> every_setting(std::size_t supervisor, const std::vector<std::size_t>& bound,
                                    const std::vector<Bits>& targets,
                                    const std::vector<Bits>& authorised) {
  std::vector<Settings> list;
  for (const Mode mode : {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    for (const std::size_t agent : bound) {
      for (const Ear ear : {Ear::both, Ear::customer_side, Ear::agent_side}) {
        for (const auto disposition : {Disposition::listen, Disposition::hold, Disposition::drop}) {
          for (const AgentScope scope : {AgentScope::bound, AgentScope::all}) {
            for (const Bits target : targets) {
              for (const Bits present : authorised) {
                Settings s{supervisor, mode, agent, ear, disposition, scope, target, present};
                list.push_back(s);
              }
            }
          }
        }
      }
    }
  }
  return list;
}

std::vector<Bits> subsets_of(Bits set) {
  std::vector<Bits> subsets;
  for (Bits each = 0; each <= all; ++each) {
    if ((each & ~set) == 0) subsets.push_back(each);
  }
  return subsets;
}

TEST(Hearing, ObeysTheTableForEverySessionOfOneSupervisor) {
  std::size_t checked = 0;
  for (const Settings& s :
       every_setting(sue, {alex, amy, sam}, subsets_of(plain | bit(sam)), subsets_of(plain))) {
    const Call call{{s}};
    ASSERT_EQ(ruled(call), specified(call)) << describe(call);
    ++checked;
  }
  EXPECT_EQ(checked, 5U * 3 * 3 * 3 * 2 * 32 * 16);
}

TEST(Hearing, ObeysTheTableForEveryMuteAndHold) {
  for (const Settings& s :
       every_setting(sue, {alex}, {bit(alex), bit(carol) | bit(sam)}, {plain})) {
    for (Bits muted = 0; muted <= all; ++muted) {
      for (const Bits held : {nobody, bit(carol), bit(alex), bit(sue), all}) {
        const Call call{{s, {sam, Mode::barge, amy}}, muted, held};
        ASSERT_EQ(ruled(call), specified(call)) << describe(call);
      }
    }
  }
}

TEST(Hearing, ObeysTheTableForEveryPairOfSessions) {
  const auto first =
      every_setting(sue, {alex, amy, sam}, {bit(alex), bit(amy) | bit(sam)}, {plain});
  const auto second = every_setting(sam, {alex, sue}, {bit(alex) | bit(sue)}, {plain});
  for (const Settings& a : first) {
    for (const Settings& b : second) {
      const Call call{{a, b}};
      ASSERT_EQ(ruled(call), specified(call)) << describe(call);
    }
  }
}

/// Every mode, with each ear of consultations.
std::vector<Settings> every_consult(std::size_t supervisor, std::size_t agent, Bits targets) {
  std::vector<Settings> list;
  for (const ConsultEar consult : {ConsultEar::none, ConsultEar::agent, ConsultEar::all}) {
    for (Settings s : every_setting(supervisor, {agent}, {targets}, {plain})) {
      s.consult = consult;
      if (s.disposition != Disposition::drop) list.push_back(s);
    }
  }
  return list;
}

TEST(Hearing, ObeysTheTableForEverySplitIntoConsultations) {
  for (const Settings& s : every_consult(sue, alex, bit(alex) | bit(sam))) {
    Call call{{s, {sam, Mode::barge, sue}}};
    for (Bits split = 0; split < 729; ++split) {  // three conversations for each of six seats
      Bits rest = split;
      for (Bits& talk : call.talks)
        talk = rest % 3, rest /= 3;
      call.held = split % 5 == 0 ? bit(alex) | bit(carol) : nobody;
      call.muted = split % 7 == 0 ? bit(amy) : nobody;
      call.sessions[1].mode = split % 2 == 0 ? Mode::barge : Mode::monitor;
      ASSERT_EQ(ruled(call), specified(call)) << describe(call);
    }
  }
}

TEST(Hearing, ObeysTheTableUnderTheShield) {
  const auto first = every_consult(sue, alex, bit(alex));
  const auto second = every_setting(sam, {amy, sue}, {bit(amy) | bit(sue)}, {plain});
  for (const Settings& a : first) {
    for (const Settings& b : second) {
      Call call{{a, b}};
      call.shielded = true;
      for (const Bits held : {nobody, bit(amy), agents}) {
        call.held_by_far_end = held;
        for (const Bits talk : {0U, 1U}) {
          call.talks[alex] = call.talks[cyril] = talk;
          ASSERT_EQ(ruled(call), specified(call)) << describe(call);
        }
      }
    }
  }
}

TEST(Hearing, ObeysTheTableForEverySilencePauseAndReturnFromHold) {
  const auto first = every_setting(sue, {alex, sam}, {bit(alex) | bit(sam)}, {plain});
  for (Settings a : first) {
    for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
      for (Bits way = 0; way < 16; ++way) {
        Settings b{sam, mode, sue};
        b.targets = bit(sue) | bit(carol);
        a.talking = (way & 1) != 0, a.paused = (way & 2) != 0;
        b.talking = (way & 4) != 0, b.paused = (way & 8) != 0;
        for (Bits resuming = 0; resuming <= all; resuming += 3) {
          a.resuming = resuming, b.resuming = all & ~resuming;
          const Call call{{a, b}};
          ASSERT_EQ(ruled(call), specified(call)) << describe(call);
        }
      }
    }
  }
}

// ── Raises ──────────────────────────────────────────────────────────────────────────────────────

/// What a session opens and takes, as sets: a raise is whatever is in one and not in the other.
struct Reach {
  Bits hears = nobody, speaks_to = nobody;
  Bits silences = nobody, deafens = nobody, drops = nobody;
};

Reach reach_of(const Settings& s) {
  Reach reach{ear_of(s), voice_of(s), replaced_by(s)};
  if (s.disposition >= Disposition::hold) reach.deafens = reach.silences;
  if (s.disposition == Disposition::drop) reach.drops = reach.silences;
  return reach;
}

bool adds(const Reach& from, const Reach& to) {
  const auto beyond = [](Bits more, Bits less) { return (more & ~less) != 0; };
  return beyond(to.hears, from.hears) || beyond(to.speaks_to, from.speaks_to) ||
         beyond(to.silences, from.silences) || beyond(to.deafens, from.deafens) ||
         beyond(to.drops, from.drops);
}

TEST(IsRaise, IsExactlyAnEdgeOpenedOrSomethingTaken) {
  const auto list = every_setting(sue, {alex, sam}, {nobody, bit(alex), bit(carol) | bit(sam)},
                                  {nobody, bit(carol) | bit(alex), plain});
  const Parties parties = parties_of({});
  std::vector<SessionState> states;
  std::vector<Reach> reaches;
  for (const Settings& s : list) {
    states.push_back(state_of(s));
    reaches.push_back(reach_of(s));
  }
  for (std::size_t from = 0; from < list.size(); ++from) {
    for (std::size_t to = 0; to < list.size(); ++to) {
      ASSERT_EQ(is_raise(states[from], states[to], parties), adds(reaches[from], reaches[to]))
          << describe({{list[from], list[to]}});
    }
  }
}

}  // namespace
}  // namespace barge::mode_table
