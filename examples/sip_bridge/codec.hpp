// SPDX-License-Identifier: Apache-2.0
// The codecs that are offered and accepted: G.711 in both laws.
#pragma once

#include <cstdint>

#include <barge/g711.hpp>

namespace sip_bridge {

enum class Codec : std::uint8_t { pcmu, pcma };

/// The static RTP payload type of the codec (RFC 3551).
constexpr std::uint8_t payload_type(Codec codec) noexcept {
  return codec == Codec::pcmu ? 0 : 8;
}

/// The name of the codec in SDP.
constexpr const char* name(Codec codec) noexcept {
  return codec == Codec::pcmu ? "PCMU" : "PCMA";
}

/// What codes and decodes it.
inline const barge::G711& coder(Codec codec) {
  static const barge::G711 mu(barge::G711::Law::mu), a(barge::G711::Law::a);
  return codec == Codec::pcmu ? mu : a;
}

}  // namespace sip_bridge
