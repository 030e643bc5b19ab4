// SPDX-License-Identifier: Apache-2.0
#include "digest.hpp"

#include <random>
#include <string_view>

namespace sip_bridge {

std::string unguessable() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string text;
  for (int word = 0; word < 4; ++word) {
    const std::uint32_t bits = random();
    for (unsigned shift = 0; shift < 32; shift += 4)
      text += digits[(bits >> shift) & 0xF];
  }
  return text;
}

std::string NonceStore::issue(Time now) {
  forget_old(now);
  std::string nonce = unguessable();
  issued_.emplace(nonce, Issued{now + lifetime_, 0});
  oldest_first_.push_back(nonce);
  return nonce;
}

bool NonceStore::use(const std::string& nonce, std::uint32_t count, Time now) {
  const auto found = issued_.find(nonce);
  if (found == issued_.end() || found->second.expires <= now) return false;
  if (count <= found->second.count) return false;
  found->second.count = count;
  return true;
}

void NonceStore::forget_old(Time now) {
  while (!oldest_first_.empty()) {
    const auto oldest = issued_.find(oldest_first_.front());
    if (oldest->second.expires > now && issued_.size() < most) return;
    issued_.erase(oldest);
    oldest_first_.pop_front();
  }
}

}  // namespace sip_bridge
