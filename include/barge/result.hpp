// SPDX-License-Identifier: Apache-2.0
// Failure as a value. A denial is not a failure: see decision.hpp.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

enum class Errc : std::uint8_t {
  invalid_argument = 1,  ///< a value is out of its range; the message says which
  unknown_id,            ///< no such leg, participant or session
  stale_id,              ///< it existed and left; the handle's generation is over
  wrong_role,            ///< the participant's role does not allow this
  already_joined,        ///< the person is on this call already
  too_many_legs,         ///< the bridge is full
  not_a_lowering,        ///< force_… may only lower or remove
  command_reused,        ///< the command id was used before with other content
  takeover_in_force,     ///< another supervisor holds the agent's place
  agent_gone,            ///< the agent to be given back has left the call
  not_authorised,        ///< the supervisor's session does not allow this
  wrong_format,          ///< a clip of another rate than the bridge's
  nothing_pending,       ///< there is no such obligation or request to complete
  concurrent_control,    ///< two control calls overlapped on one bridge; nothing was changed
  closed,                ///< the bridge or the sink is closed
  audit_unavailable,     ///< the audit log does not take records
  bad_document,          ///< a document is not what its schema says; the message says where
  io                     ///< the operating system refused; the message says what
};

/// The error's stable name, as written in logs.
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(Errc code) noexcept;

/// What failed, for programs (code) and for people (message: lower case, no full stop).
struct Error {
  Errc code = Errc::invalid_argument;
  std::string message;
};

/// Either a value or an Error.
/// Thread: any. Realtime-safe: no.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Asking for the value of a failure terminates the program.
  T& value() & { return get(); }
  const T& value() const& { return const_cast<Result*>(this)->get(); }
  T value() && { return std::move(get()); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &const_cast<Result*>(this)->get(); }
  T& operator*() & { return get(); }
  const T& operator*() const& { return const_cast<Result*>(this)->get(); }

  /// The error. Asking for the error of a success terminates the program.
  const Error& error() const {
    const Error* error = std::get_if<1>(&state_);
    if (error == nullptr) std::terminate();
    return *error;
  }

 private:
  T& get() {
    T* value = std::get_if<0>(&state_);
    if (value == nullptr) std::terminate();
    return *value;
  }
  std::variant<T, Error> state_;
};

/// Success without a value.
struct Ok {};
using Status = Result<Ok>;

BARGE_NAMESPACE_END
