// SPDX-License-Identifier: Apache-2.0
// Counts what the bridges of a floor record.
#pragma once

#include <cstdint>
#include <utility>

#include <barge/audit.hpp>

namespace barge {

/// Hands records on.
class Tally final : public AuditSink {
 public:
  explicit Tally(AuditSink& sink) noexcept : sink_(sink) {}

  Result<AuditTicket> append(AuditRecord record) override {
    if (record.type == RecordType::session_requested) ++raises_requested_;
    return sink_.append(std::move(record));
  }
  Durability durability(AuditTicket ticket) const override { return sink_.durability(ticket); }

  std::uint64_t raises_requested() const noexcept { return raises_requested_; }

 private:
  AuditSink& sink_;
  std::uint64_t raises_requested_ = 0;
};

}  // namespace barge
