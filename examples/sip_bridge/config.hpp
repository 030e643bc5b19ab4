// SPDX-License-Identifier: Apache-2.0
// The configuration: one strict JSON file, described in README.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/result.hpp>

namespace sip_bridge {

struct Listen {
  std::string address;  ///< an IPv4 address of this machine
  std::uint16_t sip_port = 0;
  std::uint16_t first_rtp_port = 0;  ///< 0: any
  std::uint16_t last_rtp_port = 0;
};

/// What is dialled before an agent's extension.
struct ServiceCode {
  std::string prefix;
  std::optional<barge::Mode> mode;  ///< for supervisors; nothing: a colleague joins the call
};

struct Account {
  std::string extension;
  std::string secret;
  std::string name;
  barge::Role role = barge::Role::customer;
  std::string queue;                      ///< an agent's; may be empty
  std::vector<std::string> policy_roles;  ///< a supervisor's or an agent's
  std::vector<std::string> queues;        ///< a supervisor's
};

struct Config {
  Listen listen;
  std::string realm;
  std::chrono::milliseconds ptime{};
  std::chrono::milliseconds dead_leg{};        ///< silence after which a phone is asked for life
  std::chrono::milliseconds probe_timeout{};   ///< how long it may think about that
  std::chrono::milliseconds answer_timeout{};  ///< how long an agent's phone may ring
  std::chrono::seconds unattended{};           ///< how long a customer waits whom everybody left
  std::string audit_log;
  std::string policy;
  std::vector<ServiceCode> service_codes;
  std::vector<std::string> queues;
  std::vector<Account> accounts;

  const Account* account(const std::string& extension) const;
};

/// Reads the file; relative paths in it become relative to it. Fails with all errors at once, each
/// as `file:line:column: what is expected`.
barge::Result<Config> load_config(const std::string& path);

/// The same from a text that is called `origin` and lies in `directory`.
barge::Result<Config> parse_config(const std::string& origin, const std::string& directory,
                                   std::string_view text);

}  // namespace sip_bridge
