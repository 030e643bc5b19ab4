// SPDX-License-Identifier: Apache-2.0
// Everything that can happen to the bridge under exploration, as values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <barge/barge.hpp>

namespace barge::explore {

/// The persons. The newcomer is an agent who is not there at the beginning.
enum Seat : std::uint8_t { carol, cyril, alex, amy, sue, sam, nell, nobody };
inline constexpr std::size_t seats = 7;

using Seats = std::uint8_t;  // a set of persons
constexpr Seats bit(std::size_t seat) {
  return static_cast<Seats>(seat < seats ? 1U << seat : 0U);
}
inline constexpr Seats customers = bit(carol) | bit(cyril);
inline constexpr Seats born_agents = bit(alex) | bit(amy) | bit(nell);
inline constexpr Seats born_supervisors = bit(sue) | bit(sam);
inline constexpr Seats all_seats = customers | born_agents | born_supervisors;

const char* name(Seat seat);
constexpr Role born_as(std::size_t seat) {
  if (customers & bit(seat)) return Role::customer;
  return born_agents & bit(seat) ? Role::agent : Role::supervisor;
}

/// What a session is, or is to become.
struct Grant {
  Mode mode = Mode::off;
  Seat agent = nobody;
  Seats targets = 0;
  Ear ear = Ear::both;
  Disposition disposition = Disposition::listen;
  AgentScope scope = AgentScope::bound;
  Follow follow = Follow::call;
  bool push_to_talk = false;
  Seats authorised = 0;  ///< filled in by whoever watches
};

/// What the authorizer answers from now on.
enum class Answers : std::uint8_t { permit, notice, duty, deny, withheld };
enum class Audit : std::uint8_t { at_once, held, failing };

enum class Verb : std::uint8_t {
  join,
  leave,
  request,
  force,
  hand_back,
  talk,
  hush,
  mute,
  unmute,
  hold,
  hold_far,
  resume,
  replace_leg,
  transfer,
  consult,
  end_consult,
  park,
  retrieve,
  consent,
  card_data,
  internal,
  answers,
  set_policy,
  audit,
  fulfil,
  fail_duty,
  time,
  tick,
  tick_without,
  lose,
  poll
};

struct Action {
  Verb verb = Verb::poll;
  Seat who = nobody;
  Seat other = nobody;
  std::uint8_t value = 0;  ///< Mode, Answers or Audit
  Grant grant{};
};

bool operator==(const Action& a, const Action& b);
std::string describe(const Action& action);

/// A way to call persons by each other's names.
using Naming = std::array<Seat, seats>;
Seats renamed(Seats set, const Naming& naming);
Action renamed(Action action, const Naming& naming);
constexpr Seat renamed(Seat seat, const Naming& naming) {
  return seat == nobody ? nobody : naming[seat];
}

/// Control and media run on: long enough for a notice, and for a raise behind it.
inline constexpr std::array<Verb, 8> settling{Verb::poll, Verb::tick, Verb::tick, Verb::tick,
                                              Verb::tick, Verb::poll, Verb::tick, Verb::poll};

/// What is explored together.
struct Slice {
  std::string name;
  std::string about;
  std::vector<Action> alphabet;
  std::vector<std::vector<Action>> roots;  ///< paths to where exploring begins
  bool settled = false;   ///< control and media run on after every command, until nothing moves
  bool generous = false;  ///< permissions come with generous terms
  /// The namings under which the alphabet stays what it is.
  std::vector<Naming> symmetries() const;
};

/// All slices, by name.
std::vector<Slice> slices();

}  // namespace barge::explore
