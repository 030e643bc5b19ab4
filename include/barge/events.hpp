// SPDX-License-Identifier: Apache-2.0
// What a bridge reports from poll(), as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <barge/audio.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/ids.hpp>
#include <barge/mode.hpp>
#include <barge/result.hpp>
#include <barge/supervision.hpp>

BARGE_NAMESPACE_BEGIN

/// Names one obligation that waits for the host.
enum class ObligationId : std::uint64_t {};

enum class Fulfilment : std::uint8_t { fulfilled, failed };

enum class Cause : std::uint8_t {
  requested,
  forced,
  revoked,     ///< a later judgement denied it
  expired,     ///< a limit was reached
  agent_left,  ///< the bound agent or the target left
  transferred,
  merged,
  consent,    ///< the customer refused or withdrew it
  card_data,  ///< as the terms of the permission say
  handed_back,
  party_joined,
  leg_lost,
  left,  ///< the supervisor left
  call_ended
};

/// The cause's stable name, as written in the audit log.
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(Cause cause) noexcept;

/// A mode is in force. For a raise `at` is its first open sample, for a lowering the first sample
/// at which everything that closed is exactly zero.
struct ModeApplied {
  SessionId session;
  ParticipantId supervisor;
  Mode from = Mode::off;
  Mode to = Mode::off;
  SampleIndex at;
  Cause cause = Cause::requested;
};

struct RequestDenied {
  SessionId session;
  ParticipantId supervisor;
  Mode mode = Mode::off;
  Decision decision;
};

/// A pending raise came to nothing without being denied.
struct RequestCancelled {
  SessionId session;
  ParticipantId supervisor;
  Mode mode = Mode::off;
  /// "replaced", "lowered", "target_changed", "session_ended", "leg_lost", or "supervisor_muted"
  /// for a takeover by somebody who would not be heard.
  std::string why;
};

/// The host must do this and then call complete().
struct ObligationDue {
  SessionId session;
  ObligationId obligation{};
  ObligationKind kind = ObligationKind::visual;
  std::string id;  ///< of the tone or phrase, or whom to notify; empty for other kinds
  NoticeTo to = NoticeTo::agent;
  std::chrono::milliseconds repeat{0};  ///< of a tone: to be played again at this interval
  bool at_leave = false;                ///< of a tone: to be played when the session ends, too
  bool names_supervisor = false;        ///< of an indicator
  bool acknowledged = false;            ///< of an indicator: complete() once the screen confirms it
  std::string rule;
};

/// A takeover with Disposition::drop has lasted long enough: end the agent's leg and call leave().
struct DropAgent {
  SessionId session;
  ParticipantId agent;
};

/// The media thread reported the leg dead; its supervision is rolled back. Call leave().
struct LegLost {
  ParticipantId participant;
};

/// Somebody began or stopped speaking. Of several changes since the last poll() only the latest is
/// reported.
struct SpeechChanged {
  ParticipantId participant;
  bool speaking = false;
  SampleIndex at;
};

/// A connected customer has nobody who can speak to it, and hears the hold source. The host has to
/// bring somebody, or end the call, before the deadline.
struct CustomerUnattended {
  ParticipantId customer;
  SteadyTime deadline{};
};

/// The agent left and the supervisor goes on alone with the customer, as before; taking over was
/// not permitted.
struct UnattendedBarge {
  SessionId session;
  ParticipantId supervisor;
};

/// A supervisor's voice reaches a party again that was on hold.
struct EdgeReopened {
  SessionId session;
  ParticipantId participant;
  SampleIndex at;
};

/// A tone or phrase that the bridge played before a raise. Delivered: each of its targets has
/// pulled all of it, from the one sample to the other.
struct NoticePlayed {
  SessionId session;
  ObligationId obligation{};
  ObligationKind kind = ObligationKind::tone;
  std::string id;
  bool delivered = false;
  SampleIndex from;
  SampleIndex to;
};

/// A clip has been played to its end, or its last listener has left.
struct ClipFinished {
  PlaybackId playback{};
  SampleIndex at;
};

/// For recordings: from this sample on the call is supervised, or not; or the shield is up, or not.
struct Marker {
  enum class Kind : std::uint8_t { supervised, unsupervised, shielded, unshielded };
  Kind kind = Kind::supervised;
  SampleIndex at;
};

/// A leg's media do not pass through the bridge as they should, or do so again. Silence alone is no
/// fault: a party may send nothing while it does not speak. Told while somebody is supervised.
struct MediaFlow {
  ParticipantId participant;
  bool pushed = true;  ///< its frames have come of late; false alone: no_frames_from_party
  bool pulled = true;  ///< its row was taken of late; false beside `pushed`: one-way audio
};

struct SessionEnded {
  SessionId session;
  ParticipantId supervisor;
  Cause cause = Cause::left;
  PersonGid follows{};  ///< the agent whose next call the supervisor wants to join; empty: none
};

/// A fixed point that turns sample indexes into times: at the start and after a stall.
struct Anchor {
  SampleIndex sample;
  SteadyTime steady;
  WallTime wall;
};

/// Something that the host's operators should know.
struct Fault {
  Errc code = Errc::invalid_argument;
  std::string message;
};

using Event =
    std::variant<ModeApplied, RequestDenied, RequestCancelled, ObligationDue, DropAgent, LegLost,
                 SpeechChanged, CustomerUnattended, UnattendedBarge, EdgeReopened, NoticePlayed,
                 ClipFinished, Marker, MediaFlow, SessionEnded, Anchor, Fault>;

BARGE_NAMESPACE_END
