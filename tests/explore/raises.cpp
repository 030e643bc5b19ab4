// SPDX-License-Identifier: Apache-2.0
// Raises from their beginning to their end, as records, answers and events tell of them.
#include <algorithm>

#include "watch.hpp"

namespace barge::explore {

void Watch::note_started(const Action& action, const Outcome& outcome) {
  for (const ScriptSink::Started& started : world_.sink.started) {
    Raise raise;
    raise.supervisor = started.supervisor;
    raise.cause = started.cause;
    raise.number = ++raises_made_;
    raise.fulfilled = world_.sink.fulfilled[started.supervisor];
    const Side& side = sides_[started.supervisor];
    if (started.cause != Cause::requested) {
      raise.session = side.session.value_or(SessionId());
      raise.to = side.now;  // what the bridge asks for again by itself
      if (action.verb != Verb::transfer && !raise.extends()) complain("a raise without a transfer");
    } else if (action.verb == Verb::request && outcome.answer) {
      raise.to = action.grant;
      raise.session = outcome.answer->session;
    } else {
      complain("a raise that nobody asked for");
    }
    raises_.push_back(raise);
  }
  world_.sink.started.clear();
}

/// Denied or cancelled: before it was in force, or when the call ended before media took it up.
void Watch::end_raise(SessionId session) {
  const auto found = std::find_if(raises_.begin(), raises_.end(),
                                  [&](const Raise& raise) { return raise.session == session; });
  if (found == raises_.end()) {
    const auto known =
        std::find_if(unreported_.begin(), unreported_.end(),
                     [&](const ModeApplied& applied) { return applied.session == session; });
    if (known != unreported_.end()) {
      unreported_.erase(known);
      return;
    }
    return complain("the end of a raise that had ended");
  }
  raises_.erase(found);
}

/// A change that poll() tells of: a raise that was seen in force, or one that was over in the same
/// poll() in which it came.
void Watch::note_applied(const ModeApplied& applied) {
  const auto known =
      std::find_if(unreported_.begin(), unreported_.end(), [&](const ModeApplied& expected) {
        return expected.session == applied.session && expected.from == applied.from &&
               expected.to == applied.to && expected.cause == applied.cause;
      });
  if (known != unreported_.end()) {
    if (applied.at < known->at) complain("a raise from a sample before the end of its notice");
    unreported_.erase(known);
    return;
  }
  const auto over = std::find_if(raises_.begin(), raises_.end(), [&](const Raise& raise) {
    return lines_[raise.supervisor].session != raise.session && raise.session == applied.session &&
           raise.to.mode == applied.to && raise.cause == applied.cause;
  });
  if (over != raises_.end()) raises_.erase(over);
}

/// After poll(), a raise that has not been reported over is pending still, or in force by now.
/// Returns whether it is in force. `newest`: no later raise of its session is known.
bool Watch::follow_raise(const Raise& raise, bool newest) {
  const Line& line = lines_[raise.supervisor];
  if (line.session != raise.session) return false;  // it came into force, and went with its session
  if (newest && !line.pending) {
    complain("a raise vanished without an event");
    return false;
  }
  if (newest && *line.pending != RaiseState::applying) return false;
  const Mode mode = raise.extends() ? line.mode : raise.to.mode;
  if (line.mode > mode) complain("what came into force is more than what was asked for");
  put_in_force(raise, mode);
  return true;
}

void Watch::put_in_force(const Raise& raise, Mode mode) {
  Side& side = sides_[raise.supervisor];
  const bool goes_on = side.session == raise.session;
  const Seats before = raise.extends() && goes_on ? side.now.authorised : Seats{0};
  const std::uint64_t told = world_.sink.fulfilled_at[raise.supervisor];
  unreported_.push_back({raise.session, {}, side.now.mode, mode, SampleIndex(told), raise.cause});
  if (!raise.extends()) {
    if (raise.to.push_to_talk != side.now.push_to_talk) side.talking = !raise.to.push_to_talk;
    side.now = raise.to;
  }
  const bool listens = side.now.disposition == Disposition::listen;
  if (mode == Mode::takeover && listens && !world_.authorizer.generous) {
    side.now.disposition = Disposition::hold;
  }
  side.now.authorised = plain_in(view());
  check_due(raise, mode, before);
}

/// Everybody whom the raise concerns was named in the question, and has been told as required.
void Watch::check_due(const Raise& raise, Mode mode, Seats before) {
  const Seats authorised = sides_[raise.supervisor].now.authorised;
  const auto& verdict =
      world_.authorizer.verdicts[raise.supervisor][static_cast<std::size_t>(mode)];
  if (!verdict.permitted) complain("a raise that was not permitted");
  if (authorised & ~verdict.parties) complain("a raise for somebody who was not asked about");
  const bool obliged = verdict.as == Answers::notice || verdict.as == Answers::duty;
  if (obliged && world_.sink.fulfilled[raise.supervisor] == raise.fulfilled) {
    complain("a raise without the record that its obligation is fulfilled");
  }
  if (verdict.as != Answers::notice) return;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (!(authorised & ~before & bit(seat))) continue;
    if (raise.phrased[seat] < phrase_samples) complain("a raise without its notice");
  }
}

/// Where several things rise and fall at once, what is heard of a notice cannot be told: whether
/// one began shows in the tick after, and one that had begun is taken to go on.
void Watch::count_phrases(const Rows& rows, Seat unpulled) {
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const Heard& row = rows[seat];
    const bool missed = seat == unpulled || (world_.lost() & bit(seat));
    const bool goes_on = (phrased_ & bit(seat)) != 0;
    const bool began = (unclear_ & bit(seat)) && row.phrases > 0;
    int phrased = row.phrased;
    if (row.other) phrased = goes_on || began ? frame_samples : 0;
    if (began) phrased += frame_samples;
    for (Raise& raise : raises_) {
      std::uint8_t& heard = raise.phrased[seat];
      if (missed && heard < phrase_samples) heard = 0;
      if (!missed) heard = static_cast<std::uint8_t>(std::min(heard + phrased, 127));
    }
    const auto note = [&](Seats& set, bool is_in) {
      set = static_cast<Seats>(is_in ? set | bit(seat) : set & ~bit(seat));
    };
    note(unclear_, row.other && phrased == 0 && !missed);
    note(phrased_, phrased > 0 && !missed);
  }
}

}  // namespace barge::explore
