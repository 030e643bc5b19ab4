// SPDX-License-Identifier: Apache-2.0
// What the floor knows of a live call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <barge/bridge.hpp>
#include <barge/desk.hpp>

namespace barge {

/// Somebody on the call.
struct Seat {
  ParticipantId id;
  Person person;
};

inline bool is_agent_at(const Seat& seat, const std::string& extension) {
  return seat.person.role == Role::agent && !extension.empty() &&
         seat.person.extension == extension;
}

/// A session from its request on. Its mode is what the media thread has acknowledged.
struct Watched {
  SessionId id;
  SessionGid gid;
  Person supervisor;
  PersonGid agent;
  std::string reason;  ///< of the raise in force
  Mode mode = Mode::off;
  SteadyTime since{};
  std::optional<SteadyTime> joined{};  ///< absent: it has not been in force yet
  Mode highest = Mode::off;
  std::string highest_reason{};
  bool on_bridge = true;
};

struct Call {
  Call(CallId call, std::uint64_t order, CallGid global, Bridge made)
      : id(call), number(order), gid(std::move(global)), bridge(std::move(made)) {}

  const CallId id;
  const std::uint64_t number;  ///< in the order of opening
  const CallGid gid;
  Bridge bridge;
  SteadyTime opened{};

  // As observed.
  std::string queue;
  CallAttributes attributes;
  std::vector<Seat> seats;
  std::vector<Watched> sessions;
  std::size_t unattended_customers = 0;
  bool closed = false;
  bool waits = false;

  std::vector<SessionSummary> over;  ///< sessions that have ended
  std::optional<Wrapup> wrapup;
  std::optional<SteadyTime> last_supervised;
  std::uint64_t last_picked = 0;
  std::vector<PersonGid> cycled;  ///< supervisors to whom this round of theirs has brought it

  bool touched = false;
  std::optional<SteadyTime> deadline;

  const Seat* seat_of(const PersonGid& person) const {
    for (const Seat& seat : seats) {
      if (seat.person.id == person) return &seat;
    }
    return nullptr;
  }
  const Seat* agent() const {
    for (const Seat& seat : seats) {
      if (seat.person.role == Role::agent) return &seat;
    }
    return nullptr;
  }
  bool has_agent(const PersonGid& person) const {
    const Seat* const seat = seat_of(person);
    return seat != nullptr && seat->person.role == Role::agent;
  }
  bool has(Role role) const {
    for (const Seat& seat : seats) {
      if (seat.person.role == role) return true;
    }
    return false;
  }
  bool supervised() const {
    for (const Watched& session : sessions) {
      if (session.mode != Mode::off) return true;
    }
    return false;
  }
  Watched* session(SessionId session) {
    for (Watched& watched : sessions) {
      if (watched.id == session) return &watched;
    }
    return nullptr;
  }
};

}  // namespace barge
