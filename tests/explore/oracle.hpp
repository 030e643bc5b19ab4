// SPDX-License-Identifier: Apache-2.0
// Who may hear whom, told a second time and naively: columns and rows are struck from a matrix of
// persons. It knows nothing of the bridge but what participants() shows, and what the exploration
// itself has asked for.
#pragma once

#include <array>
#include <cstdint>

#include "alphabet.hpp"

namespace barge::explore {

struct PersonView {
  bool here = false;
  Role role = Role::customer;
  bool muted = false;
  Hold hold = Hold::none;
  std::uint32_t conversation = 0;
  bool lost = false;  ///< its leg is
};

struct SessionView {
  Grant now;  ///< what is in force
  bool paused = false;
  bool talking = true;
  Seats resuming = 0;  ///< back from hold, not to be reached yet
  bool hears_consultations = false;
};

struct CallView {
  std::array<PersonView, seats> persons;
  std::array<SessionView, seats> sessions;  ///< by supervisor
  bool shielded = false;
};

using Matrix = std::array<Seats, seats>;  ///< by listener

/// Whose voice each listener has in its row.
Matrix heard_in(const CallView& call);

/// The same, if everybody who may speak did: nobody muted, every key down, nobody awaited back.
Matrix could_hear_in(CallView call);

/// Customers and agents.
Seats plain_in(const CallView& call);

/// Agents whose voice a takeover has taken.
Seats replaced_in(const CallView& call);

/// Agents whose voice more than one has.
Seats replaced_twice_in(const CallView& call);

}  // namespace barge::explore
