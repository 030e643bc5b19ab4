// SPDX-License-Identifier: Apache-2.0
// Follows what is asked of a bridge, answered and reported, and says what of it must not be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oracle.hpp"
#include "world.hpp"

namespace barge::explore {

/// A raise from its beginning to its end.
struct Raise {
  /// Whether it extends what is in force to those who have come since.
  bool extends() const { return cause == Cause::party_joined; }

  SessionId session;
  Seat supervisor = nobody;
  Cause cause = Cause::requested;
  Grant to;
  std::uint32_t number = 0;
  std::uint32_t fulfilled = 0;                ///< obligations of the supervisor before it
  std::array<std::uint8_t, seats> phrased{};  ///< samples of a notice that each person has had
};

/// What is known of a supervisor's session.
struct Side {
  std::optional<SessionId> session;
  Grant now;
  bool talking = true;
  Seats resuming = 0;
  std::array<SteadyTime, seats> reached_at{};
};

/// participants(), by seat.
struct Line {
  bool here = false;
  Role role = Role::customer;
  bool muted = false;
  Hold hold = Hold::none;
  std::uint32_t conversation = 0;
  Mode mode = Mode::off;
  std::optional<SessionId> session;
  std::optional<RaiseState> pending;
  bool paused = false;
};
using Lines = std::array<Line, seats>;

class Watch {
 public:
  explicit Watch(World& world);

  /// Does the action, and a tick where it is one. Returns whether it was enabled.
  bool act(const Action& action);

  /// The call as it has to be heard in the next steady tick.
  CallView view() const;
  /// Says whose row is not as it has to be; empty where all are.
  std::string compare(const Rows& rows, const CallView& call) const;

  /// Ends the call: every session that began has to end once.
  void close();
  /// Lets time pass with nobody answering: every raise has to come to an end.
  void wait_for_nothing();
  /// Compares a steady tick with the rules.
  void check_rows(const Rows& rows);

  const Lines& lines() const { return lines_; }
  const Side& side(Seat supervisor) const { return sides_[supervisor]; }
  const std::vector<Raise>& raises() const { return raises_; }
  Seats had_company() const { return had_company_; }
  /// Empty: nothing is wrong.
  const std::string& wrong() const { return wrong_; }
  void complain(std::string what);

 private:
  Lines look() const;
  void follow_command(const Action& action, const Outcome& outcome);
  void follow_request(const Action& action, const Outcome& outcome);
  void follow_transfer(const Action& action);
  void follow_returns(const Action& action, const Lines& before);
  void forget(Seat seat);
  void note_started(const Action& action, const Outcome& outcome);
  void follow_events(const std::vector<Event>& events);
  void follow_mode_applied(const ModeApplied& applied);
  void note_applied(const ModeApplied& applied);
  void end_raise(SessionId session);
  void follow_raises();
  bool follow_raise(const Raise& raise, bool newest);
  void put_in_force(const Raise& raise, Mode mode);
  void check_due(const Raise& raise, Mode mode, Seats before);
  void follow_modes();
  void check_lowering(const Action& action, const Outcome& outcome, const Lines& before);
  void check_customers();
  void check_sounds(const Rows& rows);
  void check_outcome(const Outcome& outcome);
  void count_phrases(const Rows& rows, Seat unpulled);

  World& world_;
  Lines lines_;
  std::array<Side, seats> sides_;
  std::vector<Raise> raises_;
  std::uint32_t raises_made_ = 0;
  /// Raises in force of which poll() has not told yet. Each is told of at a sample not before `at`.
  std::vector<ModeApplied> unreported_;
  std::vector<SessionId> in_force_;  ///< reported applied, and not ended
  Seats had_company_ = 0;            ///< customers who have had somebody to speak to
  Seats phrased_ = 0, unclear_ = 0;  ///< who heard a notice in the tick before, or may have
  Seats lost_unread_ = 0;            ///< lost, and control has not been called since
  std::string wrong_;
};

}  // namespace barge::explore
