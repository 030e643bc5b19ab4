// SPDX-License-Identifier: Apache-2.0
// A party on hold, and the sessions of those who go on without it.
#include <gtest/gtest.h>

#include <barge/tone.hpp>
#include <barge/tone_generator.hpp>

#include "support/moves.hpp"

namespace barge::test {
namespace {

constexpr auto local = barge::Hold::local, far_end = barge::Hold::far_end;

class Hold : public testing::Test {
 protected:
  void hold(const Party& party, barge::Hold kind = local) {
    ASSERT_TRUE(call.bridge->hold(party.ids.participant, kind));
  }
  void resume(const Party& party) { ASSERT_TRUE(call.bridge->resume(party.ids.participant)); }

  Call call{with_music()};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

TEST_F(Hold, OfAPartyGivesItTheHoldSourceAlone) {
  call.settle();
  hold(customer);
  std::vector<Sample> heard = listen(call, customer, 3);
  ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, true));  // another plan
  const std::vector<Sample> more = listen(call, customer, 20);
  heard.insert(heard.end(), more.begin(), more.end());
  EXPECT_TRUE(is_music(heard)) << "repeated without a gap";
  ASSERT_TRUE(call.bridge->set_muted(agent.ids.participant, false));
  EXPECT_TRUE(is_steady(listen(call, agent, 3), 0)) << "nobody hears the customer";
  resume(customer);
  EXPECT_TRUE(is_steady(listen(call, customer, 3), agent.voice));
}

TEST_F(Hold, WithoutAHoldSourceIsSilence) {
  Call plain;
  Party& waiting = plain.customer();
  plain.agent();
  plain.settle();
  ASSERT_TRUE(plain.bridge->hold(waiting.ids.participant));
  EXPECT_TRUE(is_steady(listen(plain, waiting, 3), 0));
}

TEST_F(Hold, ByTheFarEndGivesItNothing) {
  call.settle();
  hold(customer, far_end);
  EXPECT_TRUE(is_steady(listen(call, customer, 3), 0));
  EXPECT_TRUE(is_steady(listen(call, agent, 3), 0));
  hold(customer, local);
  EXPECT_TRUE(is_music(listen(call, customer, 3)));
  hold(customer, far_end);
  EXPECT_TRUE(is_steady(listen(call, customer, 3), 0));
  EXPECT_EQ(info_of(call, customer).hold, far_end);
}

TEST_F(Hold, OfTheAgentLeavesTheCustomerUnattendedUntilItIsBack) {
  call.settle();
  hold(agent);
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 0u) << "not polled yet";
  EXPECT_TRUE(is_music(listen(call, agent, 3)));
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.last<CustomerUnattended>().customer, customer.ids.participant);
  resume(agent);
  EXPECT_TRUE(is_steady(listen(call, customer, 3), agent.voice));
  EXPECT_EQ(call.all<CustomerUnattended>().size(), 1u);
}

TEST_F(Hold, LetsAMonitorHearTheAgentAndNeverTheHoldSource) {
  call.enter(supervisor, {Mode::monitor});
  for (const barge::Hold kind : {local, far_end}) {
    hold(customer, kind);
    EXPECT_TRUE(is_steady(listen(call, supervisor, 5), agent.voice)) << name(kind);
    resume(customer);
    EXPECT_TRUE(is_steady(listen(call, supervisor, 5), customer.voice + agent.voice));
  }
}

TEST_F(Hold, LetsAWhisperGoOn) {
  call.enter(supervisor, {Mode::whisper});
  for (const barge::Hold kind : {local, far_end}) {
    hold(customer, kind);
    EXPECT_TRUE(has_throughout(listen(call, agent, 5), supervisor)) << name(kind);
    EXPECT_EQ(call.heard_by(agent), "supervisor");
    EXPECT_EQ(call.heard_by(customer), "");
    resume(customer);
    EXPECT_TRUE(has_throughout(listen(call, agent, 5), supervisor)) << name(kind);
    EXPECT_EQ(call.heard_by(customer), "agent");
  }
  EXPECT_TRUE(call.all<EdgeReopened>().empty()) << "there was none to the customer";
}

TEST_F(Hold, LetsABargingSupervisorAndTheAgentHearEachOther) {
  call.enter(supervisor, {Mode::barge});
  for (const barge::Hold kind : {local, far_end}) {
    hold(customer, kind);
    EXPECT_TRUE(has_throughout(listen(call, agent, 5), supervisor)) << name(kind);
    EXPECT_EQ(call.heard_by(agent), "supervisor");
    EXPECT_EQ(call.heard_by(supervisor), "agent");
    EXPECT_EQ(call.heard_by(customer), "");
    resume(customer);
    listen(call, customer, 40);
  }
}

