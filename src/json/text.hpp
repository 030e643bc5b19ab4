// SPDX-License-Identifier: Apache-2.0
// How errors about documents are written.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include <barge/config.hpp>

#include "json/document.hpp"

BARGE_NAMESPACE_BEGIN
namespace json {

// Control characters in what the user wrote could forge lines of a log.
inline std::string escaped(std::string_view input) {
  std::string text;
  for (const char c : input) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      text += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      text += escape;
    }
  }
  return text;
}

inline std::string ticked(std::string_view input) {
  return '`' + escaped(input) + '`';
}

inline std::string at(const std::string& origin, Position position) {
  return origin + ':' + std::to_string(position.line) + ':' + std::to_string(position.column) +
         ": ";
}

}  // namespace json
BARGE_NAMESPACE_END
