// SPDX-License-Identifier: Apache-2.0
// Digits as RTP telephone-events (RFC 4733).
#pragma once

#include <cstdint>
#include <optional>

#include "rtp.hpp"

namespace sip_bridge {

/// Finds the digits in one stream of telephone-event packets. An event is sent many times over;
/// its packets share one timestamp, so a digit is recognised once, at the first that arrives.
class DtmfReceiver {
 public:
  /// The digit (0-9, *, #, A-D) that begins with this packet.
  std::optional<char> take(const RtpPacket& packet) noexcept;

 private:
  struct Event {
    std::uint32_t ssrc;
    std::uint32_t timestamp;
  };
  std::optional<Event> last_;
};

}  // namespace sip_bridge
