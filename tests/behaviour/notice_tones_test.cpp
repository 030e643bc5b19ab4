// SPDX-License-Identifier: Apache-2.0
// Tones that sound more than once: again and again, and at the end.
#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

constexpr std::uint64_t frame = Call::frame;

const Samples& tone() {
  static const Samples samples = tone_samples("join");
  return samples;
}

/// Enters the mode with these notices, and waits until it is in force.
void enter(NoticeCall& on, const Obligations& obligations, Mode mode) {
  on.start(obligations, {mode});
  run(on.call, 110);
  ASSERT_EQ(on.call.last<ModeApplied>().to, mode);
}

TEST_F(Notice, AToneAtLeaveIsPlayedWhenTheSessionEnds) {
  const std::vector<std::function<void()>> ends{
      [&] { static_cast<void>(call.ask(supervisor, {Mode::off})); },
      [&] { ASSERT_TRUE(call.bridge->force(supervisor.ids.participant, Mode::off, "why")); },
      [&] {  // its limit
        for (int i = 0; i < 200; ++i)
          call.tick();
        call.poll();
      },
      [&] {
        ASSERT_TRUE(call.port->leg_lost(supervisor.ids.leg));
        call.tick();
        call.poll();
        supervisor.ids = call.bridge->replace_leg(supervisor.ids.participant).value();
      },
      [&] { call.leave(supervisor); }};
  for (const auto& end : ends) {
    Obligations obligations = tone_notice("join", NoticeTo::customer, 0ms, true);
    obligations.max_session = Obliged<std::chrono::seconds>{2s, "limit"};
    enter(*this, obligations, Mode::monitor);
    call.events.clear();
    end();
    const std::uint64_t ended = now();
    run(call, 80);
    EXPECT_EQ(call.all<SessionEnded>().size(), 1u);
    EXPECT_TRUE(heard_sound(customer, 2, ended, tone()));
    EXPECT_TRUE(heard_only(customer, 2, ended + tone().size(), now())) << "once";
    EXPECT_TRUE(heard_only(agent, 1, ended - frame, now()));
  }
}

TEST_F(Notice, AToneThatIsNotForTheEndIsSilentThere) {
  enter(*this, tone_notice("join"), Mode::monitor);
  static_cast<void>(call.ask(supervisor, {Mode::off}));
  const std::uint64_t ended = now();
  run(call, 80);
  EXPECT_TRUE(heard_only(customer, 2, ended, now()));
}

TEST_F(Notice, AToneAtLeaveIsNotPlayedWhereNothingBegan) {
  permit_with(call, tone_notice("join", NoticeTo::both, 0ms, true));
  static_cast<void>(call.ask(supervisor, {Mode::barge}));
  run(call, 10);
  static_cast<void>(call.ask(supervisor, {Mode::off}));
  const std::uint64_t cancelled = now() + frame;
  run(call, 80);
  EXPECT_TRUE(heard_only(customer, 2, cancelled, now()));
}

TEST_F(Notice, APeriodicToneRepeatsUntilTheSessionEnds) {
  enter(*this, tone_notice("join", NoticeTo::both, 1000ms), Mode::monitor);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  run(call, 500);
  for (std::uint64_t k = 0; k < 5; ++k) {
    EXPECT_TRUE(heard_sound(customer, 2, first + k * 16000, tone())) << k;
    EXPECT_TRUE(heard_sound(agent, 1, first + k * 16000, tone())) << k;
    EXPECT_TRUE(heard_only(agent, 1, first + k * 16000 + tone().size(), first + (k + 1) * 16000));
  }
  EXPECT_EQ(call.all<NoticePlayed>().size(), 1u);
  EXPECT_TRUE(heard_only(supervisor, 3, call.last<ModeApplied>().at.samples() + frame, now()));
  run(call, 20);
  static_cast<void>(call.ask(supervisor, {Mode::off}));
  const std::uint64_t ended = now() + ramp_samples(SampleRate::hz_16000);
  run(call, 300);
  EXPECT_TRUE(heard_only(customer, 2, ended, now()));
  EXPECT_TRUE(heard_only(agent, 1, ended, now()));
}

TEST_F(Notice, APeriodicToneRepeatsToTheSampleWhereFramesDoNotDivideItsInterval) {
  enter(*this, tone_notice("join", NoticeTo::both, 777ms), Mode::barge);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  run(call, 500);
  for (std::uint64_t k = 2; k < 6; ++k) {
    const std::uint64_t from = first + k * 12432;
    EXPECT_TRUE(std::equal(tone().begin(), tone().end(),
                           customer.heard.begin() + static_cast<std::ptrdiff_t>(from),
                           [](Sample sound, Sample heard) { return heard == sound + 2 + 4; }))
        << k;
    EXPECT_TRUE(heard_only(customer, 6, from + tone().size(), first + (k + 1) * 12432));
  }
}

TEST_F(Notice, APeriodicToneGoesOnForTheOthersWhileOneIsOnHold) {
  enter(*this, tone_notice("join", NoticeTo::both, 1000ms), Mode::monitor);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  run(call, 30);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  const std::uint64_t held = now() + ramp_samples(SampleRate::hz_16000);
  run(call, 300);
  EXPECT_TRUE(heard_only(customer, 0, held, now()));
  EXPECT_TRUE(heard_sound(agent, 0, first + 2 * 16000, tone()));
  EXPECT_TRUE(heard_sound(agent, 0, first + 3 * 16000, tone()));
}

