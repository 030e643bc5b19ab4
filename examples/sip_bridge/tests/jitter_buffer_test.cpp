// SPDX-License-Identifier: Apache-2.0
#include "jitter_buffer.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace sip_bridge {
namespace {

using Samples = std::vector<barge::Sample>;

constexpr std::uint32_t frame = 160;
constexpr std::uint32_t target = 320;
constexpr std::uint32_t limit = 1600;

// The n-th packet of a stream in which every sample tells its place.
struct Stream {
  std::uint32_t ssrc = 7;
  std::uint32_t length = frame;
  std::uint16_t first_sequence = 65530;
  std::uint32_t first_timestamp = 0xFFFFFE00;

  barge::Sample sample(std::uint32_t place) const {
    return static_cast<barge::Sample>(1 + place % 30000);
  }
  void put(JitterBuffer& buffer, std::uint32_t n) const {
    Samples samples(length);
    for (std::uint32_t i = 0; i < length; ++i)
      samples[i] = sample(n * length + i);
    RtpHeader header;
    header.ssrc = ssrc;
    header.sequence = static_cast<std::uint16_t>(first_sequence + n);
    header.timestamp = first_timestamp + n * length;
    buffer.put(header, samples);
  }
  Samples frame_at(std::uint32_t n) const {
    Samples samples(frame);
    for (std::uint32_t i = 0; i < frame; ++i)
      samples[i] = sample(n * frame + i);
    return samples;
  }
};

Samples take(JitterBuffer& buffer) {
  Samples samples(frame, -1);
  buffer.take(samples);
  return samples;
}

const Samples silence(frame, 0);

// Whether the samples are the frame again, getting quieter.
bool fades(const Samples& samples, const Samples& from) {
  for (std::uint32_t i = 0; i < frame; ++i) {
    if (samples[i] >= from[i] || samples[i] < from[i] / 2) return false;
  }
  return true;
}

TEST(JitterBuffer, PlaysFromTheTargetOnInOrder) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  EXPECT_EQ(take(buffer), silence);
  stream.put(buffer, 0);
  EXPECT_EQ(take(buffer), silence) << "half of the target";
  stream.put(buffer, 1);
  for (std::uint32_t n = 0; n < 100; ++n) {
    EXPECT_EQ(take(buffer), stream.frame_at(n));
    stream.put(buffer, n + 2);
  }
}

TEST(JitterBuffer, ReordersAndDropsDuplicates) {
  JitterBuffer buffer(3 * frame, limit);
  const Stream stream;
  for (const std::uint32_t n : {0U, 2U, 1U, 1U, 2U})
    stream.put(buffer, n);
  for (const std::uint32_t n : {0U, 1U, 2U})
    EXPECT_EQ(take(buffer), stream.frame_at(n));
  EXPECT_EQ(buffer.counters().duplicates, 2U);
}

TEST(JitterBuffer, AMissingPacketIsConcealedAndCostsNoOther) {
  JitterBuffer buffer(3 * frame, limit);
  Stream stream;
  stream.first_sequence = 0;
  for (const std::uint32_t n : {100U, 102U})
    stream.put(buffer, n);
  EXPECT_EQ(take(buffer), stream.frame_at(100));
  EXPECT_TRUE(fades(take(buffer), stream.frame_at(100)));
  EXPECT_EQ(take(buffer), stream.frame_at(102));
}

TEST(JitterBuffer, ConcealmentIsSilentAfter60Ms) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  stream.put(buffer, 0);
  stream.put(buffer, 1);
  take(buffer);
  take(buffer);
  for (int tick = 0; tick < 3; ++tick)
    EXPECT_NE(take(buffer), silence);
  for (int tick = 0; tick < 100; ++tick)
    EXPECT_EQ(take(buffer), silence);
}

TEST(JitterBuffer, SaysWhenThereIsNothingToPlay) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  Samples samples(frame);
  const auto takes = [&] { return buffer.take(samples); };
  for (int n = 0; n < 3; ++n)
    takes();
  EXPECT_FALSE(takes()) << "before the first packet";
  for (std::uint32_t n = 0; n < 3; ++n)
    stream.put(buffer, n);
  EXPECT_TRUE(takes());
  EXPECT_TRUE(takes());
  for (int n = 0; n < 3; ++n)
    EXPECT_TRUE(takes()) << "concealed";
  EXPECT_FALSE(takes());
  stream.put(buffer, 3);
  stream.put(buffer, 4);
  EXPECT_TRUE(takes());
}

TEST(JitterBuffer, APacketThatComesTooLateIsDropped) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  stream.put(buffer, 0);
  stream.put(buffer, 1);
  take(buffer);
  take(buffer);
  stream.put(buffer, 2);
  stream.put(buffer, 3);
  EXPECT_EQ(take(buffer), stream.frame_at(2));
  stream.put(buffer, 1);
  EXPECT_EQ(buffer.counters().late, 1U);
  EXPECT_EQ(take(buffer), stream.frame_at(3));
}

