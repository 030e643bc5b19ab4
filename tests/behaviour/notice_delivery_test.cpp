// SPDX-License-Identifier: Apache-2.0
// Notices are heard in full by everybody they are for, before anything opens.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

constexpr std::uint64_t frame = Call::frame;

/// The phrase, whose samples have nothing in common with the voices once it has faded in.
const Samples& phrase() {
  static const Samples samples = *make_clip(recorded_samples).samples;
  return samples;
}
constexpr std::uint64_t phrase_time = 4160;  // to the end of a tick

/// Whether the party heard all of the phrase from this index on, whoever spoke meanwhile.
bool heard_phrase(const Party& party, std::uint64_t from) {
  for (std::size_t i = frame; i < phrase().size(); ++i)
    if (party.heard[static_cast<std::size_t>(from) + i] / 64 * 64 != phrase()[i]) return false;
  return true;
}

/// Whether none of the samples has anything of the speaker in it.
bool never_heard(const Party& listener, const Party& speaker, std::uint64_t from,
                 std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i)
    if ((listener.heard[static_cast<std::size_t>(i)] & speaker.voice) != 0) return false;
  return true;
}

/// Whether each of the samples has the speaker in it.
bool always_heard(const Party& listener, const Party& speaker, std::uint64_t from,
                  std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i)
    if ((listener.heard[static_cast<std::size_t>(i)] & speaker.voice) == 0) return false;
  return true;
}

TEST_F(Notice, IsDeliveredOnlyWhenEveryTargetHasPulledAllOfIt) {
  start(phrase_notice("recorded"));
  run(call, 20);
  customer.pulls = false;
  run(call, 1);
  customer.pulls = true;
  const std::uint64_t missed = now();
  run(call, 20);
  EXPECT_TRUE(call.all<NoticePlayed>().empty()) << "the customer missed some of it";
  run(call, 40);
  const NoticePlayed notice = call.last<NoticePlayed>();
  EXPECT_TRUE(notice.delivered);
  EXPECT_EQ(notice.from.samples(), missed);
  EXPECT_EQ(notice.to.samples() - notice.from.samples(), phrase_time);
  EXPECT_TRUE(std::equal(phrase().begin(), phrase().end(),
                         customer.heard.begin() + static_cast<std::ptrdiff_t>(missed),
                         [](Sample sound, Sample heard) { return heard == sound + 2; }));
  EXPECT_GE(opened(), notice.to.samples());
}

TEST_F(Notice, OfATargetThatPullsNothingIsNeverDelivered) {
  agent.pulls = false;
  start(phrase_notice("recorded"));
  run(call, 2990);
  EXPECT_TRUE(call.all<RequestDenied>().empty());
  run(call, 20);
  EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::notice_undeliverable);
  EXPECT_EQ(call.heard_by(customer), "agent");
}

TEST_F(Notice, StartsAgainAfterAHold) {
  for (const Hold kind : {Hold::local, Hold::far_end}) {
    call.events.clear();
    start(phrase_notice("recorded"));
    run(call, 20);
    ASSERT_TRUE(call.bridge->hold(customer.ids.participant, kind));
    const std::uint64_t held = now() + ramp_samples(SampleRate::hz_16000);
    run(call, 100);
    EXPECT_TRUE(call.all<NoticePlayed>().empty());
    EXPECT_TRUE(heard_only(agent, 0, held, now())) << "it waits for all of its targets";
    EXPECT_TRUE(heard_only(customer, 0, held, now()));
    ASSERT_TRUE(call.bridge->resume(customer.ids.participant));
    const std::uint64_t resumed = now();
    run(call, 60);
    const NoticePlayed notice = call.last<NoticePlayed>();
    EXPECT_EQ(notice.from.samples(), resumed);
    EXPECT_TRUE(heard_sound(agent, 1, resumed, phrase()));
    EXPECT_TRUE(heard_sound(customer, 2, resumed, phrase()));
    EXPECT_GE(opened(), notice.to.samples());
    EXPECT_TRUE(heard_only(customer, 2, notice.to.samples(), opened()));
    call.enter(supervisor, {Mode::off});
  }
}

