// SPDX-License-Identifier: Apache-2.0
// What has to hold in every state: rows, customers, the end of a call and the end of waiting.
#include <algorithm>
#include <chrono>

#include "watch.hpp"

namespace barge::explore {
namespace {

std::string list(Seats set) {
  std::string text;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (set & bit(seat)) text += (text.empty() ? "" : "+") + std::string(name(Seat(seat)));
  }
  return text.empty() ? "nobody" : text;
}

}  // namespace

CallView Watch::view() const {
  CallView call;
  call.shielded = world_.attributes.card_data;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const Line& line = lines_[seat];
    const bool lost = (world_.lost() & bit(seat)) != 0;
    const bool away = lost && !(lost_unread_ & bit(seat));  // nobody is where the leg was
    call.persons[seat] = {line.here,         line.role,
                          line.muted,        away ? Hold::far_end : line.hold,
                          line.conversation, lost};
    if (!line.here) continue;
    SessionView& session = call.sessions[seat];
    session.now = sides_[seat].now;
    session.paused = line.paused;
    session.talking = sides_[seat].talking;
    session.resuming = sides_[seat].resuming;
    session.hears_consultations = world_.authorizer.generous;
    // Media rolls a takeover back without waiting for control.
    if (lost && session.now.mode == Mode::takeover) session = {};
  }
  return call;
}

/// Only whether an agent who is taken over from may listen is left open, as consent and later
/// judgements take it away, and what comes to a leg that is lost.
std::string Watch::compare(const Rows& rows, const CallView& call) const {
  const Matrix expected = heard_in(call);
  const Seats may_be_deaf = replaced_in(call);
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const Seats voices = rows[seat].voices;
    const bool listens = lines_[seat].here && !(world_.lost() & bit(seat));
    if (!listens || voices == expected[seat]) continue;
    if ((may_be_deaf & bit(seat)) && voices == 0) continue;
    return std::string(name(Seat(seat))) + " hears " + list(voices) + " instead of " +
           list(expected[seat]);
  }
  return {};
}

/// Who is heard has to be exactly who may be heard.
void Watch::check_rows(const Rows& rows) {
  const CallView call = view();
  const std::string wrong = compare(rows, call);
  if (!wrong.empty()) complain(wrong);
  if (replaced_twice_in(call)) complain("two takeovers of one agent");
  check_sounds(rows);
}

void Watch::check_sounds(const Rows& rows) {
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const Line& line = lines_[seat];
    const Heard& row = rows[seat];
    if (!line.here || (world_.lost() & bit(seat))) continue;
    const bool is_held = line.hold == Hold::local && line.conversation == 0;
    const bool waits = (world_.sink.unattended & bit(seat)) != 0;
    if (is_held && !row.hold && !row.other) complain("a held party without the hold source");
    if (line.hold != Hold::local && !waits && row.hold)
      complain("the hold source in the ear of somebody else");
    if (waits && line.hold == Hold::none && !row.hold)
      complain("an unattended customer without the hold source");
    if (row.phrases > 0 && (raises_.empty() || line.role == Role::supervisor)) {
      complain("a notice in the ear of somebody else");
    }
    if (row.other && !(born_supervisors & bit(seat))) complain("a cue in the ear of somebody else");
  }
}

/// Nobody is stranded: a connected customer who is not on hold has somebody who can speak to it, or
/// was reported. One that nobody ever could speak to is not abandoned, but waits to be answered.
void Watch::check_customers() {
  if (lost_unread_) return;
  const Matrix could_hear = could_hear_in(view());
  Seats customers_here = 0;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (lines_[seat].here && lines_[seat].role == Role::customer) {
      customers_here = static_cast<Seats>(customers_here | bit(seat));
    }
  }
  for (std::size_t seat = 0; seat < seats; ++seat) {
    const bool is_attended = (could_hear[seat] & ~customers) != 0;
    const bool waits = lines_[seat].hold != Hold::none || (world_.lost() & bit(seat)) != 0;
    if (!(customers_here & bit(seat)) || is_attended || waits) {
      world_.sink.unattended = static_cast<Seats>(world_.sink.unattended & ~bit(seat));
    }
    if (!(customers_here & bit(seat))) continue;
    if (is_attended) had_company_ = static_cast<Seats>(had_company_ | bit(seat));
    const bool may_be_stranded = (had_company_ & bit(seat)) != 0;
    const bool is_reported = (world_.sink.unattended & bit(seat)) != 0;
    if (may_be_stranded && !is_attended && !waits && !is_reported) {
      complain(std::string(name(Seat(seat))) + " is stranded");
    }
  }
}

void Watch::close() {
  static_cast<void>(world_.bridge().close());
  follow_events(world_.bridge().poll());
  if (world_.sink.wrong != nullptr) complain(world_.sink.wrong);
  const auto& sessions = world_.sink.sessions;
  if (std::find(sessions.begin(), sessions.end(), 1) != sessions.end()) {
    complain("session.joined without session.left");
  }
  if (!in_force_.empty()) complain("a session that came into force has not ended");
  for (const Heard& row : world_.tick()) {
    if (row.voices != 0 || row.phrases != 0 || row.hold || row.other) {
      complain("a closed bridge is heard");
    }
  }
}

void Watch::wait_for_nothing() {
  world_.authorizer.answers = Answers::withheld;
  world_.sink.set(Audit::held);
  const std::uint32_t newest = raises_made_;
  const SteadyTime end = world_.clock.steady() + std::chrono::seconds(100);
  const auto is_meant = [&](const Raise& raise) { return raise.number <= newest; };
  const auto any_waits = [&] {
    return std::any_of(raises_.begin(), raises_.end(), [&](const Raise& raise) {
      return is_meant(raise) && lines_[raise.supervisor].session == raise.session;
    });
  };
  const auto poll = [&] { act({Verb::poll}); };
  for (poll(); any_waits() && wrong_.empty(); poll()) {
    const auto next = world_.bridge().next_deadline();
    if (!next || *next > end) return complain("a raise is pending for ever");
    world_.clock.go_to(*next);
  }
  act({Verb::tick});
  poll();
  if (std::any_of(raises_.begin(), raises_.end(), is_meant)) {
    complain("a raise came to nothing without an event");
  }
}

}  // namespace barge::explore
