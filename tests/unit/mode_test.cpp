// SPDX-License-Identifier: Apache-2.0
// The rules of mode.hpp against a second, naive statement of the same table, over every session of
// a small universe: two customers, two agents, two supervisors.
#include <array>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include <barge/mode.hpp>

namespace barge {
namespace {

enum Seat : std::size_t { carol, cyril, alex, amy, sue, sam, seats };
constexpr std::array<Role, seats> roles{Role::customer, Role::customer,   Role::agent,
                                        Role::agent,    Role::supervisor, Role::supervisor};

ParticipantId id(std::size_t seat) {
  return ParticipantId(static_cast<std::uint32_t>(seat), 1);
}

using Bits = std::uint32_t;  // a set of seats
constexpr Bits bit(std::size_t seat) {
  return Bits{1} << seat;
}
constexpr Bits nobody = 0;
constexpr Bits customers = bit(carol) | bit(cyril);
constexpr Bits agents = bit(alex) | bit(amy);
constexpr Bits supervisors = bit(sue) | bit(sam);
constexpr Bits plain = customers | agents;
constexpr Bits all = plain | supervisors;

struct Settings {
  std::size_t supervisor = sue;
  Mode mode = Mode::off;
  std::size_t agent = alex;
  Ear ear = Ear::both;
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  Bits targets = nobody;
  Bits authorised = plain;
};

struct Call {
  std::vector<Settings> sessions;
  Bits muted = nobody;
  Bits held = nobody;
};

std::string describe(const Call& call) {
  std::ostringstream text;
  text << "muted " << call.muted << " held " << call.held;
  for (const Settings& s : call.sessions) {
    text << " | seat " << s.supervisor << ' ' << name(s.mode) << " agent " << s.agent << " ear "
         << int(s.ear) << ' ' << name(s.disposition) << " scope " << int(s.scope) << " targets "
         << s.targets << " authorised " << s.authorised;
  }
  return text.str();
}

// ── The specification: columns and rows are struck from a matrix ────────────────────────────────

bool open_voice(const Settings& s) {
  return s.mode == Mode::barge || s.mode == Mode::takeover;
}

Bits ear_of(const Settings& s) {
  if (s.mode == Mode::off) return nobody;
  const bool side_only = s.mode == Mode::monitor || s.mode == Mode::whisper;
  Bits heard = all;
  if (side_only && s.ear == Ear::customer_side) heard = customers;
  if (side_only && s.ear == Ear::agent_side) heard = agents | supervisors;
  return (heard & (s.authorised | supervisors)) & ~bit(s.supervisor);
}

Bits voice_of(const Settings& s) {
  Bits reached = nobody;
  if (s.mode == Mode::whisper) reached = s.targets;
  if (open_voice(s)) reached = all;
  return reached & (s.authorised | supervisors) & ~bit(s.supervisor);
}

Bits replaced_by(const Settings& s) {
  if (s.mode != Mode::takeover) return nobody;
  return s.scope == AgentScope::all ? agents : agents & bit(s.agent);
}

using Matrix = std::array<Bits, seats>;  // by listener

Matrix specified(const Call& call) {
  Matrix heard{};
  for (std::size_t seat = carol; seat <= amy; ++seat)
    heard[seat] = plain;
  for (const Settings& s : call.sessions) {
    heard[s.supervisor] |= ear_of(s) & plain;
    for (std::size_t seat = carol; seat <= amy; ++seat) {
      if (voice_of(s) & bit(seat)) heard[seat] |= bit(s.supervisor);
    }
  }
  for (const Settings& coach : call.sessions) {
    for (const Settings& other : call.sessions) {
      if (!(ear_of(coach) & bit(other.supervisor))) continue;
      const bool reached = voice_of(other) & bit(coach.supervisor);
      const bool speaking = open_voice(other) || other.mode == Mode::whisper;
      if (reached || (coach.agent == other.supervisor && speaking))
        heard[coach.supervisor] |= bit(other.supervisor);
    }
  }
  Bits mute = call.muted | call.held, deaf = call.held;
  for (const Settings& s : call.sessions) {
    mute |= replaced_by(s);
    if (s.disposition != Disposition::listen) deaf |= replaced_by(s);
  }
  for (std::size_t seat = 0; seat < seats; ++seat) {
    heard[seat] &= ~(mute | bit(seat));
    if (deaf & bit(seat)) heard[seat] = nobody;
  }
  return heard;
}

// ── The rules under test ────────────────────────────────────────────────────────────────────────

std::vector<ParticipantId> ids(Bits set) {
  std::vector<ParticipantId> list;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (set & bit(seat)) list.push_back(id(seat));
  }
  return list;
}

/// The id lists of all 64 sets, so that a sweep does not allocate.
const std::vector<ParticipantId>& listed(Bits set) {
  static const std::vector<std::vector<ParticipantId>> lists = [] {
    std::vector<std::vector<ParticipantId>> made;
    for (Bits each = 0; each <= all; ++each)
      made.push_back(ids(each));
    return made;
  }();
  return lists[set];
}

SessionState state_of(const Settings& s) {
  return {id(s.supervisor), s.mode,  id(s.agent),       s.ear,
          s.disposition,    s.scope, listed(s.targets), listed(s.authorised)};
}

std::array<PartyState, seats> parties_of(Bits muted, Bits held) {
  std::array<PartyState, seats> parties{};
  for (std::size_t seat = 0; seat < seats; ++seat)
    parties[seat] = {id(seat), roles[seat], (muted & bit(seat)) != 0, (held & bit(seat)) != 0};
  return parties;
}

Matrix ruled(const Call& call) {
  const auto parties = parties_of(call.muted, call.held);
  std::array<SessionState, 2> states;
  for (std::size_t i = 0; i < call.sessions.size(); ++i)
    states[i] = state_of(call.sessions[i]);
  const Scene scene{parties, {states.data(), call.sessions.size()}};
  Matrix heard{};
  for (std::size_t listener = 0; listener < seats; ++listener) {
    for (std::size_t speaker = 0; speaker < seats; ++speaker) {
      if (hears(scene, parties[listener], parties[speaker])) heard[listener] |= bit(speaker);
    }
  }
  return heard;
}

// ── Sweeps ──────────────────────────────────────────────────────────────────────────────────────

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
              for (const Bits present : authorised)
                list.push_back({supervisor, mode, agent, ear, disposition, scope, target, present});
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

TEST(Hears, NobodyButThePlainPartiesWithoutASession) {
  const Matrix heard = ruled({});
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
  EXPECT_EQ(heard[alex], bit(amy) | customers);
  EXPECT_EQ(heard[sue], nobody);
}

TEST(Hears, AMonitorHearsTheCallAndIsHeardByNobody) {
  const Matrix heard = ruled({{{sue, Mode::monitor}}});
  EXPECT_EQ(heard[sue], plain);
  for (std::size_t seat = carol; seat <= sam; ++seat)
    EXPECT_EQ(heard[seat] & bit(sue), nobody);
}

TEST(Hears, AWhisperReachesItsTargetsAlone) {
  Settings whisper{sue, Mode::whisper};
  whisper.targets = bit(alex);
  const Matrix heard = ruled({{whisper}});
  EXPECT_EQ(heard[alex], customers | bit(amy) | bit(sue));
  EXPECT_EQ(heard[carol], bit(cyril) | agents);
  EXPECT_EQ(heard[amy], customers | bit(alex));
  EXPECT_EQ(heard[sam], nobody);
}

TEST(Hears, ABargeIsHeardByEveryParty) {
  const Matrix heard = ruled({{{sue, Mode::barge}}});
  for (std::size_t seat = carol; seat <= amy; ++seat)
    EXPECT_EQ(heard[seat], (plain | bit(sue)) & ~bit(seat));
}

TEST(Hears, ATakeoverLeavesTheAgentListeningOrOnHold) {
  Settings takeover{sue, Mode::takeover};
  Matrix heard = ruled({{takeover}});
  EXPECT_EQ(heard[carol], bit(cyril) | bit(amy) | bit(sue));
  EXPECT_EQ(heard[alex], customers | bit(amy) | bit(sue));
  EXPECT_EQ(heard[sue], customers | bit(amy));
  takeover.disposition = Disposition::hold;
  heard = ruled({{takeover}});
  EXPECT_EQ(heard[alex], nobody);
}

TEST(Hears, AMonitorHearsAnotherSupervisorWhoBargesButNotOneWhoWhispers) {
  EXPECT_EQ(ruled({{{sue, Mode::barge}, {sam, Mode::monitor}}})[sam], plain | bit(sue));
  Settings whisper{sue, Mode::whisper};
  whisper.targets = bit(alex);
  EXPECT_EQ(ruled({{whisper, {sam, Mode::monitor}}})[sam], plain);
}

TEST(Hears, WhoeverSupervisesASupervisorHearsItsWhisper) {
  Settings whisper{sue, Mode::whisper}, coach{sam, Mode::monitor};
  whisper.targets = bit(alex);
  coach.agent = sue;
  EXPECT_EQ(ruled({{whisper, coach}})[sam], plain | bit(sue));
}

TEST(Hears, ANewcomerNeitherHearsNorIsHeardByASupervisorUntilJudged) {
  Settings barge{sue, Mode::barge};
  barge.authorised = plain & ~bit(cyril);
  const Matrix heard = ruled({{barge}});
  EXPECT_EQ(heard[sue], plain & ~bit(cyril));
  EXPECT_EQ(heard[cyril], bit(carol) | agents);
}

TEST(Hears, ObeysTheTableForEverySessionOfOneSupervisor) {
  std::size_t checked = 0;
  for (const Settings& s :
       every_setting(sue, {alex, amy, sam}, subsets_of(plain | bit(sam)), subsets_of(plain))) {
    const Call call{{s}};
    ASSERT_EQ(ruled(call), specified(call)) << describe(call);
    ++checked;
  }
  EXPECT_EQ(checked, 5U * 3 * 3 * 3 * 2 * 32 * 16);
}

TEST(Hears, ObeysTheTableForEveryMuteAndHold) {
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

TEST(Hears, ObeysTheTableForEveryPairOfSessions) {
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

bool raises(const Settings& from, const Settings& to) {
  return is_raise(state_of(from), state_of(to), parties_of(nobody, nobody));
}

TEST(IsRaise, EveryHigherModeIsOneAndEveryLowerModeIsNone) {
  const Mode modes[] = {Mode::off, Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};
  for (const Mode from : modes) {
    for (const Mode to : modes) {
      Settings a{sue, from}, b{sue, to};
      a.targets = b.targets = bit(alex);
      EXPECT_EQ(raises(a, b), from < to) << name(from) << " to " << name(to);
    }
  }
}

TEST(IsRaise, ANewTargetIsOneAndAMissingTargetIsNone) {
  Settings agent{sue, Mode::whisper}, customer = agent, both = agent;
  agent.targets = bit(alex);
  customer.targets = bit(carol);
  both.targets = agent.targets | customer.targets;
  EXPECT_TRUE(raises(agent, customer));
  EXPECT_TRUE(raises(agent, both));
  EXPECT_FALSE(raises(both, customer));
}

TEST(IsRaise, AWiderEarIsOneEvenInALowerMode) {
  Settings whisper{sue, Mode::whisper}, monitor{sue, Mode::monitor};
  whisper.targets = bit(alex);
  whisper.ear = Ear::agent_side;
  EXPECT_TRUE(raises(whisper, monitor));
  monitor.ear = Ear::agent_side;
  EXPECT_FALSE(raises(whisper, monitor));
}

TEST(IsRaise, TakingAnotherAgentsVoiceIsOne) {
  Settings alexs{sue, Mode::takeover}, amys = alexs, both = alexs;
  amys.agent = amy;
  both.scope = AgentScope::all;
  EXPECT_TRUE(raises(alexs, amys));
  EXPECT_TRUE(raises(alexs, both));
  EXPECT_FALSE(raises(both, amys));
}

TEST(IsRaise, IsExactlyAnEdgeOpenedOrSomethingTaken) {
  const auto list = every_setting(sue, {alex, sam}, {nobody, bit(alex), bit(carol) | bit(sam)},
                                  {nobody, bit(carol) | bit(alex), plain});
  const auto parties = parties_of(nobody, nobody);
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
}  // namespace barge
