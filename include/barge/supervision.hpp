// SPDX-License-Identifier: Apache-2.0
// What a host asks of a bridge, and what it is told about those on the call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <barge/audio.hpp>
#include <barge/clip.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/ids.hpp>
#include <barge/level.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>

BARGE_NAMESPACE_BEGIN

/// One ear or two. The left one, which is also the only one, is the leg itself.
enum class Ears : std::uint8_t {
  mono,
  stereo  ///< left: all but the customers; right: all but the agents
};

struct Joined {
  ParticipantId participant;
  LegId leg;        ///< for the media thread
  LegId right_ear;  ///< of a stereo listener: pulled like a leg, never pushed
};

/// What a session stays with when the agent leaves the call.
enum class Follow : std::uint8_t {
  call,  ///< it goes on, in monitor at most unless the customer has nobody else
  agent  ///< it ends, and SessionEnded names the agent to be followed
};

/// What a supervisor wants. Only the mode is required.
struct ModeRequest {
  Mode mode = Mode::monitor;
  std::string reason{};
  ParticipantId agent{};                 ///< whom the session is bound to; default: the only agent
  std::vector<ParticipantId> targets{};  ///< who hears a whisper; default: the bound agent
  std::optional<Ear> ear{};              ///< default: as it is, and both sides at first
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  Follow follow = Follow::call;
  bool push_to_talk = false;  ///< the supervisor is heard only while set_talking() says so
  CommandId command{};        ///< the same id with the same content returns the first answer
};

enum class RaiseState : std::uint8_t {
  requested,  ///< the authorizer has not answered yet
  recorded,   ///< decided and appended to the audit log
  durable,    ///< the record is durable; obligations have started
  obliged,    ///< all obligations are fulfilled; being judged again
  applying,   ///< the plan is published; the media thread has not taken it up yet
  applied,
  denied
};

struct Requested {
  SessionId session;  ///< names it in events and records, also when it was denied at once
  RaiseState state = RaiseState::requested;
  std::optional<Decision> decision;  ///< absent for a lowering, and while the authorizer thinks
};

/// One line of the roster.
struct ParticipantInfo {
  ParticipantId id{};
  LegId leg{};
  Person person{};
  bool muted = false;
  Hold hold = Hold::none;
  ConversationId conversation = ConversationId::main;
  Mode mode = Mode::off;  ///< in force; for supervisors
  std::optional<SessionId> session{};
  std::optional<RaiseState> pending{};  ///< of a raise, until a tick takes it up
  bool paused = false;                  ///< the session waits while the call is parked
  Level level{};                        ///< of its latest frame; where speech is detected
  bool speaking = false;                ///< where speech is detected
};

/// Somebody who joins, or is on the call already.
using Party = std::variant<Person, ParticipantId>;

/// An agent's place goes to another one.
struct Transfer {
  ParticipantId from;                  ///< who leaves the call
  Party to;                            ///< an agent, or a supervisor who is on the call
  std::optional<std::string> queue{};  ///< the call's queue from then on; absent: as it is
};

/// Two parties who speak apart.
struct Consultation {
  ConversationId conversation = ConversationId::main;
  Joined with;
};

/// A party of a bridge that was merged into another one.
struct Moved {
  ParticipantId before;
  Joined now;
};

/// Names one clip that is being played.
enum class PlaybackId : std::uint64_t {};

/// A clip for chosen ears alone.
struct Playback {
  Clip clip{};
  std::vector<ParticipantId> to{};
  /// The supervisor whose words they are: its session has to allow it to speak to all of them.
  /// Absent: the host itself speaks.
  ParticipantId by{};
};

/// What a recorder gets. Neither has what the shield hides.
enum class Track : std::uint8_t {
  voice,    ///< what the party says, while anybody may hear it
  as_heard  ///< what the party hears; without whispers, save on an agent's track where allowed
};

BARGE_NAMESPACE_END
