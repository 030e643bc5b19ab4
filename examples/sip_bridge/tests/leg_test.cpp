// SPDX-License-Identifier: Apache-2.0
#include "leg.hpp"

#include <algorithm>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

using boost::asio::ip::udp;
using std::chrono::milliseconds;
using Bytes = std::vector<std::uint8_t>;

// A leg on loopback, and sockets that play the phone.
class LegTest : public testing::Test {
 protected:
  LegTest()
      : phone_(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        stranger_(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    phone_.non_blocking(true);
    auto opened = Leg::open(io_, "127.0.0.1", ports_, milliseconds(20));
    leg_ = std::move(opened).value();
    remote_.address = "127.0.0.1";
    remote_.port = phone_.local_endpoint().port();
    remote_.codecs = {Codec::pcmu};
    remote_.telephone_event = 101;
  }

  void send(udp::socket& from, std::uint8_t type, std::uint16_t n, const Bytes& payload) {
    RtpHeader header;
    header.payload_type = type;
    header.sequence = n;
    header.timestamp = n * 160U;
    Bytes bytes(rtp_header_size);
    write_rtp_header(header,
                     gsl::span<std::uint8_t, rtp_header_size>(bytes.data(), rtp_header_size));
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    from.send_to(boost::asio::buffer(bytes),
                 udp::endpoint(boost::asio::ip::address_v4::loopback(), leg_->local().port));
  }

  // Three packets of one code, which is what the jitter buffer waits for.
  bool hears(udp::socket& from, std::uint8_t code) {
    for (int i = 0; i < 3; ++i)
      send(from, 0, ++sequence_, Bytes(160, code));
    leg_->receive(digits_);
    std::vector<barge::Sample> said(1), frame(160);
    coder(Codec::pcmu).decode(Bytes{code}, said);
    bool heard = false;
    for (int i = 0; i < 2; ++i) {
      leg_->take(frame);
      heard = heard || frame[0] == said[0];
    }
    return heard;
  }

  std::optional<RtpHeader> received() {
    Bytes bytes(2048);
    udp::endpoint source;
    boost::system::error_code error;
    bytes.resize(phone_.receive_from(boost::asio::buffer(bytes), source, 0, error));
    const auto packet = parse_rtp(bytes);
    return packet ? std::optional<RtpHeader>(packet->header) : std::nullopt;
  }

  boost::asio::io_context io_;
  PortRange ports_{0, 0};
  udp::socket phone_;
  udp::socket stranger_;
  std::unique_ptr<Leg> leg_;
  RemoteMedia remote_;
  std::vector<char> digits_;
  std::uint16_t sequence_ = 0;
};

TEST_F(LegTest, HearsItsPhone) {
  leg_->connect(remote_);
  EXPECT_TRUE(hears(phone_, 0x12));
  EXPECT_EQ(leg_->ignored(), 0U);
}

TEST_F(LegTest, HearsNobodyBeforeItIsConnected) {
  EXPECT_FALSE(hears(phone_, 0x12));
  EXPECT_EQ(leg_->ignored(), 3U);
}

TEST_F(LegTest, OnceItHasHeardItsPhoneNobodyElseCanSpeak) {
  leg_->connect(remote_);
  EXPECT_TRUE(hears(phone_, 0x12));
  EXPECT_FALSE(hears(stranger_, 0x34));
}

TEST_F(LegTest, AnswersWhereThePhoneReallyIs) {
  remote_.port = 9;  // what it said is wrong, as behind a NAT
  leg_->connect(remote_);
  EXPECT_FALSE(hears(phone_, 0x12)) << "one packet is no proof";
  hears(phone_, 0x12);
  EXPECT_TRUE(hears(phone_, 0x12));
  leg_->send(Payload(160, 0));
  EXPECT_TRUE(received());
}

TEST_F(LegTest, WhereThePhoneSaidItIsItIsBelievedAgain) {
  leg_->connect(remote_);
  for (int i = 0; i < 3; ++i)
    hears(stranger_, 0x34);
  leg_->send(Payload(160, 0));
  EXPECT_FALSE(received()) << "the stranger was quick";
  hears(phone_, 0x12);
  leg_->send(Payload(160, 0));
  EXPECT_TRUE(received());
  EXPECT_FALSE(hears(stranger_, 0x34));
}

TEST_F(LegTest, IgnoresOtherAddresses) {
  remote_.address = "127.0.0.2";
  leg_->connect(remote_);
  EXPECT_FALSE(hears(phone_, 0x12));
}

TEST_F(LegTest, IgnoresWhatWasNotNegotiatedAndWhatIsNoRtp) {
  leg_->connect(remote_);
  send(phone_, 8, 1, Bytes(160, 0x12));
  send(phone_, 96, 2, Bytes(160, 0x12));
  const udp::endpoint leg(boost::asio::ip::address_v4::loopback(), leg_->local().port);
  phone_.send_to(boost::asio::buffer(std::string("hello, is anybody there")), leg);
  phone_.send_to(boost::asio::buffer(std::string()), leg);
  leg_->receive(digits_);
  EXPECT_EQ(leg_->ignored(), 4U);
  EXPECT_TRUE(digits_.empty());
}

TEST_F(LegTest, DigitsComeOutOnceAndAreNotAudio) {
  leg_->connect(remote_);
  for (const auto end : Bytes{0x00, 0x00, 0x80})
    send(phone_, 101, 5, {2, end, 0, 160});
  leg_->receive(digits_);
  EXPECT_EQ(digits_, std::vector<char>{'2'});
  std::vector<barge::Sample> frame(160, 1);
  leg_->take(frame);
  EXPECT_TRUE(std::all_of(frame.begin(), frame.end(), [](auto sample) { return sample == 0; }));
}

TEST_F(LegTest, SendsOneUnbrokenStream) {
  leg_->connect(remote_);
  std::optional<RtpHeader> last;
  for (int tick = 0; tick < 50; ++tick) {
    if (tick == 20) leg_->connect(remote_);  // renegotiated
    leg_->send(Payload(160, 0));
    const auto header = received();
    ASSERT_TRUE(header);
    EXPECT_EQ(header->marker, tick == 0);
    if (last) {
      EXPECT_EQ(header->ssrc, last->ssrc);
      EXPECT_EQ(distance(header->sequence, last->sequence), 1);
      EXPECT_EQ(distance(header->timestamp, last->timestamp), 160);
    }
    last = header;
  }
}

TEST_F(LegTest, SendsNothingToAPhoneThatHoldsAndTimeGoesOn) {
  leg_->connect(remote_);
  leg_->send(Payload(160, 0));
  const auto before = received();
  remote_.wants_to_receive = false;
  leg_->connect(remote_);
  for (int tick = 0; tick < 10; ++tick)
    leg_->send(Payload(160, 0));
  EXPECT_FALSE(received());
  remote_.wants_to_receive = true;
  leg_->connect(remote_);
  leg_->send(Payload(160, 0));
  const auto after = received();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(distance(after->sequence, before->sequence), 1);
  EXPECT_EQ(distance(after->timestamp, before->timestamp), 11 * 160);
}

TEST_F(LegTest, AFloodIsTakenInPortions) {
  leg_->connect(remote_);
  for (std::uint16_t n = 0; n < 200; ++n)
    send(phone_, 96, n, Bytes(160, 0));
  leg_->receive(digits_);
  EXPECT_LT(leg_->ignored(), 200U);
}

TEST(PortRange, GivesTheEvenPortsInTurn) {
  PortRange ports(20001, 20006);
  EXPECT_EQ(ports.size(), 3U);
  EXPECT_EQ(ports.next(), 20002);
  EXPECT_EQ(ports.next(), 20004);
  EXPECT_EQ(ports.next(), 20006);
  EXPECT_EQ(ports.next(), 20002);
}

}  // namespace
}  // namespace sip_bridge
