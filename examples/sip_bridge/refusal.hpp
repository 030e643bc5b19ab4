// SPDX-License-Identifier: Apache-2.0
// Refusals of supervision that the bridge never hears of: its log has to know them all the same.
#pragma once

#include <string>

#include <barge/audit.hpp>

namespace sip_bridge {

struct Refusal {
  std::string who;      ///< an extension
  std::string dialled;  ///< or pressed
  std::string why;
  barge::CallGid call{};  ///< where there is one
};

/// Appends `attempt.refused`. A log that takes no records is reported on stderr.
void record(barge::AuditSink& audit, const Refusal& refusal);

}  // namespace sip_bridge
