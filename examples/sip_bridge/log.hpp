// SPDX-License-Identifier: Apache-2.0
// The log that a person reads: when, which call, who, what. Never a secret.
#pragma once

#include <string>
#include <string_view>

namespace sip_bridge {

/// What came from outside, fit for one line of a log: control characters become `?`, and it ends
/// after 64 bytes.
std::string printable(std::string_view text);

/// Writes one line to stderr. The call and the person may be empty.
void log_line(std::string_view call, std::string_view who, std::string_view what);

}  // namespace sip_bridge
