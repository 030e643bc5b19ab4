// SPDX-License-Identifier: Apache-2.0
// Clips for chosen ears: the host's own, and a supervisor's canned words.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

constexpr std::uint64_t frame = Call::frame;
constexpr std::uint64_t ramp = ramp_samples(SampleRate::hz_16000);

class Clips : public testing::Test {
 protected:
  void SetUp() override {
    call.keeps_heard = true;
    call.settle();
  }
  Result<PlaybackId> play(const Clip& what, std::vector<ParticipantId> to, ParticipantId by = {}) {
    return call.bridge->play({what, std::move(to), by});
  }
  Result<PlaybackId> say(const Clip& what, std::vector<ParticipantId> to) {
    return play(what, std::move(to), supervisor.ids.participant);
  }
  std::uint64_t now() const { return call.position.samples(); }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
  const std::vector<ParticipantId> to_customer{customer.ids.participant};
  const std::vector<ParticipantId> to_agent{agent.ids.participant};
  const std::vector<ParticipantId> to_both{customer.ids.participant, agent.ids.participant};
  const Clip clip = make_clip(1000);
  const Samples& sound = *clip.samples;
};

TEST_F(Clips, AreHeardByTheirTargetsAlone) {
  call.enter(supervisor, {Mode::monitor});
  std::uint64_t from = now();
  ASSERT_TRUE(play(clip, to_customer));
  run(call, 10);
  EXPECT_TRUE(heard_sound(customer, 2, from, sound));
  EXPECT_TRUE(heard_only(customer, 2, from + sound.size(), now()));
  EXPECT_TRUE(heard_only(agent, 1, from, now()));
  EXPECT_TRUE(heard_only(supervisor, 3, from, now()));
  from = now();
  ASSERT_TRUE(play(clip, {agent.ids.participant, supervisor.ids.participant}));
  run(call, 10);
  EXPECT_TRUE(heard_sound(agent, 1, from, sound));
  EXPECT_TRUE(heard_sound(supervisor, 3, from, sound));
  EXPECT_TRUE(heard_only(customer, 2, from, now()));
}

TEST_F(Clips, OfSeveralAreAllHeard) {
  const Clip other = make_clip(1600, 30);
  const std::uint64_t from = now();
  ASSERT_TRUE(play(clip, to_both));
  ASSERT_TRUE(play(other, to_agent));
  run(call, 12);
  Samples sum = *other.samples;
  for (std::size_t i = 0; i < sound.size(); ++i)
    sum[i] = static_cast<Sample>(sum[i] + sound[i]);
  EXPECT_TRUE(heard_sound(agent, 1, from, sum));
  EXPECT_TRUE(heard_sound(customer, 2, from, sound));
  EXPECT_TRUE(heard_only(customer, 2, from + sound.size(), now()));
}

TEST_F(Clips, OfASupervisorGoOnlyWhereItMaySpeak) {
  const auto refused = [&](const std::vector<ParticipantId>& to) {
    const auto answer = say(clip, to);
    return !answer && answer.error().code == Errc::not_authorised;
  };
  EXPECT_TRUE(refused(to_agent)) << "without a session";
  call.enter(supervisor, {Mode::monitor});
  EXPECT_TRUE(refused(to_agent));
  EXPECT_TRUE(refused(to_customer));
  call.enter(supervisor, {Mode::whisper});
  EXPECT_TRUE(refused(to_customer));
  EXPECT_TRUE(refused(to_both)) << "not even in part";
  EXPECT_TRUE(refused({supervisor.ids.participant}));
  EXPECT_FALSE(call.index_of(RecordType::clip_played));
  std::uint64_t from = now();
  ASSERT_TRUE(say(clip, to_agent));
  run(call, 10);
  EXPECT_TRUE(heard_sound(agent, 1 + 4, from, sound));
  EXPECT_TRUE(heard_only(customer, 2, from, now()));
  EXPECT_TRUE(heard_only(supervisor, 3, from, now()));
  call.enter(supervisor, {Mode::barge});
  from = now();
  ASSERT_TRUE(say(clip, to_both));
  run(call, 10);
  EXPECT_TRUE(heard_sound(customer, 2 + 4, from, sound));
  EXPECT_TRUE(heard_sound(agent, 1 + 4, from, sound));
  const auto by_agent = play(clip, to_customer, agent.ids.participant);
  ASSERT_FALSE(by_agent);
  EXPECT_EQ(by_agent.error().code, Errc::not_authorised);
}