TEST_F(Notice, GoesOnForATargetThatConsults) {
  Party& second = call.agent("second");
  call.settle();
  ModeRequest request{Mode::monitor};
  request.agent = agent.ids.participant;
  start(phrase_notice("recorded", NoticeTo::customer), request);
  run(call, 10);
  ASSERT_TRUE(call.bridge->consult(customer.ids.participant, second.ids.participant));
  run(call, 40);
  ASSERT_EQ(call.all<NoticePlayed>().size(), 1u);
  const std::uint64_t from = call.last<NoticePlayed>().from.samples();
  EXPECT_TRUE(heard_phrase(customer, from));
  EXPECT_TRUE(heard_only(second, 1, from + 11 * frame, now())) << "the customer alone";
}

TEST_F(Notice, ThatCannotBeDeliveredDeniesTheRaise) {
  const auto check_denied = [&] {
    const std::uint64_t from = now() + frame;
    run(call, 2900);
    EXPECT_TRUE(call.all<RequestDenied>().empty());
    run(call, 120);
    ASSERT_EQ(call.all<RequestDenied>().size(), 1u);
    EXPECT_EQ(call.last<RequestDenied>().decision.code, DecisionCode::notice_undeliverable);
    EXPECT_EQ(call.all<NoticePlayed>().size(), 1u);
    EXPECT_FALSE(call.last<NoticePlayed>().delivered);
    EXPECT_EQ(call.sink.records().back().type, RecordType::obligation_failed);
    EXPECT_TRUE(never_heard(customer, supervisor, from, now()));
    EXPECT_TRUE(never_heard(agent, supervisor, from, now()));
    EXPECT_TRUE(heard_only(supervisor, 0, begun, now()));
    call.events.clear();
  };
  start(phrase_notice("recorded"));
  run(call, 10);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  check_denied();
  ASSERT_TRUE(call.bridge->resume(customer.ids.participant));
  start(phrase_notice("recorded"));
  run(call, 10);
  ASSERT_TRUE(call.port->leg_lost(agent.ids.leg));
  check_denied();
}

TEST_F(Notice, WaitsInSilenceForALegThatIsLost) {
  start(phrase_notice("recorded"));
  run(call, 10);
  ASSERT_TRUE(call.port->leg_lost(agent.ids.leg));
  run(call, 5);
  const std::uint64_t lost = now();
  run(call, 100);
  EXPECT_TRUE(heard_only(customer, 0, lost, now())) << "and never its beginning again and again";
}

TEST_F(Notice, OfATargetThatLeavesIsForThoseWhoStay) {
  Party& second = call.customer("second");
  start(phrase_notice("recorded"), {Mode::monitor});
  run(call, 10);
  second.pulls = false;
  call.leave(second);
  run(call, 60);
  EXPECT_TRUE(call.last<NoticePlayed>().delivered);
  EXPECT_EQ(call.all<NoticePlayed>().size(), 1u) << "nobody hears it twice";
  EXPECT_TRUE(heard_phrase(customer, call.last<NoticePlayed>().from.samples()));
  EXPECT_EQ(call.heard_by(supervisor), "customer agent");
}

TEST_F(Notice, OfARaiseThatIsCancelledFallsSilent) {
  start(phrase_notice("recorded"));
  run(call, 10);
  static_cast<void>(call.ask(supervisor, {Mode::off}));
  const std::uint64_t cancelled = now() + ramp_samples(SampleRate::hz_16000);
  run(call, 100);
  EXPECT_TRUE(heard_only(customer, 2, cancelled, now()));
  EXPECT_TRUE(heard_only(agent, 1, cancelled, now()));
  EXPECT_TRUE(call.all<ModeApplied>().empty());
}

TEST_F(Notice, EndsBeforeTheSupervisorIsHeard) {
  Obligations obligations = phrase_notice("recorded", NoticeTo::customer);
  obligations.phrases.push_back({{"zz", NoticeTo::agent}, "notice"});
  for (const Mode mode : {Mode::whisper, Mode::barge, Mode::takeover}) {
    start(obligations, {mode});
    run(call, 60);
    const auto notices = call.all<NoticePlayed>();
    const std::uint64_t from = notices.back().from.samples(), to = notices.back().to.samples();
    EXPECT_EQ(notices.back().id, "zz");
    EXPECT_EQ(opened() % frame, 0u);
    EXPECT_GE(opened(), to);
    EXPECT_LE(opened(), to + 2 * frame) << "one tick for control to learn of it, one to follow";
    EXPECT_TRUE(heard_only(agent, 1, begun, from));
    EXPECT_TRUE(heard_sound(agent, 1, from, *make_clip(480, 30).samples));
    EXPECT_TRUE(heard_only(agent, 1, to, opened()));
    EXPECT_TRUE(heard_only(customer, 2, from, opened()));
    EXPECT_TRUE(heard_only(supervisor, 0, begun, opened()));
    const Party& listener = mode == Mode::whisper ? agent : customer;
    EXPECT_TRUE(always_heard(listener, supervisor, opened() + frame / 2, opened() + frame));
    call.enter(supervisor, {Mode::off});
  }
}

