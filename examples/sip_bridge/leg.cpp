// SPDX-License-Identifier: Apache-2.0
#include "leg.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

namespace sip_bridge {
namespace {

constexpr std::uint32_t samples_per_ms = 8;
constexpr std::uint32_t jitter_target = 60 * samples_per_ms;  // 40 ms remain once a frame is taken
constexpr std::uint32_t jitter_limit = 200 * samples_per_ms;
constexpr int most_datagrams_a_tick = 64;  // a flood on one leg must not starve the others
constexpr int packets_to_believe = 5;      // from a port that the phone did not name

}  // namespace

PortRange::PortRange(std::uint16_t first, std::uint16_t last) noexcept
    : first_(static_cast<std::uint16_t>(first + first % 2)),
      size_(first == 0 ? 1 : (last - first_) / 2U + 1) {}

std::uint16_t PortRange::next() noexcept {
  if (first_ == 0) return 0;
  return static_cast<std::uint16_t>(first_ + 2 * (used_++ % size_));
}

barge::Result<std::unique_ptr<Leg>> Leg::open(boost::asio::io_context& io,
                                              const std::string& address, PortRange& ports,
                                              std::chrono::milliseconds ptime) {
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(address, error);
  Udp::socket socket(io);
  socket.open(Udp::v4(), error);
  for (std::size_t tried = 0; tried < ports.size(); ++tried) {
    socket.bind({ip, ports.next()}, error);
    if (!error) break;
  }
  if (!error) socket.non_blocking(true, error);
  if (error) return barge::Error{barge::Errc::io, "no port for RTP: " + error.message()};
  return std::unique_ptr<Leg>(new Leg(std::move(socket), ptime));
}

Leg::Leg(Udp::socket socket, std::chrono::milliseconds ptime)
    : socket_(std::move(socket)), ptime_(ptime), jitter_(jitter_target, jitter_limit) {
  std::random_device random;
  next_.ssrc = random();
  next_.sequence = static_cast<std::uint16_t>(random());
  next_.timestamp = random();
}

LocalMedia Leg::local() const {
  boost::system::error_code error;
  const Udp::endpoint endpoint = socket_.local_endpoint(error);
  return {endpoint.address().to_string(), endpoint.port(), static_cast<unsigned>(ptime_.count())};
}

void Leg::connect(const RemoteMedia& remote) {
  const bool moved = remote.address != remote_.address || remote.port != remote_.port;
  remote_ = remote;
  if (!moved) return;
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(remote.address, error);
  said_ = destination_ = Udp::endpoint(ip, remote.port);
  heard_where_said_ = false;
  others_ = 0;
}

bool Leg::is_from_phone(const Udp::endpoint& source) {
  if (!said_ || source.address() != said_->address()) return false;
  if (source == *said_) {
    heard_where_said_ = true;
    return true;
  }
  if (heard_where_said_) return false;
  if (source == *destination_) return true;
  others_ = source == other_ ? others_ + 1 : 1;
  other_ = source;
  return others_ >= packets_to_believe;
}

void Leg::receive(std::vector<char>& digits) {
  std::array<std::uint8_t, 2048> datagram;
  for (int taken = 0; taken < most_datagrams_a_tick; ++taken) {
    Udp::endpoint source;
    boost::system::error_code error;
    const std::size_t size = socket_.receive_from(boost::asio::buffer(datagram), source, 0, error);
    if (error == boost::asio::error::would_block) return;
    if (error) continue;  // an ICMP error of an earlier send; the next datagram is behind it

    const auto packet = parse_rtp({datagram.data(), size});
    if (!packet || !is_from_phone(source) || !take_packet(*packet, digits)) {
      ++ignored_;
      continue;
    }
    last_heard_ = Clock::now();
    destination_ = source;  // symmetric RTP: answer where it comes from
  }
}

bool Leg::take_packet(const RtpPacket& packet, std::vector<char>& digits) {
  const std::uint8_t type = packet.header.payload_type;
  if (type == remote_.telephone_event) {
    if (const auto digit = dtmf_.take(packet)) digits.push_back(*digit);
    return true;
  }
  const auto codec = std::find_if(remote_.codecs.begin(), remote_.codecs.end(),
                                  [type](Codec c) { return payload_type(c) == type; });
  std::array<barge::Sample, 1024> samples;
  if (codec == remote_.codecs.end() || packet.payload.size() > samples.size()) return false;
  const barge::MutableFrame decoded(samples.data(), packet.payload.size());
  coder(*codec).decode(packet.payload, decoded);
  jitter_.put(packet.header, decoded);
  return true;
}

void Leg::send(const Payload& payload) {
  if (!destination_) return;
  next_.timestamp += static_cast<std::uint32_t>(payload.size());
  if (!remote_.wants_to_receive) return;  // on hold: time goes on, packets do not

  next_.payload_type = payload_type(remote_.codec);
  next_.marker = !std::exchange(begun_, true);
  ++next_.sequence;
  outgoing_.resize(rtp_header_size + payload.size());
  write_rtp_header(next_,
                   gsl::span<std::uint8_t, rtp_header_size>(outgoing_.data(), rtp_header_size));
  std::copy(payload.begin(), payload.end(), outgoing_.begin() + rtp_header_size);
  boost::system::error_code error;  // a lost packet is lost, whatever the reason
  socket_.send_to(boost::asio::buffer(outgoing_), *destination_, 0, error);
}

}  // namespace sip_bridge
