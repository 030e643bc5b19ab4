// SPDX-License-Identifier: Apache-2.0
// A second, naive statement of who hears whom, over a small universe: two customers, two agents,
// two supervisors. Columns and rows are struck from a matrix.
#pragma once

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include <barge/mode.hpp>

namespace barge::mode_table {

enum Seat : std::size_t { carol, cyril, alex, amy, sue, sam, seats };
inline constexpr std::array<Role, seats> roles{Role::customer, Role::customer,   Role::agent,
                                               Role::agent,    Role::supervisor, Role::supervisor};

inline ParticipantId id(std::size_t seat) {
  return ParticipantId(static_cast<std::uint32_t>(seat), 1);
}

using Bits = std::uint32_t;  // a set of seats
constexpr Bits bit(std::size_t seat) {
  return Bits{1} << seat;
}
inline constexpr Bits nobody = 0;
inline constexpr Bits customers = bit(carol) | bit(cyril);
inline constexpr Bits agents = bit(alex) | bit(amy);
inline constexpr Bits supervisors = bit(sue) | bit(sam);
inline constexpr Bits plain = customers | agents;
inline constexpr Bits all = plain | supervisors;

struct Settings {
  std::size_t supervisor = sue;
  Mode mode = Mode::off;
  std::size_t agent = alex;
  Ear ear = Ear::both;
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  Bits targets = nobody;
  Bits authorised = plain;
  ConsultEar consult = ConsultEar::none;
  bool talking = true;
  bool paused = false;
  Bits resuming = nobody;
};

using Talks = std::array<Bits, seats>;  // conversations by seat; 0 is the main one

struct Call {
  std::vector<Settings> sessions;
  Bits muted = nobody;
  Bits held = nobody;
  Bits held_by_far_end = nobody;
  Talks talks{};
  bool shielded = false;
};

inline std::string describe(const Call& call) {
  std::ostringstream text;
  text << "muted " << call.muted << " held " << call.held << " far " << call.held_by_far_end;
  text << (call.shielded ? " shielded" : "") << " conversations";
  for (const Bits talk : call.talks)
    text << ' ' << talk;
  for (const Settings& s : call.sessions) {
    text << " | seat " << s.supervisor << ' ' << name(s.mode) << " agent " << s.agent << " ear "
         << int(s.ear) << ' ' << name(s.disposition) << " scope " << int(s.scope) << " targets "
         << s.targets << " authorised " << s.authorised << " consult " << int(s.consult)
         << (s.talking ? "" : " silent") << (s.paused ? " paused" : "") << " resuming "
         << s.resuming;
  }
  return text.str();
}

// ── The specification: columns and rows are struck from a matrix ────────────────────────────────

inline bool open_voice(const Settings& s) {
  return s.mode == Mode::barge || s.mode == Mode::takeover;
}

inline Bits ear_of(const Settings& s) {
  if (s.mode == Mode::off) return nobody;
  const bool side_only = s.mode == Mode::monitor || s.mode == Mode::whisper;
  Bits heard = all;
  if (side_only && s.ear == Ear::customer_side) heard = customers;
  if (side_only && s.ear == Ear::agent_side) heard = agents | supervisors;
  return (heard & (s.authorised | supervisors)) & ~bit(s.supervisor);
}

inline Bits voice_of(const Settings& s) {
  Bits reached = nobody;
  if (s.mode == Mode::whisper) reached = s.targets;
  if (open_voice(s)) reached = all;
  return reached & (s.authorised | supervisors) & ~bit(s.supervisor);
}

inline Bits replaced_by(const Settings& s) {
  if (s.mode != Mode::takeover) return nobody;
  return agents & (bit(s.agent) | (s.scope == AgentScope::all ? s.authorised : nobody));
}

using Matrix = std::array<Bits, seats>;  // by listener

inline Bits in_conversation(const Call& call, Bits talk) {
  Bits set = nobody;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (call.talks[seat] == talk) set |= bit(seat);
  }
  return set;
}

/// Who is in the call and cannot speak, and who cannot hear.
struct Struck {
  Bits mute = nobody, deaf = nobody;
};

inline Struck struck_from(const Call& call) {
  Struck struck{call.held | call.held_by_far_end, call.held | call.held_by_far_end};
  for (const Settings& s : call.sessions) {
    struck.mute |= replaced_by(s);
    if (s.disposition != Disposition::listen) struck.deaf |= replaced_by(s);
  }
  const Bits in_call = in_conversation(call, 0);
  return {struck.mute & in_call, struck.deaf & in_call};
}

/// The shield is lifted from whoever has taken over, and from those who barge where nobody has, as
/// long as no agent can speak.
inline bool behind_shield(const Call& call, const Settings& s) {
  if (!call.shielded) return false;
  const bool agent_speaks = (agents & in_conversation(call, 0) & ~struck_from(call).mute) != 0;
  bool taken_over = false;
  for (const Settings& other : call.sessions)
    taken_over |= other.mode == Mode::takeover;
  const Mode needed = taken_over ? Mode::takeover : Mode::barge;
  return agent_speaks || s.mode < needed;
}

