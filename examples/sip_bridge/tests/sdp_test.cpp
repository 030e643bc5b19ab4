// SPDX-License-Identifier: Apache-2.0
#include "sdp.hpp"

#include <random>
#include <string>

#include <gmock/gmock.h>

namespace sip_bridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string session =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n";
const LocalMedia local{"127.0.0.1", 20002, 20};

TEST(Sdp, ReadsAddressCodecsAndDigits) {
  const auto parsed = parse_sdp(session +
                                "m=audio 4000 RTP/AVP 9 8 0 96\r\n"
                                "a=rtpmap:9 G722/8000\r\n"
                                "a=rtpmap:96 telephone-event/8000\r\n");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->media.address, "10.0.0.1");
  EXPECT_EQ(parsed->media.port, 4000);
  EXPECT_EQ(parsed->media.codec, Codec::pcma) << "the order of the offer counts";
  EXPECT_THAT(parsed->media.codecs, ElementsAre(Codec::pcma, Codec::pcmu));
  EXPECT_EQ(parsed->media.telephone_event, 96);
  EXPECT_TRUE(parsed->media.wants_to_send);
  EXPECT_TRUE(parsed->media.wants_to_receive);
}

TEST(Sdp, TheStreamsOwnAddressBeatsTheSessions) {
  const auto parsed = parse_sdp(session + "m=audio 4000 RTP/AVP 0\nc=IN IP4 10.0.0.9\n");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->media.address, "10.0.0.9");
}

TEST(Sdp, HoldIsReadInAllItsForms) {
  const std::string audio = session + "m=audio 4000 RTP/AVP 0\r\n";
  const auto sendonly = parse_sdp(audio + "a=sendonly\r\n");
  ASSERT_TRUE(sendonly);
  EXPECT_TRUE(sendonly->media.wants_to_send);
  EXPECT_FALSE(sendonly->media.wants_to_receive);
  const auto inactive =
      parse_sdp("v=0\r\nc=IN IP4 10.0.0.1\r\na=inactive\r\nm=audio 4000 RTP/AVP 0\r\n");
  ASSERT_TRUE(inactive);
  EXPECT_FALSE(inactive->media.wants_to_send);
  EXPECT_FALSE(inactive->media.wants_to_receive);
  const auto zeros = parse_sdp(audio + "c=IN IP4 0.0.0.0\r\n");
  ASSERT_TRUE(zeros);
  EXPECT_FALSE(zeros->media.wants_to_receive);
}

TEST(Sdp, TheAnswerHasOneCodecAndTheSameDigits) {
  const auto offer = parse_sdp(session +
                               "m=audio 4000 RTP/AVP 8 0 96\r\n"
                               "a=rtpmap:96 telephone-event/8000\r\na=sendonly\r\n");
  ASSERT_TRUE(offer);
  const std::string answer = make_answer(local, *offer);
  EXPECT_THAT(answer, HasSubstr("m=audio 20002 RTP/AVP 8 96\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=rtpmap:96 telephone-event/8000\r\n"));
  EXPECT_THAT(answer, HasSubstr("c=IN IP4 127.0.0.1\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=recvonly\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=ptime:20\r\n"));
}

TEST(Sdp, OtherStreamsAreRefusedInTheirPlaces) {
  const auto offer = parse_sdp(session +
                               "m=video 5000 RTP/AVP 31\r\n"
                               "m=audio 4000 RTP/AVP 0\r\n"
                               "m=audio 4002 RTP/AVP 0\r\n");
  ASSERT_TRUE(offer);
  const std::string answer = make_answer(local, *offer);
  const auto video = answer.find("m=video 0 RTP/AVP 31");
  const auto ours = answer.find("m=audio 20002 RTP/AVP 0");
  const auto second = answer.find("m=audio 0 RTP/AVP 0");
  EXPECT_LT(video, ours);
  EXPECT_LT(ours, second);
  EXPECT_NE(second, std::string::npos);
}

TEST(Sdp, OurOwnOfferCanBeAnswered) {
  const auto offer = parse_sdp(make_offer(local));
  ASSERT_TRUE(offer);
  EXPECT_THAT(offer->media.codecs, ElementsAre(Codec::pcmu, Codec::pcma));
  EXPECT_EQ(offer->media.telephone_event, 101);
  EXPECT_EQ(offer->media.port, local.port);
}

TEST(Sdp, WhatWeCannotTakePartInIsNothing) {
  EXPECT_FALSE(parse_sdp(""));
  EXPECT_FALSE(parse_sdp("hello"));
  EXPECT_FALSE(parse_sdp(session)) << "no stream";
  EXPECT_FALSE(parse_sdp(session + "m=audio 0 RTP/AVP 0\r\n")) << "a stream that is off";
  EXPECT_FALSE(parse_sdp(session + "m=audio 4000 RTP/SAVP 0\r\n")) << "encrypted";
  EXPECT_FALSE(parse_sdp(session + "m=audio 4000 RTP/AVP 9 96\r\n")) << "no codec of ours";
  EXPECT_FALSE(parse_sdp(session + "m=audio 70000 RTP/AVP 0\r\n"));
  EXPECT_FALSE(parse_sdp(session + "m=audio -1 RTP/AVP 0\r\n"));
  EXPECT_FALSE(parse_sdp("v=0\r\nm=audio 4000 RTP/AVP 0\r\n")) << "no address";
  EXPECT_FALSE(parse_sdp("v=0\r\nc=IN IP4 phone.example\r\nm=audio 4000 RTP/AVP 0\r\n"));
  EXPECT_FALSE(parse_sdp("v=1\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"));
}

TEST(Sdp, AddressesAreFourNumbers) {
  EXPECT_TRUE(is_ipv4("127.0.0.1"));
  for (const char* text :
       {"", "127.0.0", "127.0.0.1.2", "127.0.0.256", "a.b.c.d", "1.2.3.4 ", "1..2.3"}) {
    EXPECT_FALSE(is_ipv4(text)) << text;
  }
}

TEST(Sdp, MutilatedTextNeverDoesHarm) {
  const std::string whole =
      session + "m=audio 4000 RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\n";
  std::mt19937 random(5);
  for (int round = 0; round < 50'000; ++round) {
    std::string text = whole.substr(0, random() % (whole.size() + 1));
    for (unsigned i = random() % 4; i > 0 && !text.empty(); --i) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    const auto parsed = parse_sdp(text);
    if (!parsed) continue;
    ASSERT_FALSE(parsed->media.codecs.empty());
    const std::string answer = make_answer(local, *parsed);
    ASSERT_TRUE(parse_sdp(answer)) << answer;
    ASSERT_THAT(answer, Not(HasSubstr("\r\n\r\n")));
  }
}

}  // namespace
}  // namespace sip_bridge
