// SPDX-License-Identifier: Apache-2.0
// The rules of supervision: who hears whom, and what counts as a raise. Pure functions; the bridge,
// the mixer and the tests all use these and no others.
//
//   mode      supervisor hears                       supervisor is heard by
//   off       nobody                                 nobody
//   monitor   both sides, or the one its ear names   nobody
//   whisper   the same                               its targets alone
//   barge     everyone                               everyone
//   takeover  everyone but the replaced agent        everyone; the agent listens or is on hold
//
// Whoever is muted or on hold is heard by nobody; whoever is on hold hears nobody. A consultation
// is a conversation apart: those in it hear each other, and nobody else hears them but a supervisor
// whose permission says so. While the call is shielded no supervisor hears or is heard, save the
// one who is all that the customer has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gsl/span>

#include <barge/config.hpp>
#include <barge/ids.hpp>
#include <barge/participant.hpp>

BARGE_NAMESPACE_BEGIN

enum class Mode : std::uint8_t { off, monitor, whisper, barge, takeover };

/// Which side of the call a monitoring or whispering supervisor hears.
enum class Ear : std::uint8_t { both, customer_side, agent_side };

/// What a takeover makes of the agent: a silent listener, on hold, or dropped from the call by the
/// host (on hold until then).
enum class Disposition : std::uint8_t { listen, hold, drop };

/// Whose voice a takeover takes: the bound agent's, or every agent's.
enum class AgentScope : std::uint8_t { bound, all };

/// What a supervisor in monitor or whisper hears of a consultation.
enum class ConsultEar : std::uint8_t {
  none,
  agent,  ///< the agent whom its session is bound to
  all
};

/// The mode's stable name.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Mode mode) noexcept {
  switch (mode) {
    case Mode::off:
      return "off";
    case Mode::monitor:
      return "monitor";
    case Mode::whisper:
      return "whisper";
    case Mode::barge:
      return "barge";
    case Mode::takeover:
      return "takeover";
  }
  return "?";
}

/// The disposition's stable name.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Disposition disposition) noexcept {
  switch (disposition) {
    case Disposition::listen:
      return "listen";
    case Disposition::hold:
      return "hold";
    case Disposition::drop:
      return "drop";
  }
  return "?";
}

/// A supervisor's session as the rules see it. The spans belong to the caller.
struct SessionState {
  ParticipantId supervisor;
  Mode mode = Mode::off;
  ParticipantId agent;  ///< the participant that the session is bound to
  Ear ear = Ear::both;
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  gsl::span<const ParticipantId> targets;  ///< who hears a whisper
  /// The customers and agents in whose presence the session was authorised. Whoever joins later
  /// neither hears nor is heard by the supervisor until the session has been judged again.
  gsl::span<const ParticipantId> authorised;
  ConsultEar consult = ConsultEar::none;
  bool talking = true;  ///< false: push-to-talk, and the key is up
  bool paused = false;  ///< the call is parked
  /// Parties back from hold whom the supervisor's voice does not reach yet.
  gsl::span<const ParticipantId> resuming{};
};

/// Everybody on one call, at one instant.
struct Scene {
  gsl::span<const PartyState> parties;
  gsl::span<const SessionState> sessions;
  bool shielded = false;  ///< something is said that no supervisor may hear, such as card data
};

/// Thread: any. Realtime-safe: yes.
constexpr bool contains(gsl::span<const ParticipantId> ids, ParticipantId id) noexcept {
  for (const ParticipantId candidate : ids) {
    if (candidate == id) return true;
  }
  return false;
}

/// The session of a supervisor, or null.
/// Thread: any. Realtime-safe: yes.
constexpr const SessionState* session_of(const Scene& scene, ParticipantId supervisor) noexcept {
  for (const SessionState& session : scene.sessions) {
    if (session.supervisor == supervisor && session.mode != Mode::off) return &session;
  }
  return nullptr;
}

/// Whether a takeover has replaced this party.
/// Thread: any. Realtime-safe: yes.
constexpr bool replaces(const SessionState& session, const PartyState& party) noexcept {
  if (session.mode != Mode::takeover || party.role != Role::agent) return false;
  if (session.agent == party.id) return true;
  return session.scope == AgentScope::all && contains(session.authorised, party.id);
}