TEST_F(Clips, AreOnRecordWithWhomTheyAreForAndWhoseTheyAre) {
  call.enter(supervisor, {Mode::whisper});
  ASSERT_TRUE(say(clip, to_agent));
  const AuditRecord& record = call.sink.records()[*call.index_of(RecordType::clip_played)];
  EXPECT_EQ(field(record, "by"), "supervisor");
  const auto targets = std::find_if(record.data.begin(), record.data.end(),
                                    [](const AuditField& field) { return field.key == "targets"; });
  ASSERT_NE(targets, record.data.end());
  EXPECT_EQ(std::get<std::vector<std::string>>(targets->value), std::vector<std::string>{"agent"});
}

TEST_F(Clips, OfASupervisorEndWithItsPermission) {
  const Clip endless = make_clip(16000);
  const auto check_silent = [&](const Party& party, Sample usual) {
    const std::uint64_t changed = now();
    run(call, 10);
    EXPECT_TRUE(heard_only(party, usual, changed + ramp, now()));
  };
  CallAttributes card;
  card.card_data = true;

  call.enter(supervisor, {Mode::whisper});
  ASSERT_TRUE(say(endless, to_agent));
  run(call, 5);
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  check_silent(agent, 1);

  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(say(endless, to_customer));
  run(call, 5);
  ASSERT_TRUE(call.bridge->force(supervisor.ids.participant, Mode::whisper, "why"));
  check_silent(customer, 2);

  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(say(endless, to_customer));
  run(call, 5);
  ASSERT_TRUE(call.bridge->set_attributes(card));
  check_silent(customer, 2);
  ASSERT_TRUE(call.bridge->set_attributes({}));
  run(call, 5);

  ASSERT_TRUE(say(endless, to_customer));
  run(call, 5);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  check_silent(customer, 0);
  ASSERT_TRUE(call.bridge->resume(customer.ids.participant));
  run(call, 60);

  ASSERT_TRUE(say(endless, to_agent));
  run(call, 5);
  call.leave(supervisor);
  check_silent(agent, 1);
}

TEST_F(Clips, OfASupervisorDoNotComeBackWithAnotherPermission) {
  call.enter(supervisor, {Mode::barge});
  ASSERT_TRUE(say(make_clip(16000), to_customer));
  run(call, 5);
  call.enter(supervisor, {Mode::monitor});
  EXPECT_EQ(call.all<ClipFinished>().size(), 1u) << "it has ended";
  call.enter(supervisor, {Mode::barge});
  run(call, 5);
  EXPECT_TRUE(heard_only(customer, 2 + 4, now() - 2 * frame, now()));
}

TEST_F(Clips, OfASupervisorEndWithALimitThatMediaReaches) {
  Obligations obligations;
  obligations.max_whisper = Obliged<std::chrono::seconds>{1s, "limit"};
  permit_with(call, obligations);
  call.enter(supervisor, {Mode::whisper});
  ASSERT_TRUE(say(make_clip(32000), to_agent));
  for (int i = 0; i < 120; ++i)
    call.tick();
  EXPECT_TRUE(heard_only(agent, 1, now() - frame, now()));
}

