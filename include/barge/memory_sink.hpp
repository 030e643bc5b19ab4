// SPDX-License-Identifier: Apache-2.0
// An audit sink in memory, for tests and for hosts that forward records themselves.
#pragma once

#include <cstddef>
#include <vector>

#include <barge/audit.hpp>
#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// Keeps records in memory. By default a record counts as durable at once; held back, it is when
/// acknowledge() says so, which lets a test stand between the append and the ack.
class BARGE_API MemorySink final : public AuditSink {
 public:
  enum class Ack : bool { at_once, held_back };
  /// Thread: any. Realtime-safe: no.
  explicit MemorySink(Ack ack = Ack::at_once) : ack_(ack) {}

  Result<AuditTicket> append(AuditRecord record) override;
  Durability durability(AuditTicket ticket) const override;

  /// All records in the order in which they were appended.
  /// Thread: control. Realtime-safe: no.
  const std::vector<AuditRecord>& records() const noexcept { return records_; }

  /// Makes everything appended so far durable.
  /// Thread: control. Realtime-safe: no.
  void acknowledge() noexcept { durable_ = records_.size(); }

  /// From now on appends are refused, and what is not durable never will be.
  /// Thread: control. Realtime-safe: no.
  void fail() noexcept { failed_ = true; }

 private:
  Ack ack_;
  std::vector<AuditRecord> records_;
  std::size_t durable_ = 0;
  bool failed_ = false;
};

BARGE_NAMESPACE_END