/// What of the consultations a session lets its supervisor hear.
inline Bits consults_heard(const Call& call, const Settings& s) {
  if (open_voice(s) || s.consult == ConsultEar::none) return nobody;
  const Bits consulting = all & ~in_conversation(call, 0);
  return s.consult == ConsultEar::all ? consulting : consulting & bit(s.agent);
}

/// Adds what the sessions open in the call itself, and into the consultations.
inline void add_sessions(const Call& call, Matrix& heard) {
  const Bits in_call = in_conversation(call, 0);
  std::vector<Settings> awake;
  for (const Settings& s : call.sessions) {
    if (!s.paused && !behind_shield(call, s)) awake.push_back(s);
  }
  const auto reached_by = [&](const Settings& s) {
    const bool speaks = s.talking && (in_call & bit(s.supervisor));
    return speaks ? voice_of(s) & in_call & ~s.resuming : nobody;
  };
  for (const Settings& s : awake) {
    heard[s.supervisor] |= ear_of(s) & ((plain & in_call) | consults_heard(call, s));
    for (std::size_t seat = carol; seat <= amy; ++seat) {
      if (reached_by(s) & bit(seat)) heard[seat] |= bit(s.supervisor);
    }
  }
  for (const Settings& coach : awake) {
    for (const Settings& other : awake) {
      if (!(ear_of(coach) & in_call & bit(other.supervisor))) continue;
      const bool reached = reached_by(other) & bit(coach.supervisor);
      const bool speaking = open_voice(other) || other.mode == Mode::whisper;
      const bool overheard = coach.agent == other.supervisor && speaking && other.talking &&
                             !(other.resuming & bit(coach.supervisor));
      if (reached || overheard) heard[coach.supervisor] |= bit(other.supervisor);
    }
  }
}

inline Matrix specified(const Call& call) {
  Matrix heard{};
  for (std::size_t seat = carol; seat <= amy; ++seat)
    heard[seat] = plain & in_conversation(call, 0);
  add_sessions(call, heard);
  const Struck struck = struck_from(call);
  Bits voices_taken = nobody;  // nor does a supervisor hear those in a consultation
  for (const Settings& s : call.sessions)
    voices_taken |= replaced_by(s);
  for (std::size_t seat = 0; seat < seats; ++seat) {
    heard[seat] &= ~(struck.mute | voices_taken);
    if (struck.deaf & bit(seat)) heard[seat] = nobody;
    if (call.talks[seat] != 0) heard[seat] = in_conversation(call, call.talks[seat]);
    heard[seat] &= ~(call.muted | bit(seat));
  }
  return heard;
}

// ── The rules under test ────────────────────────────────────────────────────────────────────────

inline std::vector<ParticipantId> ids(Bits set) {
  std::vector<ParticipantId> list;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (set & bit(seat)) list.push_back(id(seat));
  }
  return list;
}

/// The id lists of all 64 sets, so that a sweep does not allocate.
inline const std::vector<ParticipantId>& listed(Bits set) {
  static const std::vector<std::vector<ParticipantId>> lists = [] {
    std::vector<std::vector<ParticipantId>> made;
    for (Bits each = 0; each <= all; ++each)
      made.push_back(ids(each));
    return made;
  }();
  return lists[set];
}

inline SessionState state_of(const Settings& s) {
  return {id(s.supervisor), s.mode,    id(s.agent),       s.ear,
          s.disposition,    s.scope,   listed(s.targets), listed(s.authorised),
          s.consult,        s.talking, s.paused,          listed(s.resuming)};
}

using Parties = std::array<PartyState, seats>;

inline Parties parties_of(const Call& call) {
  Parties parties{};
  for (std::size_t seat = 0; seat < seats; ++seat) {
    Hold hold = call.held & bit(seat) ? Hold::local : Hold::none;
    if (call.held_by_far_end & bit(seat)) hold = Hold::far_end;
    parties[seat] = {id(seat), roles[seat], (call.muted & bit(seat)) != 0, hold,
                     ConversationId{call.talks[seat]}};
  }
  return parties;
}

inline Matrix ruled(const Call& call) {
  const Parties parties = parties_of(call);
  std::array<SessionState, 2> states;
  for (std::size_t i = 0; i < call.sessions.size(); ++i)
    states[i] = state_of(call.sessions[i]);
  const Scene scene{parties, {states.data(), call.sessions.size()}, call.shielded};
  Matrix heard{};
  for (std::size_t listener = 0; listener < seats; ++listener) {
    for (std::size_t speaker = 0; speaker < seats; ++speaker) {
      if (hears(scene, parties[listener], parties[speaker])) heard[listener] |= bit(speaker);
    }
  }
  return heard;
}

}  // namespace barge::mode_table