TEST_F(Notice, EndsBeforeTheSupervisorIsHeardWhenControlIsLate) {
  permit_with(call, tone_notice("join"));
  start(phrase_notice("recorded"));
  for (int i = 0; i < 5; ++i) {
    for (int tick = 0; tick < 30; ++tick)
      call.tick();
    call.poll();
  }
  EXPECT_EQ(call.last<NoticePlayed>().to.samples() - call.last<NoticePlayed>().from.samples(),
            phrase_time);
  EXPECT_EQ(opened(), begun + 30 * frame) << "with the plan of the first poll after it";
  EXPECT_TRUE(heard_only(agent, 1, call.last<NoticePlayed>().to.samples(), opened()));
}

TEST_F(Notice, IsGivenToAThirdPartyBeforeABargeReachesIt) {
  for (const Mode mode : {Mode::barge, Mode::takeover}) {
    start(phrase_notice("recorded"), {mode});
    run(call, 80);
    ASSERT_EQ(call.last<ModeApplied>().to, mode);
    Party& third = call.customer(std::string("third in ") + std::string(name(mode)));
    const std::uint64_t joined = now();
    call.events.clear();
    run(call, 80);
    const NoticePlayed notice = call.last<NoticePlayed>();
    EXPECT_TRUE(notice.delivered);
    EXPECT_EQ(call.all<NoticePlayed>().size(), 1u);
    EXPECT_GE(opened(), notice.to.samples());
    const Sample others = mode == Mode::barge ? 3 : 1;  // customer, and the agent if it may speak
    EXPECT_TRUE(heard_only(third, others, joined + frame, notice.from.samples()));
    EXPECT_TRUE(heard_sound(third, others, notice.from.samples(), phrase()));
    EXPECT_TRUE(heard_only(third, others, notice.to.samples(), opened()));
    EXPECT_TRUE(call.hears(third, supervisor));
    EXPECT_TRUE(call.hears(supervisor, third));
    EXPECT_TRUE(never_heard(supervisor, third, joined, opened()));
    EXPECT_TRUE(always_heard(customer, supervisor, joined + frame, opened()));
    const bool listens = mode == Mode::barge;  // the takeover has put the agent on hold
    EXPECT_EQ(always_heard(agent, supervisor, joined + frame, opened()), listens);
    call.leave(third);
    call.enter(supervisor, {Mode::off});
  }
}

TEST_F(Notice, IsPlayedAgainForNobodyWhoHasHeardIt) {
  start(phrase_notice("recorded"));
  run(call, 80);
  call.events.clear();
  Party& third = call.customer("third");
  const std::uint64_t joined = now();
  run(call, 80);
  ASSERT_EQ(call.all<NoticePlayed>().size(), 1u);
  const auto voices = [&](const Party& self) {
    return static_cast<Sample>(1 + 2 + supervisor.voice + third.voice - self.voice);
  };
  EXPECT_TRUE(heard_only(customer, voices(customer), joined + frame, now()));
  EXPECT_TRUE(heard_only(agent, voices(agent), joined + frame, now()));
  call.events.clear();
  ScriptedAuthorizer again;
  again.answer = call.authorizer.answer;
  ASSERT_TRUE(call.bridge->set_policy(again));
  CallAttributes attributes;
  attributes.personal = true;
  ASSERT_TRUE(call.bridge->set_attributes(attributes));
  run(call, 80);
  EXPECT_EQ(again.asked.size(), 2u);
  EXPECT_TRUE(call.all<NoticePlayed>().empty());
  EXPECT_TRUE(heard_only(third, voices(third), now() - 80 * frame, now()));
}

}  // namespace
}  // namespace barge::test
