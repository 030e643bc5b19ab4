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

/// Why a party is on hold, and so what it hears.
enum class Hold : std::uint8_t {
  none,
  local,   ///< this side holds it: it hears the hold source
  far_end  ///< it holds this side: it hears nothing from here
};

/// Names a conversation within a call. Consultations are apart from the main one.
enum class ConversationId : std::uint32_t { main = 0 };

/// The stable name of a kind of hold.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Hold hold) noexcept {
  switch (hold) {
    case Hold::none:
      return "none";
    case Hold::local:
      return "local";
    case Hold::far_end:
      return "far_end";
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
  std::string extension{};  ///< by which an agent is found; may be empty
};

/// A party as the rules see it.
struct PartyState {
  ParticipantId id;
  Role role = Role::customer;
  bool muted = false;
  Hold hold = Hold::none;
  ConversationId conversation = ConversationId::main;
};

/// Whether the party hears the hold source: this side holds it, and it is in no consultation.
/// Thread: any. Realtime-safe: yes.
constexpr bool hears_hold_source(const PartyState& party) noexcept {
  return party.hold == Hold::local && party.conversation == ConversationId::main;
}

BARGE_NAMESPACE_END
