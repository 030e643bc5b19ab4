// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <barge/memory_sink.hpp>

BARGE_NAMESPACE_BEGIN

Result<AuditTicket> MemorySink::append(AuditRecord record) {
  if (failed_) return Error{Errc::audit_unavailable, "the audit sink takes no more records"};
  records_.push_back(std::move(record));
  if (ack_ == Ack::at_once) durable_ = records_.size();
  return AuditTicket{records_.size()};
}

Durability MemorySink::durability(AuditTicket ticket) const {
  if (static_cast<std::uint64_t>(ticket) <= durable_) return Durability::durable;
  return failed_ ? Durability::failed : Durability::pending;
}

BARGE_NAMESPACE_END
