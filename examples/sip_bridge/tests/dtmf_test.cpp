// SPDX-License-Identifier: Apache-2.0
#include "dtmf.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

std::string take(DtmfReceiver& receiver, int event, std::uint32_t timestamp, bool end = false,
                 std::uint32_t ssrc = 1) {
  const std::array<std::uint8_t, 4> payload{static_cast<std::uint8_t>(event),
                                            static_cast<std::uint8_t>(end ? 0x8A : 0x0A), 0, 160};
  RtpPacket packet;
  packet.header.timestamp = timestamp;
  packet.header.ssrc = ssrc;
  packet.payload = payload;
  const auto digit = receiver.take(packet);
  return digit ? std::string(1, *digit) : "";
}

TEST(Dtmf, ADigitIsRecognisedAtItsFirstPacketAndOnce) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 2, 1000), "2");
  EXPECT_EQ(take(receiver, 2, 1000), "");
  EXPECT_EQ(take(receiver, 2, 1000, true), "");
  EXPECT_EQ(take(receiver, 2, 1000, true), "");
}

TEST(Dtmf, TheSameDigitAgainIsAnotherEvent) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 10, 1000), "*");
  EXPECT_EQ(take(receiver, 10, 3000), "*");
}

TEST(Dtmf, AnEventWhoseFirstPacketsAreLostIsStillRecognised) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 11, 1000, true), "#");
}

TEST(Dtmf, APacketOfAnEarlierEventIsNoNewDigit) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 1, 0xFFFFFF00), "1");
  EXPECT_EQ(take(receiver, 2, 0x00000100), "2") << "timestamps wrap around";
  EXPECT_EQ(take(receiver, 1, 0xFFFFFF00, true), "");
}

TEST(Dtmf, ANewSourceStartsAnew) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 1, 5000), "1");
  EXPECT_EQ(take(receiver, 3, 100, false, 2), "3");
}

TEST(Dtmf, WhatIsNoDigitIsIgnored) {
  DtmfReceiver receiver;
  EXPECT_EQ(take(receiver, 16, 1000), "") << "a hook flash";
  EXPECT_EQ(take(receiver, 255, 2000), "");
  EXPECT_FALSE(receiver.take(RtpPacket{}));
  EXPECT_EQ(take(receiver, 0, 3000), "0");
}

}  // namespace
}  // namespace sip_bridge
