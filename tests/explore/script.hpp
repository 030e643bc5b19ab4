// SPDX-License-Identifier: Apache-2.0
// The world that a bridge under exploration meets: a clock, an authorizer and an audit sink that do
// as they are told, and note what they were asked.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <barge/barge.hpp>

#include "alphabet.hpp"

namespace barge::explore {

class ScriptClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(std::chrono::seconds(1'800'000'000)) + passed_; }
  SteadyTime steady() const override { return SteadyTime(std::chrono::seconds(1000)) + passed_; }
  void go_to(SteadyTime at) { passed_ = at - SteadyTime(std::chrono::seconds(1000)); }

 private:
  std::chrono::steady_clock::duration passed_{0};
};

/// The person's seat is its global id.
PersonGid gid_of(std::size_t seat);
Seat seat_of(const PersonGid& id);

class ScriptAuthorizer final : public Authorizer {
 public:
  struct Question {
    AuthorizerTicket ticket{};
    Seat subject = nobody;
    Mode mode = Mode::off;
    Seats parties = 0;
    bool about_listening = false;
  };
  /// The latest answer to a supervisor for a mode.
  struct Verdict {
    bool permitted = false;
    Answers as = Answers::deny;
    Seats parties = 0;
    std::uint32_t step = 0;
  };

  Answers answers = Answers::permit;
  bool generous = false;
  std::uint32_t step = 0;  ///< of the exploration
  std::vector<Question> open;
  std::array<std::array<Verdict, 5>, seats> verdicts{};

  AuthorizerTicket ask(const AccessRequest& request) override;
  std::optional<Decision> take_answer(AuthorizerTicket ticket) override;
  void forget(AuthorizerTicket ticket) override;

 private:
  Decision decide(const Question& question);
  std::uint64_t asked_ = 0;
};

/// What the records tell, and nothing else.
class ScriptSink final : public AuditSink {
 public:
  /// A raise that was begun.
  struct Started {
    Seat supervisor = nobody;
    Cause cause = Cause::requested;
  };

  Audit mode = Audit::at_once;
  std::vector<Started> started;                  ///< since they were last taken
  std::array<std::uint32_t, seats> fulfilled{};  ///< obligations, by supervisor
  std::array<std::uint64_t, seats> fulfilled_at{};
  Seats unattended = 0;               ///< customers who were reported
  std::vector<std::int8_t> sessions;  ///< by number: 1 joined, 2 left
  std::uint32_t undecided = 0;        ///< records that are neither durable nor failed
  const char* wrong = nullptr;        ///< a record that must not be

  Result<AuditTicket> append(AuditRecord record) override;
  Durability durability(AuditTicket ticket) const override;
  void set(Audit to);

 private:
  void note_session(const AuditRecord& record);
  std::vector<Durability> records_;
};

}  // namespace barge::explore
