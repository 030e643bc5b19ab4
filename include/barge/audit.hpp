// SPDX-License-Identifier: Apache-2.0
// The record of who supervised what, and the seam behind which a host keeps it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <barge/audio.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/ids.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

enum class RecordType : std::uint8_t {
  decision_made,
  decision_expired,
  session_requested,
  session_joined,
  session_mode_changed,
  session_left,
  session_unattended_barge,
  obligation_started,
  obligation_fulfilled,
  obligation_failed,
  takeover_agent_removed,
  takeover_agent_returned,
  takeover_rolled_back,
  call_unattended,
  call_moved,              ///< hold, transfer, park and the like
  call_attribute_changed,  ///< card data, health data, personal
  consent_changed,
  clip_played,
  help_requested,
  risk_flagged,
  guidance_shown,
  wrapup_recorded,
  csat_recorded,
  coaching_noted,
  policy_activated,
  audit_opened,
  audit_recovered,
  attempt_refused  ///< a host's own refusal that touches supervision
};

/// The type as it is written: "decision.made", "session.joined", …
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(RecordType type) noexcept;

using AuditValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

struct AuditField {
  std::string key;
  AuditValue value;
};

struct AuditRecord {
  RecordType type = RecordType::decision_made;
  WallTime time{};                      ///< UTC, from the bridge's clock
  SteadyTime monotonic{};               ///< for durations
  CallGid call{};                       ///< empty for records of the log itself
  SessionGid session{};                 ///< empty where no session is concerned
  std::uint64_t session_sequence = 0;   ///< dense per session, from 1
  std::optional<SampleIndex> sample{};  ///< the media sample index at which it took effect
  std::vector<AuditField> data{};
};

/// Names one appended record.
enum class AuditTicket : std::uint64_t {};

enum class Durability : std::uint8_t {
  pending,
  durable,  ///< it survives a crash of the machine, as far as the sink can promise
  failed    ///< it never will be
};

/// Takes records. A bridge opens nothing before the record of its decision is durable.
class BARGE_API AuditSink {
 public:
  virtual ~AuditSink() = default;

  /// Takes a record in order; never waits for a disk. An error means that it was not taken.
  /// Thread: control. Realtime-safe: no.
  virtual Result<AuditTicket> append(AuditRecord record) = 0;

  /// How far a record has come. Once it is not pending any more, the answer does not change.
  /// Thread: control. Realtime-safe: no.
  virtual Durability durability(AuditTicket ticket) const = 0;
};

BARGE_NAMESPACE_END
