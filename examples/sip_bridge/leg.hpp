// SPDX-License-Identifier: Apache-2.0
// One phone's RTP: a socket, a jitter buffer on the way in, one unbroken stream on the way out.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <barge/audio.hpp>
#include <barge/result.hpp>

#include "dtmf.hpp"
#include "jitter_buffer.hpp"
#include "rtp.hpp"
#include "sdp.hpp"

namespace sip_bridge {

/// The ports to take RTP from, in turn.
class PortRange {
 public:
  /// The even ports of the range; 0 and 0: whatever the system gives.
  PortRange(std::uint16_t first, std::uint16_t last) noexcept;

  std::uint16_t next() noexcept;
  std::size_t size() const noexcept { return size_; }

 private:
  std::uint16_t first_;
  std::size_t size_;
  std::size_t used_ = 0;
};

/// One frame of encoded audio.
using Payload = std::vector<std::uint8_t>;

class Leg {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes a free port. Fails with io.
  static barge::Result<std::unique_ptr<Leg>> open(boost::asio::io_context& io,
                                                  const std::string& address, PortRange& ports,
                                                  std::chrono::milliseconds ptime);

  /// What to tell the phone.
  LocalMedia local() const;

  /// What the phone has told, at first or anew. Until then the leg drops what comes and sends
  /// nothing.
  void connect(const RemoteMedia& remote);

  /// Takes everything that has arrived. The digits that begin in it are added to `digits`.
  void receive(std::vector<char>& digits);

  /// Fills the frame with what is to be heard of the phone now; false: nothing has come for it.
  bool take(barge::MutableFrame frame) { return jitter_.take(frame); }

  /// The codec that the phone wants to hear.
  Codec codec() const { return remote_.codec; }

  /// Sends one frame. Call it once a tick: sequence and timestamp run on without a gap.
  void send(const Payload& payload);

  /// When the phone last gave a sign of life.
  Clock::time_point last_heard() const noexcept { return last_heard_; }
  void heard() noexcept { last_heard_ = Clock::now(); }

  const JitterBuffer::Counters& jitter_counters() const noexcept { return jitter_.counters(); }
  std::uint64_t ignored() const noexcept { return ignored_; }

 private:
  using Udp = boost::asio::ip::udp;

  Leg(Udp::socket socket, std::chrono::milliseconds ptime);
  // Whether to believe that a packet comes from the phone: it comes from where the phone said, or
  // else, behind a NAT that changed the port, from where several have come in a row.
  bool is_from_phone(const Udp::endpoint& source);
  // Whether the packet is one of those that were negotiated.
  bool take_packet(const RtpPacket& packet, std::vector<char>& digits);

  Udp::socket socket_;
  std::chrono::milliseconds ptime_;
  RemoteMedia remote_;
  std::optional<Udp::endpoint> said_;         // where the phone said it is
  std::optional<Udp::endpoint> destination_;  // where we send
  bool heard_where_said_ = false;
  Udp::endpoint other_;  // another port of the phone's address, and how often in a row
  int others_ = 0;
  JitterBuffer jitter_;
  DtmfReceiver dtmf_;
  RtpHeader next_;
  bool begun_ = false;
  Clock::time_point last_heard_ = Clock::now();
  std::uint64_t ignored_ = 0;  // datagrams that were not the phone's RTP
  std::vector<std::uint8_t> outgoing_;
};

}  // namespace sip_bridge
