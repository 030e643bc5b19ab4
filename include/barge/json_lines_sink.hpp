// SPDX-License-Identifier: Apache-2.0
// The audit log as a file of JSON lines, of barge::audit. A line is a CloudEvents 1.0 object:
//
//   {"specversion":"1.0","id":"6f…e1-17","source":"barge","type":"session.joined",
//    "subject":"<call>","time":"2026-01-31T09:15:02.000250Z","logid":"6f…e1","epoch":2,
//    "sequence":17,"sessionseq":3,
//    "data":{"call":"…","session":"…","sample":320640,"monotonic_ns":…, …the record's fields}}
//
// `sequence` is dense in the file, `epoch` grows whenever it is opened. Each record is written and
// synced by a thread of the sink's own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <barge/audit.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

struct JsonLinesConfig {
  std::string path;                ///< required; created where it does not exist
  std::string source = "barge";    ///< who writes: the CloudEvents source
  std::size_t max_queued = 65536;  ///< records that may wait for the disk
  /// Called on the sink's thread when a record has become durable or the sink has failed. It must
  /// not block, and must not close the sink. Thread: any. Realtime-safe: no.
  std::function<void()> on_progress;
  const Clock* clock = &system_clock();  ///< for the log's own records; the others bring their time
};

/// Appends records to a file that no one else writes (flock). A record is durable once fdatasync
/// has returned. After a failed write or sync the sink stays failed: the file is not touched again,
/// and what is not durable never will be.
class BARGE_API JsonLinesSink final : public AuditSink {
 public:
  /// Opens the log and makes an audit.opened record durable. A torn last line, as a crash leaves
  /// it, is cut off and kept in an audit.recovered record.
  /// Fails with invalid_argument, with io, with audit_unavailable when another writer has the file,
  /// with bad_document when the file is no audit log (it is left as it is).
  /// Thread: any. Realtime-safe: no.
  static Result<std::unique_ptr<JsonLinesSink>> open(JsonLinesConfig config);

  /// As close().
  ~JsonLinesSink() override;

  /// As AuditSink; many bridges may append at once. Fails with audit_unavailable when the queue is
  /// full or the sink has failed, with closed after close().
  /// Thread: any. Realtime-safe: no.
  Result<AuditTicket> append(AuditRecord record) override;

  /// As AuditSink.
  /// Thread: any. Realtime-safe: no.
  Durability durability(AuditTicket ticket) const override;

  /// Waits until everything appended is durable (or the sink has failed), and closes the file.
  /// Fails with io when records were lost. Idempotent.
  /// Thread: control. Realtime-safe: no.
  Status close();

 private:
  class BARGE_LOCAL Impl;
  explicit JsonLinesSink(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
