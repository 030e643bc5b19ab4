// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barge/memory_sink.hpp>

namespace barge {
namespace {

AuditRecord record(RecordType type) {
  AuditRecord made;
  made.type = type;
  return made;
}

TEST(MemorySink, KeepsRecordsInOrder) {
  MemorySink sink;
  static_cast<void>(sink.append(record(RecordType::decision_made)).value());
  static_cast<void>(sink.append(record(RecordType::session_joined)).value());
  ASSERT_EQ(sink.records().size(), 2U);
  EXPECT_EQ(sink.records()[0].type, RecordType::decision_made);
  EXPECT_EQ(sink.records()[1].type, RecordType::session_joined);
}

TEST(MemorySink, AcknowledgesAtOnceByDefault) {
  MemorySink sink;
  EXPECT_EQ(sink.durability(sink.append({}).value()), Durability::durable);
}

TEST(MemorySink, HeldBackARecordIsPendingUntilItIsAcknowledged) {
  MemorySink sink(MemorySink::Ack::held_back);
  const AuditTicket first = sink.append({}).value();
  EXPECT_EQ(sink.durability(first), Durability::pending);
  sink.acknowledge();
  const AuditTicket second = sink.append({}).value();
  EXPECT_EQ(sink.durability(first), Durability::durable);
  EXPECT_EQ(sink.durability(second), Durability::pending);
}

TEST(MemorySink, ThatFailedTakesNothingAndLosesNothingThatWasDurable) {
  MemorySink sink(MemorySink::Ack::held_back);
  const AuditTicket kept = sink.append({}).value();
  sink.acknowledge();
  const AuditTicket lost = sink.append({}).value();
  sink.fail();
  const auto refused = sink.append({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::audit_unavailable);
  EXPECT_EQ(sink.durability(kept), Durability::durable);
  EXPECT_EQ(sink.durability(lost), Durability::failed);
  EXPECT_EQ(sink.records().size(), 2U);
}

}  // namespace
}  // namespace barge