TEST_F(Hold, ByTheSupervisorWhoTookOverIsNoStranding) {
  call.enter(supervisor, {Mode::takeover});
  hold(customer);
  EXPECT_TRUE(is_music(listen(call, customer, 200)));
  EXPECT_EQ(call.heard_by(supervisor), "");
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::takeover);
  hold(customer, far_end);
  EXPECT_TRUE(is_steady(listen(call, customer, 200), 0));
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::takeover);
  resume(customer);
  listen(call, customer, 40);
  EXPECT_EQ(call.heard_by(customer), "supervisor");
  EXPECT_TRUE(call.all<CustomerUnattended>().empty());
}

TEST_F(Hold, OfTheSupervisorWhoTookOverLeavesTheCustomerUnattended) {
  call.enter(supervisor, {Mode::takeover});
  hold(supervisor);
  listen(call, customer, 3);
  ASSERT_EQ(call.all<CustomerUnattended>().size(), 1u);
  EXPECT_EQ(call.heard_by(customer), "");
  EXPECT_GE(customer.out.back(), 64) << "it hears the hold source";
  resume(supervisor);
  EXPECT_TRUE(is_steady(listen(call, customer, 3), supervisor.voice)) << "at once: nobody waited";
}

/// In barge and in takeover: the tick by which the supervisor's voice is back is exact.
TEST_F(Hold, ReopensABargeWithACueAfterTheDelay) {
  std::vector<Sample> cue(16000);
  ToneGenerator::create(*find_tone("cue"), SampleRate::hz_16000).value().fill(cue);
  const auto cue_ticks = static_cast<int>(length(*find_tone("cue")).count() / 10) + 1;
  for (const Mode mode : {Mode::barge, Mode::takeover}) {
    call.enter(supervisor, {mode});
    hold(customer);
    listen(call, customer, 5);
    call.events.clear();
    resume(customer);
    const SampleIndex resumed = call.position;
    const Sample voices = static_cast<Sample>(mode == Mode::barge ? 3 : 1);
    const std::string others = mode == Mode::barge ? "agent" : "";
    for (int tick = 0; tick < 30; ++tick) {
      const std::vector<Sample> ear = listen(call, supervisor, 1);
      for (std::size_t i = tick == 0 ? 80 : 0; i < Call::frame && tick < cue_ticks; ++i) {
        ASSERT_EQ(ear[i], cue[static_cast<std::size_t>(tick) * Call::frame + i] + voices) << tick;
      }
      EXPECT_EQ(call.heard_by(customer), others) << tick;
      EXPECT_EQ(customer.out.back(), mode == Mode::barge ? agent.voice : 0) << "no cue here";
      EXPECT_EQ(agent.out.back(), customer.voice + supervisor.voice) << "nor here";
    }
    EXPECT_TRUE(call.all<EdgeReopened>().empty());
    listen(call, customer, 1);
    EXPECT_TRUE(call.hears(customer, supervisor));
    call.poll();
    ASSERT_EQ(call.all<EdgeReopened>().size(), 1u);
    EXPECT_EQ(call.last<EdgeReopened>().participant, customer.ids.participant);
    EXPECT_EQ(call.last<EdgeReopened>().session, info_of(call, supervisor).session);
    EXPECT_EQ(call.last<EdgeReopened>().at, resumed + 30 * Call::frame);
  }
}

TEST_F(Hold, DuringTheDelayStartsItAnew) {
  call.enter(supervisor, {Mode::barge});
  hold(customer);
  listen(call, customer, 2);
  resume(customer);
  listen(call, customer, 15);
  hold(customer);
  listen(call, customer, 5);
  resume(customer);
  const SampleIndex resumed = call.position;
  for (int tick = 0; tick < 30; ++tick) {
    listen(call, customer, 1);
    EXPECT_EQ(call.heard_by(customer), "agent") << tick;
  }
  listen(call, customer, 40);
  ASSERT_EQ(call.all<EdgeReopened>().size(), 1u);
  EXPECT_EQ(call.last<EdgeReopened>().at, resumed + 30 * Call::frame);
  EXPECT_EQ(call.heard_by(customer), "agent supervisor");
}

TEST_F(Hold, ThatIsThereWhenTheDelayIsOverKeepsTheEdgeClosed) {
  call.enter(supervisor, {Mode::barge});
  hold(customer);
  listen(call, customer, 2);
  resume(customer);
  listen(call, customer, 10);
  hold(customer);
  listen(call, customer, 60);
  EXPECT_TRUE(call.all<EdgeReopened>().empty());
  resume(customer);
  listen(call, customer, 30);
  EXPECT_EQ(call.heard_by(customer), "agent");
  listen(call, customer, 2);
  EXPECT_EQ(call.all<EdgeReopened>().size(), 1u);
}

