// SPDX-License-Identifier: Apache-2.0
// What a supervisor's desk works with: which call to take next, who asks for help, what was seen on
// a call, and what is said of it afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <barge/config.hpp>
#include <barge/events.hpp>
#include <barge/ids.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/supervision.hpp>

BARGE_NAMESPACE_BEGIN

/// A live call on its floor.
using CallId = Handle<struct CallTag>;

// ── Which call ──

/// The call of this id; the only way to an internal one.
struct ByCall {
  CallGid call;
};

/// A call of this agent: the one opened last, if there are several.
struct ByAgent {
  PersonGid agent;
};

/// A call of the agent at this extension: the one opened last, if there are several.
struct ByExtension {
  std::string extension;
};

/// The call that has gone longest without supervision, those never supervised before all others.
struct NextInQueue {
  std::vector<std::string> queues{};  ///< empty: any
};

/// Any call, each as likely as another.
struct RandomSample {
  std::vector<std::string> queues{};  ///< empty: any
};

/// Each call once, in the order in which they were opened, before any comes again.
struct Cycle {
  std::vector<std::string> queues{};  ///< empty: any
};

/// How a supervisor chooses a call. It never gets one that it is on. A queue's calls are those that
/// have an agent and a customer.
struct Selection {
  PersonGid supervisor{};
  std::variant<ByCall, ByAgent, ByExtension, NextInQueue, RandomSample, Cycle> by{};
};

/// A supervisor waits for the next call of an agent, to monitor it.
struct Following {
  Person supervisor{};
  PersonGid agent{};
  std::string reason{};  ///< goes into the request
};

// ── During a call ──

/// Names one request for help.
enum class HelpId : std::uint64_t {};

struct HelpRequest {
  PersonGid agent{};
  std::string reason{};
};

/// How a request for help came to its end.
enum class HelpEnd : std::uint8_t { accepted, cancelled, agent_left, call_ended };

/// The stable name of the end of a request for help, as written in the audit log.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(HelpEnd end) noexcept {
  switch (end) {
    case HelpEnd::accepted:
      return "accepted";
    case HelpEnd::cancelled:
      return "cancelled";
    case HelpEnd::agent_left:
      return "agent_left";
    case HelpEnd::call_ended:
      return "call_ended";
  }
  return "?";
}

/// What an analyser outside found on a call.
struct RiskFlag {
  std::uint32_t score = 0;  ///< 0 to 100
  std::string category{};   ///< "cancellation", "abuse", …; required
  std::string reference{};  ///< to the analyser's own record
};

/// What an assistant showed an agent.
struct Guidance {
  PersonGid agent{};
  std::string text{};
  std::string reference{};  ///< to the assistant's own record
};

// ── After a call ──

enum class Outcome : std::uint8_t { none, resolved, saved, escalated, transferred, dropped };

/// The outcome's stable name, as written in the audit log.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::none:
      return "none";
    case Outcome::resolved:
      return "resolved";
    case Outcome::saved:
      return "saved";
    case Outcome::escalated:
      return "escalated";
    case Outcome::transferred:
      return "transferred";
    case Outcome::dropped:
      return "dropped";
  }
  return "?";
}

struct Wrapup {
  Outcome outcome = Outcome::none;
  std::string issue{};                              ///< the type of issue, as the host names it
  std::optional<bool> resolved_at_first_contact{};  ///< absent: not known
  std::optional<bool> saved{};  ///< whether a customer who wanted to leave stays; absent: did not
  std::string note{};
};

/// An answer to a survey.
struct Satisfaction {
  Role of = Role::customer;  ///< customer or agent
  std::uint32_t score = 0;
  std::uint32_t best = 5;  ///< the scale ends here; at least 1
};

/// What was written for an agent about a call. It names a form or a note.
struct CoachingNote {
  PersonGid agent{};
  PersonGid coach{};
  std::string form{};   ///< id of a quality form
  std::string note{};   ///< id of a coaching note
  std::string focus{};  ///< the focus area, as the host names it
};

// ── What a floor reports ──

/// A supervisor has joined the next call of the agent that it follows, and has asked for monitor;
/// the host connects its leg there.
struct Followed {
  PersonGid supervisor{};
  PersonGid agent{};
  Joined joined{};
  Requested requested{};
};

/// To be shown to this supervisor, who may monitor the call. Once for each such supervisor.
struct HelpRequested {
  HelpId help{};
  PersonGid supervisor{};
  HelpRequest request{};
};

/// To be taken away from those to whom it was shown.
struct HelpClosed {
  HelpId help{};
  HelpEnd end = HelpEnd::cancelled;
  PersonGid accepted_by{};
  std::vector<PersonGid> shown_to{};
};

/// To be shown to this supervisor, who may monitor the call. Once for each such supervisor.
struct RiskFlagged {
  PersonGid supervisor{};
  RiskFlag flag{};
};

/// To be shown to this supervisor, who may monitor the call. Once for each such supervisor.
struct GuidanceShown {
  PersonGid supervisor{};
  Guidance guidance{};
};

/// One session, from its beginning to its end.
struct SessionSummary {
  SessionGid session{};
  PersonGid supervisor{};
  PersonGid agent{};
  Mode highest = Mode::off;
  std::string reason{};  ///< of the highest mode
  std::chrono::milliseconds lasted{0};
  Cause end = Cause::left;
};

/// A supervised call is over and its wrap-up is there, or will not come any more. Once for each.
struct Debrief {
  std::vector<SessionSummary> sessions{};  ///< in the order in which they ended
  std::optional<Wrapup> wrapup{};          ///< absent: none came while the call was remembered
};

namespace detail {
template <class T, class Variant>
inline constexpr bool is_alternative = false;
template <class T, class... Ts>
inline constexpr bool is_alternative<T, std::variant<Ts...>> = (std::is_same_v<T, Ts> || ...);
}  // namespace detail

/// What happened on a call, told by its bridge or by the floor.
struct FloorEvent {
  CallId call{};  ///< null where no call is concerned
  CallGid gid{};
  std::variant<Event, Followed, HelpRequested, HelpClosed, RiskFlagged, GuidanceShown, Debrief>
      what{};

  /// The event if it is a T, of the bridge's or of the floor's; null otherwise.
  /// Thread: control. Realtime-safe: yes.
  template <class T>
  const T* get_if() const noexcept {
    if constexpr (detail::is_alternative<T, Event>) {
      const Event* const event = std::get_if<Event>(&what);
      return event == nullptr ? nullptr : std::get_if<T>(event);
    } else {
      return std::get_if<T>(&what);
    }
  }
};

BARGE_NAMESPACE_END
