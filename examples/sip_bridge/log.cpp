// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace sip_bridge {

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 64;
  std::string result(text.substr(0, longest));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
  }
  if (text.size() > longest) result += "...";
  return result;
}

void log_line(std::string_view call, std::string_view who, std::string_view what) {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 16> clock{};
  std::strftime(clock.data(), clock.size(), "%H:%M:%S", &local);
  std::fprintf(stderr, "%s.%03d  %-8.*s %-18.*s %.*s\n", clock.data(),
               static_cast<int>(ms.count() % 1000), static_cast<int>(call.size()), call.data(),
               static_cast<int>(who.size()), who.data(), static_cast<int>(what.size()),
               what.data());
}

}  // namespace sip_bridge