/// Whether anyone's takeover has taken the party's voice.
/// Thread: any. Realtime-safe: yes.
constexpr bool voice_taken(const Scene& scene, const PartyState& party) noexcept {
  for (const SessionState& session : scene.sessions) {
    if (replaces(session, party)) return true;
  }
  return false;
}

/// Whether the party hears nobody: on hold, or put there by a takeover. A consultation goes before
/// hold.
/// Thread: any. Realtime-safe: yes.
constexpr bool on_hold(const Scene& scene, const PartyState& party) noexcept {
  if (party.conversation != ConversationId::main) return false;
  if (party.hold != Hold::none) return true;
  for (const SessionState& session : scene.sessions) {
    if (replaces(session, party) && session.disposition != Disposition::listen) return true;
  }
  return false;
}

/// Whether a session opens the edge from the party to its supervisor.
/// Thread: any. Realtime-safe: yes.
constexpr bool may_hear(const SessionState& session, const PartyState& party) noexcept {
  if (session.mode == Mode::off) return false;
  if (party.role != Role::supervisor && !contains(session.authorised, party.id)) return false;
  if (party.conversation != ConversationId::main) {
    if (session.mode >= Mode::barge || session.consult == ConsultEar::none) return false;
    if (session.consult == ConsultEar::agent && party.id != session.agent) return false;
  }
  if (session.mode >= Mode::barge || session.ear == Ear::both) return true;
  return (session.ear == Ear::customer_side) == (party.role == Role::customer);
}

/// Whether a session opens the edge from its supervisor to the party.
/// Thread: any. Realtime-safe: yes.
constexpr bool may_speak_to(const SessionState& session, const PartyState& party) noexcept {
  if (party.role != Role::supervisor && !contains(session.authorised, party.id)) return false;
  if (party.conversation != ConversationId::main) return false;
  if (session.mode == Mode::whisper) return contains(session.targets, party.id);
  return session.mode >= Mode::barge;
}

/// Whether an agent on the call can speak to its customers.
/// Thread: any. Realtime-safe: yes.
constexpr bool agent_can_speak(const Scene& scene) noexcept {
  for (const PartyState& party : scene.parties) {
    if (party.role != Role::agent || party.conversation != ConversationId::main) continue;
    if (!on_hold(scene, party) && !voice_taken(scene, party)) return true;
  }
  return false;
}

/// Whether the session's supervisor is all that the customers have: it has taken over, or no agent
/// is left where it has barged in.
/// Thread: any. Realtime-safe: yes.
constexpr bool attends_alone(const Scene& scene, const SessionState& session) noexcept {
  if (session.mode < Mode::barge || agent_can_speak(scene)) return false;
  if (session.mode == Mode::takeover) return true;
  for (const SessionState& other : scene.sessions) {
    if (other.mode == Mode::takeover) return false;
  }
  return true;
}

/// Whether the shield lies between the session's supervisor and everybody else.
/// Thread: any. Realtime-safe: yes.
constexpr bool shielded_from(const Scene& scene, const SessionState& session) noexcept {
  return scene.shielded && !attends_alone(scene, session);
}

/// Whether the listener hears the speaker. This is the whole of who-hears-whom; what it does not
/// open stays closed.
/// Thread: any. Realtime-safe: yes.
constexpr bool hears(const Scene& scene, const PartyState& listener,
                     const PartyState& speaker) noexcept {
  if (listener.id == speaker.id || speaker.muted) return false;
  const bool consults = speaker.conversation != ConversationId::main;
  if (listener.conversation != ConversationId::main) {
    return listener.conversation == speaker.conversation;  // whatever their roles
  }
  if (consults && listener.role != Role::supervisor) return false;
  if (on_hold(scene, listener) || on_hold(scene, speaker)) return false;
  if (voice_taken(scene, speaker)) return false;

  const SessionState* ear = nullptr;
  if (listener.role == Role::supervisor) {
    ear = session_of(scene, listener.id);
    if (ear == nullptr || ear->paused || shielded_from(scene, *ear)) return false;
    if (!may_hear(*ear, speaker)) return false;
    if (consults) return true;
  }
  if (speaker.role == Role::supervisor) {
    const SessionState* voice = session_of(scene, speaker.id);
    if (voice == nullptr || !voice->talking || voice->paused) return false;
    if (shielded_from(scene, *voice) || contains(voice->resuming, listener.id)) return false;
    const bool coached = ear != nullptr && ear->agent == speaker.id && voice->mode >= Mode::whisper;
    return coached || may_speak_to(*voice, listener);
  }
  return true;
}

