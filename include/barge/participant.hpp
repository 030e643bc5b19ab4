// SPDX-License-Identifier: Apache-2.0
// Who takes part in a call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barge/config.hpp>
#include <barge/ids.hpp>

BARGE_NAMESPACE_BEGIN

/// The part that a participant plays on the call. Customers and agents are plain parties: they hear
/// each other. A supervisor hears nothing and is heard by nobody until a session says otherwise.
enum class Role : std::uint8_t { customer, agent, supervisor };

/// The role's stable name.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Role role) noexcept {
  switch (role) {
    case Role::customer:
      return "customer";
    case Role::agent:
      return "agent";
    case Role::supervisor:
      return "supervisor";
  }
  return "?";
}

/// Who joins, as the policy and the audit log will know them.
struct Person {
  Role role = Role::customer;
  PersonGid id{};                     ///< required; unique on the call
  std::vector<std::string> roles{};   ///< roles of access control: "team_lead", "qa"
  std::vector<std::string> queues{};  ///< the queues a supervisor is responsible for
  std::string team{};
};

BARGE_NAMESPACE_END
