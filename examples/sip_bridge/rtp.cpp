// SPDX-License-Identifier: Apache-2.0
#include "rtp.hpp"

namespace sip_bridge {
namespace {

constexpr std::uint8_t version_2 = 0x80;

std::uint16_t read_u16(gsl::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]);
}

std::uint32_t read_u32(gsl::span<const std::uint8_t> bytes, std::size_t at) {
  return (std::uint32_t{read_u16(bytes, at)} << 16) | read_u16(bytes, at + 2);
}

}  // namespace

std::optional<RtpPacket> parse_rtp(gsl::span<const std::uint8_t> datagram) noexcept {
  if (datagram.size() < rtp_header_size || (datagram[0] & 0xC0) != version_2) return std::nullopt;
  const std::size_t sources = datagram[0] & 0x0F;
  std::size_t begin = rtp_header_size + 4 * sources;
  std::size_t end = datagram.size();

  if ((datagram[0] & 0x10) != 0) {
    if (begin + 4 > end) return std::nullopt;
    begin += 4 + 4 * std::size_t{read_u16(datagram, begin + 2)};
  }
  if ((datagram[0] & 0x20) != 0) {
    const std::size_t padding = datagram[end - 1];
    if (padding == 0 || padding > end) return std::nullopt;
    end -= padding;
  }
  if (begin > end) return std::nullopt;

  RtpPacket packet;
  packet.header.marker = (datagram[1] & 0x80) != 0;
  packet.header.payload_type = datagram[1] & 0x7F;
  packet.header.sequence = read_u16(datagram, 2);
  packet.header.timestamp = read_u32(datagram, 4);
  packet.header.ssrc = read_u32(datagram, 8);
  packet.payload = datagram.subspan(begin, end - begin);
  return packet;
}

void write_rtp_header(const RtpHeader& header,
                      gsl::span<std::uint8_t, rtp_header_size> out) noexcept {
  out[0] = version_2;
  out[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7F));
  out[2] = static_cast<std::uint8_t>(header.sequence >> 8);
  out[3] = static_cast<std::uint8_t>(header.sequence);
  for (unsigned i = 0; i < 4; ++i) {
    out[4 + i] = static_cast<std::uint8_t>(header.timestamp >> (24 - 8 * i));
    out[8 + i] = static_cast<std::uint8_t>(header.ssrc >> (24 - 8 * i));
  }
}

}  // namespace sip_bridge
