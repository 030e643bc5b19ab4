// SPDX-License-Identifier: Apache-2.0
// Session descriptions (RFC 4566) as far as a telephone call needs them: one audio stream of G.711
// and telephone-events over RTP/AVP, offered and answered as in RFC 3264.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec.hpp"

namespace sip_bridge {

/// Where this program receives the RTP of one leg.
struct LocalMedia {
  std::string address;
  std::uint16_t port = 0;
  unsigned ptime_ms = 20;
};

/// What the other side has said about its media.
struct RemoteMedia {
  std::string address;  ///< an IPv4 address
  std::uint16_t port = 0;
  Codec codec = Codec::pcmu;                    ///< the first of its codecs that we know
  std::vector<Codec> codecs;                    ///< all of them: any may be received
  std::optional<std::uint8_t> telephone_event;  ///< the payload type of its digits
  bool wants_to_send = true;
  bool wants_to_receive = true;
};

/// A parsed description. Of several media streams the first usable audio stream is ours.
struct SessionDescription {
  RemoteMedia media;
  std::vector<std::string> streams;  ///< each stream's m= value, to be answered in order
  std::size_t ours = 0;              ///< the index of our stream
};

/// Nothing where the text is no description, or has no stream that we can take part in.
std::optional<SessionDescription> parse_sdp(std::string_view text);

/// Whether the text is an IPv4 address in numbers.
bool is_ipv4(std::string_view text);

std::string make_offer(const LocalMedia& local);
std::string make_answer(const LocalMedia& local, const SessionDescription& offer);

}  // namespace sip_bridge
