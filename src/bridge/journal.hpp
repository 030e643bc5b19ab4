// SPDX-License-Identifier: Apache-2.0
// Writes a bridge's audit records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <barge/audit.hpp>
#include <barge/bridge.hpp>

#include "bridge/roster.hpp"
#include "bridge/session.hpp"

namespace barge {

class Journal {
 public:
  Journal(CallGid call, AuditSink& sink, const Clock& clock)
      : call_(std::move(call)), sink_(&sink), clock_(&clock) {}

  /// Appends a record of the session. A refusal by the sink is kept for take_faults().
  std::optional<AuditTicket> append(RecordType type, Session& session, std::vector<AuditField> data,
                                    std::optional<SampleIndex> sample = {});
  /// Appends a record of the call itself.
  std::optional<AuditTicket> append(RecordType type, std::vector<AuditField> data);

  Durability durability(AuditTicket ticket) const { return sink_->durability(ticket); }
  std::vector<Fault> take_faults();

 private:
  std::optional<AuditTicket> append(AuditRecord record);

  CallGid call_;
  AuditSink* sink_;
  const Clock* clock_;
  std::vector<Fault> faults_;
};

/// The fields of decision.made.
std::vector<AuditField> decision_fields(const Decision& decision, const AccessRequest& request);

/// The fields that say what a session is: mode, agent, targets, disposition, by global ids.
std::vector<AuditField> settings_fields(const Settings& settings, const Roster& roster);

}  // namespace barge
