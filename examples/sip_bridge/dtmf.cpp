// SPDX-License-Identifier: Apache-2.0
#include "dtmf.hpp"

#include <cstddef>
#include <string_view>

namespace sip_bridge {

std::optional<char> DtmfReceiver::take(const RtpPacket& packet) noexcept {
  constexpr std::string_view digits = "0123456789*#ABCD";
  constexpr std::size_t event_size = 4;
  if (packet.payload.size() < event_size || packet.payload[0] >= digits.size()) return std::nullopt;

  const Event event{packet.header.ssrc, packet.header.timestamp};
  if (last_ && last_->ssrc == event.ssrc && distance(event.timestamp, last_->timestamp) <= 0) {
    return std::nullopt;
  }
  last_ = event;
  return digits[packet.payload[0]];
}

}  // namespace sip_bridge