TEST_F(Hold, EndsTheDelayOfASessionThatIsLowered) {
  call.enter(supervisor, {Mode::barge});
  hold(customer);
  listen(call, customer, 2);
  resume(customer);
  listen(call, customer, 2);
  ASSERT_TRUE(call.bridge->force(supervisor.ids.participant, Mode::monitor, "enough"));
  listen(call, customer, 60);
  EXPECT_EQ(call.heard_by(customer), "agent");
  EXPECT_TRUE(call.all<EdgeReopened>().empty()) << "it did not";
}

TEST_F(Hold, IsAtomicOnOneTick) {
  Party& monitor = call.supervisor("monitor");
  call.enter(supervisor, {Mode::barge});
  call.enter(monitor, {Mode::monitor});
  const std::string before = rows(call);
  // Media goes on while control works: every tick is the one or the other as a whole.
  EXPECT_EQ(steps_of(call, [&] { hold(customer, far_end); }).size(), 2u);
  EXPECT_EQ(rows(call),
            "customer<[] agent<[supervisor] supervisor<[agent] monitor<[agent supervisor] ");
  listen(call, customer, 3);
  hold(agent, far_end);
  const std::vector<Sample> row = listen(call, agent, 1);
  EXPECT_TRUE(std::is_sorted(row.rbegin(), row.rend())) << "the supervisor fades";
  EXPECT_EQ(row.front(), supervisor.voice);
  EXPECT_EQ(row.back(), 0);
}

TEST_F(Hold, OfTheAgentDelaysTheSupervisorToTheAgentAlone) {
  Party& colleague = call.agent("colleague");
  ModeRequest request{Mode::barge};
  request.agent = agent.ids.participant;
  call.enter(supervisor, request);
  hold(agent);
  listen(call, agent, 3);
  resume(agent);
  listen(call, agent, 30);
  EXPECT_EQ(call.heard_by(agent), "customer colleague");
  EXPECT_EQ(call.heard_by(customer), "agent supervisor colleague");
  EXPECT_EQ(call.heard_by(colleague), "customer agent supervisor");
  listen(call, agent, 2);
  EXPECT_EQ(call.heard_by(agent), "customer supervisor colleague");
  EXPECT_EQ(call.last<EdgeReopened>().participant, agent.ids.participant);
}

TEST_F(Hold, OfItsTargetSuspendsAWhisper) {
  call.enter(supervisor, {Mode::whisper});
  hold(agent);
  EXPECT_TRUE(is_music(listen(call, agent, 5)));
  EXPECT_EQ(info_of(call, supervisor).mode, Mode::whisper);
  resume(agent);
  call.tick();
  EXPECT_EQ(call.heard_by(agent), "customer supervisor");
}

TEST_F(Hold, IsOnRecordOnce) {
  hold(customer);
  hold(customer);
  hold(customer, far_end);
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant, barge::Hold::none));
  resume(customer);
  EXPECT_EQ(moves(call),
            (std::vector<std::string>{"hold customer", "hold customer", "resume customer"}));
  EXPECT_EQ(field(call.sink.records()[0], "hold"), "local");
  EXPECT_EQ(field(call.sink.records()[1], "hold"), "far_end");
}

TEST_F(Hold, AsksNobodyAboutASessionInForce) {
  call.enter(supervisor, {Mode::barge});
  const std::size_t asked = call.authorizer.asked.size();
  hold(customer);
  listen(call, customer, 3);
  resume(customer);
  listen(call, customer, 40);
  EXPECT_EQ(call.authorizer.asked.size(), asked) << "nothing that a policy knows has changed";
}

TEST_F(Hold, OfWhoeverIsNotThereIsRefused) {
  const ParticipantId unknown(7, 1), gone = customer.ids.participant;
  EXPECT_EQ(call.bridge->hold(unknown).error().code, Errc::unknown_id);
  EXPECT_EQ(call.bridge->resume(unknown).error().code, Errc::unknown_id);
  call.leave(customer);
  Party& next = call.customer("next");  // in the same slot
  EXPECT_EQ(call.bridge->hold(gone).error().code, Errc::stale_id);
  EXPECT_EQ(call.bridge->resume(gone).error().code, Errc::stale_id);
  EXPECT_EQ(info_of(call, next).hold, barge::Hold::none);
}

}  // namespace
}  // namespace barge::test
