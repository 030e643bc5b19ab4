// SPDX-License-Identifier: Apache-2.0
#include "rtp.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes packet(const RtpHeader& header, const Bytes& payload) {
  Bytes bytes(rtp_header_size);
  write_rtp_header(header, gsl::span<std::uint8_t, rtp_header_size>(bytes.data(), rtp_header_size));
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

Bytes payload_of(const Bytes& datagram) {
  const auto parsed = parse_rtp(datagram);
  if (!parsed) return {};
  return {parsed->payload.begin(), parsed->payload.end()};
}

TEST(Rtp, WhatIsWrittenIsParsed) {
  const RtpHeader header{101, true, 0xFFFE, 0x12345678, 0xDEADBEEF};
  const Bytes bytes = packet(header, {1, 2, 3});
  const auto parsed = parse_rtp(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.payload_type, 101);
  EXPECT_TRUE(parsed->header.marker);
  EXPECT_EQ(parsed->header.sequence, 0xFFFE);
  EXPECT_EQ(parsed->header.timestamp, 0x12345678U);
  EXPECT_EQ(parsed->header.ssrc, 0xDEADBEEFU);
  EXPECT_EQ(Bytes(parsed->payload.begin(), parsed->payload.end()), (Bytes{1, 2, 3}));
}

TEST(Rtp, SourcesExtensionAndPaddingAreNoPayload) {
  Bytes bytes = packet({}, {});
  bytes[0] = 0x80 | 0x20 | 0x10 | 1;
  const Bytes rest{9, 9, 9, 9, /*extension*/ 0xBE, 0xDE,          0, 1,
                   8, 8, 8, 8, /*payload*/ 7,      /*padding*/ 0, 2};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  EXPECT_EQ(payload_of(bytes), Bytes{7});
}

TEST(Rtp, WhatIsNoPacketIsRefused) {
  EXPECT_FALSE(parse_rtp(Bytes{}));
  EXPECT_FALSE(parse_rtp(Bytes(rtp_header_size - 1, 0x80)));
  Bytes bytes = packet({}, {1});
  bytes[0] = 0x40;
  EXPECT_FALSE(parse_rtp(bytes)) << "version 1";
  bytes[0] = 0x8F;
  EXPECT_FALSE(parse_rtp(bytes)) << "more sources than bytes";
  bytes[0] = 0x90;
  EXPECT_FALSE(parse_rtp(bytes)) << "an extension that is not there";
  bytes = packet({}, {0xFF});
  bytes[0] |= 0x20;
  EXPECT_FALSE(parse_rtp(bytes)) << "more padding than bytes";
  bytes = packet({}, {0});
  bytes[0] |= 0x20;
  EXPECT_FALSE(parse_rtp(bytes)) << "padding of no length";
}

TEST(Rtp, PaddingNeverReachesIntoTheHeader) {
  Bytes bytes = packet({}, {5});
  bytes[0] |= 0x20;
  EXPECT_FALSE(parse_rtp(bytes));
}

TEST(Rtp, NoDatagramMakesThePayloadLeaveIt) {
  std::mt19937 random(1);
  for (int round = 0; round < 100'000; ++round) {
    Bytes bytes(random() % 64);
    for (auto& byte : bytes)
      byte = static_cast<std::uint8_t>(random());
    if (!bytes.empty()) bytes[0] = static_cast<std::uint8_t>(0x80 | (bytes[0] & 0x3F));
    const auto parsed = parse_rtp(bytes);
    if (!parsed) continue;
    ASSERT_LE(parsed->payload.size(), bytes.size() - rtp_header_size);
    ASSERT_GE(parsed->payload.data(), bytes.data() + rtp_header_size);
    ASSERT_LE(parsed->payload.data() + parsed->payload.size(), bytes.data() + bytes.size());
  }
}

}  // namespace
}  // namespace sip_bridge
