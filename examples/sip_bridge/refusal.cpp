// SPDX-License-Identifier: Apache-2.0
#include "refusal.hpp"

#include <utility>

#include "log.hpp"

namespace sip_bridge {

void record(barge::AuditSink& audit, const Refusal& refusal) {
  barge::AuditRecord entry;
  entry.type = barge::RecordType::attempt_refused;
  entry.time = barge::system_clock().wall();
  entry.monotonic = barge::system_clock().steady();
  entry.call = refusal.call;
  entry.data = {
      {"who", refusal.who}, {"dialled", printable(refusal.dialled)}, {"why", refusal.why}};
  if (const auto taken = audit.append(std::move(entry)); !taken) {
    log_line("", refusal.who, "the audit log takes no records: " + taken.error().message);
  }
}

}  // namespace sip_bridge