TEST_F(Notice, APeriodicToneBeginsAnewAfterAHold) {
  enter(*this, tone_notice("join", NoticeTo::customer, 1000ms), Mode::monitor);
  run(call, 30);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  const std::uint64_t held = now() + ramp_samples(SampleRate::hz_16000);
  run(call, 300);
  EXPECT_TRUE(heard_only(customer, 0, held, now()));
  ASSERT_TRUE(call.bridge->resume(customer.ids.participant));
  const std::uint64_t resumed = now();
  run(call, 300);
  for (std::uint64_t k = 0; k < 2; ++k) {
    EXPECT_TRUE(heard_sound(customer, 2, resumed + k * 16000, tone())) << k;
    EXPECT_TRUE(
        heard_only(customer, 2, resumed + k * 16000 + tone().size(), resumed + (k + 1) * 16000));
  }
}

TEST_F(Notice, APeriodicToneKeepsItsTimeWhateverElseChanges) {
  enter(*this, tone_notice("join", NoticeTo::customer, 1000ms), Mode::monitor);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(call.bridge->set_muted(supervisor.ids.participant, i % 2 == 0));
    run(call, 7);
  }
  for (std::uint64_t k = 1; k < 3; ++k)
    EXPECT_TRUE(heard_sound(customer, 2, first + k * 16000, tone())) << k;
}

TEST_F(Notice, APeriodicToneEndsWithTheModeThatItWasFor) {
  enter(*this, {}, Mode::monitor);
  enter(*this, tone_notice("join", NoticeTo::both, 1000ms), Mode::barge);
  run(call, 20);
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  const std::uint64_t lowered = now() + ramp_samples(SampleRate::hz_16000);
  run(call, 300);
  EXPECT_TRUE(heard_only(customer, 2, lowered, now()));
}

TEST_F(Notice, APeriodicToneOfTheLowerModeIsBackAfterTheHigherOne) {
  enter(*this, tone_notice("join", NoticeTo::customer, 1000ms), Mode::monitor);
  enter(*this, tone_notice("cue", NoticeTo::agent, 700ms), Mode::barge);
  const std::uint64_t barged = call.last<ModeApplied>().at.samples() + frame;
  run(call, 200);
  EXPECT_TRUE(heard_only(customer, 2 + 4, barged, now())) << "the barge's notices are its own";
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  const std::uint64_t lowered = now();
  run(call, 250);
  for (std::uint64_t k = 0; k < 2; ++k)
    EXPECT_TRUE(heard_sound(customer, 2, lowered + k * 16000, tone()) || k == 0) << k;
  EXPECT_TRUE(heard_only(agent, 1, lowered + frame, now()));
}

TEST_F(Notice, APeriodicToneReachesANewcomerAsWell) {
  enter(*this, tone_notice("join", NoticeTo::both, 1000ms), Mode::barge);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  Party& third = call.customer("third");
  call.events.clear();
  run(call, 300);
  ASSERT_EQ(call.all<NoticePlayed>().size(), 1u);
  const std::uint64_t second = call.last<NoticePlayed>().from.samples();
  EXPECT_TRUE(heard_sound(third, 1 + 2 + 4, second + 16000, tone()));
  EXPECT_TRUE(heard_sound(agent, 1 + 4 + third.voice, first + 32000, tone()));
}

TEST_F(Notice, ATonesOwnIntervalHoldsWhereTheObligationNamesNone) {
  const Samples warning = tone_samples("recorder.de");
  enter(*this, tone_notice("recorder.de", NoticeTo::customer), Mode::monitor);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  run(call, 3100);
  for (std::uint64_t k = 0; k < 3; ++k) {
    const std::uint64_t from = first + k * 15 * 16000;
    EXPECT_TRUE(heard_sound(customer, 2, from, warning)) << k;
    if (k == 2) break;
    EXPECT_TRUE(heard_only(customer, 2, from + warning.size(), first + (k + 1) * 15 * 16000));
  }
}

TEST_F(Notice, ATonesLeadIsHeardFirstAndNeverAgain) {
  const auto tones = known_tones();
  const auto leads = std::find_if(tones.begin(), tones.end(),
                                  [](const Tone& known) { return !known.lead.empty(); });
  ASSERT_NE(leads, tones.end());
  const std::string id(leads->id);
  const Samples lead = tone_samples(id), rest = tone_samples(id, false);
  ASSERT_NE(lead, rest);
  permit_with(call, tone_notice(id, NoticeTo::agent, 5000ms));
  static_cast<void>(call.ask(supervisor, {Mode::monitor}));
  run(call, 1200);
  ASSERT_EQ(call.all<NoticePlayed>().size(), 1u);
  const std::uint64_t first = call.last<NoticePlayed>().from.samples();
  EXPECT_EQ(call.last<NoticePlayed>().to.samples() - first, lead.size());
  EXPECT_TRUE(heard_sound(agent, 1, first, lead));
  for (std::uint64_t k = 1; k < 3; ++k) {
    EXPECT_TRUE(heard_sound(agent, 1, first + k * 80000, rest)) << k;
    EXPECT_TRUE(heard_only(agent, 1, first + k * 80000 + rest.size(), first + k * 80000 + 20000));
  }
}

}  // namespace
}  // namespace barge::test
