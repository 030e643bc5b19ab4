// SPDX-License-Identifier: Apache-2.0
// G.711: the two telephone codecs, one byte a sample at 8 kHz (ITU-T G.711).
#pragma once

#include <cstdint>

#include <gsl/span>

#include <barge/audio.hpp>

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

barge::Sample decode(Codec codec, std::uint8_t code) noexcept;
std::uint8_t encode(Codec codec, barge::Sample sample) noexcept;

/// Whole frames. Both spans have the same length.
void decode(Codec codec, gsl::span<const std::uint8_t> codes, barge::MutableFrame samples) noexcept;
void encode(Codec codec, barge::Frame samples, gsl::span<std::uint8_t> codes) noexcept;

}  // namespace sip_bridge