TEST(JitterBuffer, AStallOfTheSenderCostsDelayAndNoSample) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  std::uint32_t sent = 0;
  std::uint32_t expected = 0;
  for (std::uint32_t tick = 0; tick < 60; ++tick) {
    const bool stalled = tick >= 20 && tick < 25;  // and then everything comes at once
    for (; !stalled && sent <= tick; ++sent)
      stream.put(buffer, sent);
    if (take(buffer) == stream.frame_at(expected)) ++expected;
  }
  EXPECT_GE(expected, 50U);
  EXPECT_EQ(buffer.counters().underruns, 1U);
}

TEST(JitterBuffer, PacketsMayHaveAnyLength) {
  for (const std::uint32_t length : {80U, 240U, 480U}) {
    JitterBuffer buffer(480, limit);
    Stream stream;
    stream.length = length;
    Samples heard;
    std::uint32_t sent = 0;
    for (std::uint32_t tick = 1; tick < 200; ++tick) {
      for (; (sent + 1) * length <= tick * frame; ++sent)
        stream.put(buffer, sent);
      const Samples samples = take(buffer);
      heard.insert(heard.end(), samples.begin(), samples.end());
    }
    const auto begin = std::find_if(heard.begin(), heard.end(), [](auto s) { return s != 0; });
    ASSERT_LT(begin - heard.begin(), 4 * static_cast<std::ptrdiff_t>(frame)) << length;
    const int first = *begin - 1;
    std::uint32_t place = static_cast<std::uint32_t>(first);
    for (auto sample = begin; sample != heard.end(); ++sample, ++place) {
      ASSERT_EQ(*sample, stream.sample(place)) << "packets of " << length;
    }
  }
}

TEST(JitterBuffer, APauseOfTheSpeakerIsNotPlayedTwice) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  for (const std::uint32_t n : {0U, 1U})
    stream.put(buffer, n);
  for (int tick = 0; tick < 100; ++tick)
    take(buffer);
  // Two seconds later, and the timestamp says so.
  for (const std::uint32_t n : {102U, 103U})
    stream.put(buffer, n);
  EXPECT_EQ(take(buffer), stream.frame_at(102));
  EXPECT_EQ(take(buffer), stream.frame_at(103));
}

TEST(JitterBuffer, FollowsANewSource) {
  JitterBuffer buffer(target, limit);
  const Stream old;
  for (std::uint32_t n = 0; n < 4; ++n)
    old.put(buffer, n);
  take(buffer);
  Stream fresh;
  fresh.ssrc = 8;
  fresh.first_sequence = 3;
  fresh.first_timestamp = 12345;
  fresh.put(buffer, 0);
  fresh.put(buffer, 1);
  EXPECT_EQ(take(buffer), fresh.frame_at(0));
  EXPECT_EQ(buffer.counters().resyncs, 1U);
}

TEST(JitterBuffer, FollowsASourceThatStartedAnewUnderItsOldName) {
  JitterBuffer buffer(target, limit);
  const Stream old;
  for (std::uint32_t n = 0; n < 4; ++n)
    old.put(buffer, n);
  take(buffer);
  Stream again;
  again.first_sequence = static_cast<std::uint16_t>(old.first_sequence - 1000);
  again.first_timestamp = old.first_timestamp - 1'000'000;
  bool heard = false;
  for (std::uint32_t n = 0; n < 30; ++n) {
    again.put(buffer, n);
    const Samples samples = take(buffer);
    if (n > 15) heard = heard || samples != silence;
  }
  EXPECT_TRUE(heard);
}

TEST(JitterBuffer, TooMuchDelayIsCutBack) {
  JitterBuffer buffer(target, limit);
  const Stream stream;
  stream.put(buffer, 0);
  stream.put(buffer, 1);
  take(buffer);
  for (std::uint32_t n = 2; n < 20; ++n)
    stream.put(buffer, n);
  EXPECT_EQ(take(buffer), stream.frame_at(18));
  EXPECT_EQ(buffer.counters().overruns, 1U);
}

TEST(JitterBuffer, NoHeaderAndNoLengthDoesHarm) {
  JitterBuffer buffer(target, limit);
  std::mt19937 engine(3);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  for (int round = 0; round < 50'000; ++round) {
    RtpHeader header;
    header.ssrc = random() % 2;
    header.sequence = static_cast<std::uint16_t>(random());
    header.timestamp = random() % 4 == 0 ? random() : random() % 20'000;
    buffer.put(header, Samples(random() % 1100, 1));
    if (random() % 3 == 0) {
      for (const barge::Sample sample : take(buffer))
        ASSERT_TRUE(sample == 0 || sample == 1);
    }
  }
}

}  // namespace
}  // namespace sip_bridge