TEST_F(Clips, ReportTheirEnd) {
  const std::uint64_t from = now();
  const PlaybackId playback = play(clip, to_both).value();
  run(call, 10);
  ASSERT_EQ(call.all<ClipFinished>().size(), 1u);
  EXPECT_EQ(call.last<ClipFinished>().playback, playback);
  EXPECT_EQ(call.last<ClipFinished>().at.samples(), from + 7 * frame)
      << "the tick boundary after its last sample";
  EXPECT_EQ(call.bridge->stop(playback).error().code, Errc::nothing_pending);

  Party& second = call.customer("second");
  const PlaybackId other = play(make_clip(16000), {second.ids.participant}).value();
  EXPECT_NE(other, playback);
  run(call, 5);
  EXPECT_EQ(call.all<ClipFinished>().size(), 1u);
  call.leave(second);
  call.settle();
  ASSERT_EQ(call.all<ClipFinished>().size(), 2u) << "its last listener has left";
  EXPECT_EQ(call.last<ClipFinished>().playback, other);
}

TEST_F(Clips, GoOnForThoseWhoStay) {
  Party& second = call.customer("second");
  call.settle();
  const std::uint64_t from = now();
  ASSERT_TRUE(play(clip, {customer.ids.participant, second.ids.participant}));
  run(call, 3);
  call.leave(second);
  run(call, 10);
  const auto heard = customer.heard.begin() + static_cast<std::ptrdiff_t>(from);
  EXPECT_TRUE(std::equal(sound.begin() + 4 * frame, sound.end(), heard + 4 * frame,
                         [](Sample played, Sample all) { return all == played + 2; }));
  EXPECT_EQ(call.all<ClipFinished>().size(), 1u);
}

TEST_F(Clips, StopWithoutAClick) {
  const Clip steady{SampleRate::hz_16000, std::make_shared<Samples>(16000, Sample{8192})};
  const PlaybackId playback = play(steady, to_customer).value();
  run(call, 5);
  ASSERT_TRUE(call.bridge->stop(playback));
  EXPECT_EQ(call.bridge->stop(playback).error().code, Errc::nothing_pending);
  const std::uint64_t stopped = now();
  run(call, 5);
  int before = 8192 + 2;
  for (std::uint64_t i = stopped; i < stopped + ramp; ++i) {
    const int heard = customer.heard[static_cast<std::size_t>(i)];
    EXPECT_LE(heard, before);
    EXPECT_LT(before - heard, 8192 / 20) << "no step";
    before = heard;
  }
  EXPECT_TRUE(heard_only(customer, 2, stopped + ramp, now()));
  EXPECT_EQ(call.all<ClipFinished>().size(), 1u);
  EXPECT_EQ(call.bridge->stop(PlaybackId{4711}).error().code, Errc::nothing_pending);
}

TEST_F(Clips, OfAnotherRateAreRefused) {
  const auto error = [](const Result<PlaybackId>& answer) {
    return answer ? std::optional<Errc>() : answer.error().code;
  };
  Clip other_rate = make_clip(160);
  other_rate.rate = SampleRate::hz_8000;
  EXPECT_EQ(error(play(other_rate, to_both)), Errc::wrong_format);
  EXPECT_EQ(error(play(make_clip(0), to_both)), Errc::invalid_argument);
  EXPECT_EQ(error(play({}, to_both)), Errc::invalid_argument);
  EXPECT_EQ(error(play(clip, {})), Errc::invalid_argument);
  EXPECT_EQ(error(play(clip, {ParticipantId(77, 1)})), Errc::unknown_id);
  EXPECT_EQ(error(play(clip, to_both, ParticipantId(77, 1))), Errc::unknown_id);
  Party& second = call.customer("second");
  call.leave(second);
  EXPECT_EQ(error(play(clip, {second.ids.participant})), Errc::stale_id);
  EXPECT_EQ(error(play(clip, to_both, second.ids.participant)), Errc::stale_id);
  run(call, 10);
  EXPECT_TRUE(heard_only(customer, 2, now() - 9 * frame, now()));
  EXPECT_TRUE(call.all<ClipFinished>().empty());
  EXPECT_FALSE(call.index_of(RecordType::clip_played));
}

TEST_F(Clips, EndWithTheCall) {
  ASSERT_TRUE(play(clip, to_customer));
  ASSERT_TRUE(call.bridge->close());
  call.poll();
  EXPECT_EQ(call.all<ClipFinished>().size(), 1u);
}

}  // namespace
}  // namespace barge::test