/// Whether going from one session state to the other needs a decision: it opens an edge that was
/// closed, or takes something from an agent. Everything else is a lowering and always allowed.
/// Thread: any. Realtime-safe: yes.
constexpr bool is_raise(const SessionState& from, const SessionState& to,
                        gsl::span<const PartyState> parties) noexcept {
  for (PartyState party : parties) {
    if (party.id == to.supervisor) continue;
    party.conversation = ConversationId::main;  // a consultation only suspends what is authorised
    if (may_hear(to, party) && !may_hear(from, party)) return true;
    if (may_speak_to(to, party) && !may_speak_to(from, party)) return true;
    if (!replaces(to, party)) continue;
    if (!replaces(from, party) || from.disposition < to.disposition) return true;
  }
  return false;
}

// ── The table above, as the rules read it ───────────────────────────────────────────────────────

namespace examples {

inline constexpr ParticipantId customer{0, 1}, agent{1, 1}, supervisor{2, 1};
inline constexpr PartyState parties[] = {
    {customer, Role::customer}, {agent, Role::agent}, {supervisor, Role::supervisor}};
inline constexpr ParticipantId plain[] = {customer, agent};
inline constexpr ParticipantId targets[] = {agent};

/// The supervisor's session in this mode, with the agent as its target.
/// Thread: any. Realtime-safe: yes.
constexpr SessionState in_mode(Mode mode, Disposition disposition = Disposition::listen) noexcept {
  return {supervisor, mode, agent, Ear::both, disposition, AgentScope::bound, targets, plain};
}

/// Whether the listener hears the speaker under this one session; both are indexes of `parties`.
/// Thread: any. Realtime-safe: yes.
constexpr bool heard(const SessionState& session, std::size_t listener,
                     std::size_t speaker) noexcept {
  const SessionState sessions[] = {session};
  return hears({parties, sessions}, parties[listener], parties[speaker]);
}

/// Whether going from one mode to the other is a raise, everything else left as it is.
/// Thread: any. Realtime-safe: yes.
constexpr bool raise(Mode from, Mode to) noexcept {
  return is_raise(in_mode(from), in_mode(to), parties);
}

inline constexpr std::size_t c = 0, a = 1, s = 2;
static_assert(heard(in_mode(Mode::off), c, a) && heard(in_mode(Mode::off), a, c));
static_assert(!heard(in_mode(Mode::off), s, c) && !heard(in_mode(Mode::off), c, s));
static_assert(heard(in_mode(Mode::monitor), s, c) && heard(in_mode(Mode::monitor), s, a));
static_assert(!heard(in_mode(Mode::monitor), c, s) && !heard(in_mode(Mode::monitor), a, s));
static_assert(heard(in_mode(Mode::whisper), a, s) && !heard(in_mode(Mode::whisper), c, s));
static_assert(heard(in_mode(Mode::barge), a, s) && heard(in_mode(Mode::barge), c, s));
static_assert(heard(in_mode(Mode::takeover), c, s) && !heard(in_mode(Mode::takeover), c, a));
static_assert(!heard(in_mode(Mode::takeover), s, a));
static_assert(heard(in_mode(Mode::takeover), a, c) && heard(in_mode(Mode::takeover), a, s));
static_assert(!heard(in_mode(Mode::takeover, Disposition::hold), a, c));
static_assert(!heard(in_mode(Mode::barge), s, s));
static_assert(raise(Mode::off, Mode::monitor) && raise(Mode::whisper, Mode::barge));
static_assert(raise(Mode::barge, Mode::takeover) && !raise(Mode::takeover, Mode::monitor));
static_assert(!raise(Mode::monitor, Mode::monitor));

}  // namespace examples

BARGE_NAMESPACE_END
