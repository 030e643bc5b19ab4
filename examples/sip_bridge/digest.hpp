// SPDX-License-Identifier: Apache-2.0
// Nonces of digest authentication (RFC 2617): each is valid for a while, and each of its counts
// once.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace sip_bridge {

/// 32 hexadecimal digits that nobody can guess.
std::string unguessable();

class NonceStore {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit NonceStore(std::chrono::seconds lifetime) : lifetime_(lifetime) {}

  /// A new nonce.
  std::string issue(Time now);

  /// Whether the nonce is one of ours, not expired, and used for the first time with this count.
  bool use(const std::string& nonce, std::uint32_t count, Time now);

 private:
  struct Issued {
    Time expires;
    std::uint32_t count;  // the highest used
  };
  void forget_old(Time now);

  static constexpr std::size_t most = 10'000;
  std::chrono::seconds lifetime_;
  std::unordered_map<std::string, Issued> issued_;
  std::deque<std::string> oldest_first_;
};

}  // namespace sip_bridge
