// SPDX-License-Identifier: Apache-2.0
// RTP packets (RFC 3550, section 5.1): parsed and built, nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gsl/span>

namespace sip_bridge {

struct RtpHeader {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};

/// A packet whose payload is a view into the datagram it was parsed from.
struct RtpPacket {
  RtpHeader header;
  gsl::span<const std::uint8_t> payload;
};

inline constexpr std::size_t rtp_header_size = 12;

/// The packet in a datagram, or nothing where the datagram is no well-formed RTP.
std::optional<RtpPacket> parse_rtp(gsl::span<const std::uint8_t> datagram) noexcept;

/// Writes the header's 12 bytes; the payload follows them.
void write_rtp_header(const RtpHeader& header,
                      gsl::span<std::uint8_t, rtp_header_size> out) noexcept;

/// How far `a` is ahead of `b` where both wrap around.
constexpr std::int32_t distance(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}
constexpr std::int16_t distance(std::uint16_t a, std::uint16_t b) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}

static_assert(distance(std::uint16_t{2}, std::uint16_t{65535}) == 3);
static_assert(distance(std::uint32_t{0xFFFFFFFF}, std::uint32_t{1}) == -2);

}  // namespace sip_bridge
