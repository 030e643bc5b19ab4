// SPDX-License-Identifier: Apache-2.0
// The media thread's side: what every call returns, what a row is, and when.
#include <type_traits>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

using Samples = std::vector<Sample>;
constexpr std::size_t frame = Call::frame;

Samples voice(Sample value) {
  return Samples(frame, value);
}
bool silent(const Samples& samples) {
  return std::all_of(samples.begin(), samples.end(), [](Sample s) { return s == 0; });
}

/// A settled call of a customer and an agent, ticked by hand.
struct Media : ::testing::Test {
  Media() { call.settle(); }

  MixedTick mix(bool push_customer = true, bool push_agent = true) {
    Tick tick = call.port->begin_tick();
    if (push_customer) tick.push(customer.ids.leg, customer.in);
    if (push_agent) tick.push(agent.ids.leg, agent.in);
    return std::move(tick).mix();
  }
  std::uint64_t refused() const { return call.bridge->media_counters().refused; }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Samples out = Samples(frame, -1);
};

// ── Types ───────────────────────────────────────────────────────────────────────────────────────

TEST(MediaTypes, AreHandlesThatMoveAndAreNotCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<MediaPort>);
  EXPECT_FALSE(std::is_copy_constructible_v<Tick>);
  EXPECT_FALSE(std::is_copy_constructible_v<MixedTick>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<MediaPort>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Tick>);
}

// ── Push ────────────────────────────────────────────────────────────────────────────────────────

TEST_F(Media, PushRefusesALegThatNeverWas) {
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(LegId(), voice(1)), PushStatus::unknown_leg);
  EXPECT_EQ(tick.push(LegId(1000, 1), voice(1)), PushStatus::unknown_leg);
  EXPECT_EQ(refused(), 2U);
}

TEST_F(Media, PushRefusesALegThatLeftEvenWhenItsSlotIsTakenAgain) {
  const LegId gone = agent.ids.leg;
  call.leave(agent);
  call.tick();
  EXPECT_EQ(call.port->begin_tick().push(gone, agent.in), PushStatus::unknown_leg);
  Party& next = call.agent("next");
  call.tick();
  ASSERT_EQ(next.ids.leg.slot(), gone.slot());
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(gone, agent.in), PushStatus::unknown_leg);
  EXPECT_EQ(tick.push(next.ids.leg, next.in), PushStatus::ok);
}

TEST_F(Media, PushRefusesAFrameOfAnyOtherLength) {
  Tick tick = call.port->begin_tick();
  for (const std::size_t length : {std::size_t{0}, frame - 1, frame + 1, 2 * frame}) {
    EXPECT_EQ(tick.push(agent.ids.leg, Samples(length)), PushStatus::bad_frame) << length;
  }
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::ok);
}

TEST_F(Media, TheFirstFrameOfATickCounts) {
  const Samples second = voice(99);
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::ok);
  EXPECT_EQ(tick.push(agent.ids.leg, second), PushStatus::repeated);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_EQ(out, agent.in);
}

TEST_F(Media, MisuseIsCountedAndRightUseIsNot) {
  call.tick();
  EXPECT_EQ(refused(), 0U);
  Tick tick = call.port->begin_tick();
  tick.push(LegId(), voice(1));
  tick.push(agent.ids.leg, Samples(1));
  const MixedTick mixed = std::move(tick).mix();
  mixed.pull(LegId(), out);
  EXPECT_EQ(refused(), 3U);
}

// ── Pull ────────────────────────────────────────────────────────────────────────────────────────

TEST_F(Media, PullWritesSilenceForALegThatIsNone) {
  EXPECT_EQ(mix().pull(LegId(1000, 1), out), PullStatus::unknown_leg);
  EXPECT_TRUE(silent(out));
}

TEST_F(Media, PullWritesSilenceIntoAFrameOfAnyOtherLength) {
  const MixedTick mixed = mix();
  for (const std::size_t length : {std::size_t{0}, frame - 1, frame + 1, 2 * frame}) {
    Samples wrong(length, -1);
    EXPECT_EQ(mixed.pull(customer.ids.leg, wrong), PullStatus::bad_frame) << length;
    EXPECT_TRUE(silent(wrong)) << length;
  }
}

TEST_F(Media, PullRefusesAnOutputThatOverlapsAnInputByAsLittleAsOneSample) {
  Samples shared(3 * frame, 0);
  const auto at = [&](std::size_t offset) { return shared.data() + offset; };
  const auto pull_at = [&](std::size_t offset) {
    std::fill(shared.begin(), shared.end(), Sample{5});
    Tick tick = call.port->begin_tick();
    EXPECT_EQ(tick.push(agent.ids.leg, {at(frame), frame}), PushStatus::ok);
    const MixedTick mixed = std::move(tick).mix();
    return mixed.pull(customer.ids.leg, {at(offset), frame});
  };
  for (const std::size_t overlapping : {std::size_t{1}, frame / 2, frame, 2 * frame - 1}) {
    EXPECT_EQ(pull_at(overlapping), PullStatus::aliases_input) << overlapping;
    EXPECT_TRUE(std::all_of(at(overlapping), at(overlapping + frame), [](Sample s) { return !s; }));
  }
  for (const std::size_t beside : {std::size_t{0}, 2 * frame}) {
    EXPECT_EQ(pull_at(beside), PullStatus::ok) << beside;
    EXPECT_EQ(shared[beside], 5);
  }
}

TEST_F(Media, PullRefusesAnOutputBetweenTwoInputsOnlyWhereItTouchesOne) {
  Samples shared(5 * frame, 5);
  Tick tick = call.port->begin_tick();
  tick.push(agent.ids.leg, {shared.data(), frame});
  tick.push(customer.ids.leg, {shared.data() + 4 * frame, frame});
  const MixedTick mixed = std::move(tick).mix();
  const auto pull_at = [&](std::size_t offset) {
    return mixed.pull(customer.ids.leg, {shared.data() + offset, frame});
  };
  EXPECT_EQ(pull_at(frame), PullStatus::ok);
  EXPECT_EQ(pull_at(3 * frame), PullStatus::ok);
  EXPECT_EQ(pull_at(3 * frame + 1), PullStatus::aliases_input);
}

TEST_F(Media, ALegMayBePulledAgainAndHearsTheSame) {
  const MixedTick mixed = mix();
  Samples again(frame, -1);
  EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_EQ(mixed.pull(customer.ids.leg, again), PullStatus::ok);
  EXPECT_EQ(out, again);
  EXPECT_EQ(out, agent.in);
}

// ── Missing frames ──────────────────────────────────────────────────────────────────────────────

TEST_F(Media, ALegThatIsNotPushedIsSilentAndStallsNobody) {
  for (int i = 0; i < 3; ++i) {
    const MixedTick mixed = mix(true, false);
    EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
    EXPECT_TRUE(silent(out));
    EXPECT_EQ(mixed.pull(agent.ids.leg, out), PullStatus::ok);
    EXPECT_EQ(out, customer.in);
  }
  EXPECT_EQ(mix().pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_EQ(out, agent.in);
}

TEST_F(Media, AMissingFrameOfAMixLeavesTheOthersInIt) {
  Party& third = call.customer("third");
  call.settle();
  Tick tick = call.port->begin_tick();
  tick.push(third.ids.leg, third.in);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(agent.ids.leg, out), PullStatus::ok);
  EXPECT_EQ(out, third.in);
}

// ── Sample indexes and abandoned ticks ──────────────────────────────────────────────────────────

TEST_F(Media, EveryMixedTickStartsOneFrameLater) {
  const std::uint64_t first = mix().start().samples();
  EXPECT_EQ(first % frame, 0U);
  EXPECT_EQ(mix().start().samples(), first + frame);
  EXPECT_EQ(mix(false, false).start().samples(), first + 2 * frame);
}

TEST_F(Media, AnAbandonedTickTakesNoTimeAndLeavesNoFrameBehind) {
  const SampleIndex before = mix().start();
  const std::uint64_t ticks = call.bridge->media_counters().ticks;
  const Samples lost = voice(77);
  call.port->begin_tick().push(agent.ids.leg, lost);
  EXPECT_EQ(call.bridge->media_counters().ticks, ticks);
  const MixedTick mixed = mix(true, false);
  EXPECT_EQ(mixed.start(), before + frame);
  EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_TRUE(silent(out));
}

TEST_F(Media, AbandonedTicksAcrossAChangeStillRampItOnce) {
  static_cast<void>(call.bridge->set_muted(agent.ids.participant, true).value());
  for (int i = 0; i < 5; ++i)
    static_cast<void>(call.port->begin_tick());
  EXPECT_EQ(mix().pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_FALSE(silent(out));
  EXPECT_TRUE(std::all_of(out.begin() + 80, out.end(), [](Sample s) { return s == 0; }));
  EXPECT_EQ(mix().pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_TRUE(silent(out));
}

// ── The bridge's end ────────────────────────────────────────────────────────────────────────────

TEST_F(Media, AfterCloseEverythingIsClosedAndSilent) {
  static_cast<void>(call.bridge->close().value());
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::closed);
  EXPECT_EQ(tick.push(LegId(), {}), PushStatus::closed);
  const MixedTick mixed = std::move(tick).mix();
  for (const LegId leg : {customer.ids.leg, LegId()}) {
    std::fill(out.begin(), out.end(), Sample{-1});
    EXPECT_EQ(mixed.pull(leg, out), PullStatus::closed);
    EXPECT_TRUE(silent(out));
  }
  EXPECT_EQ(mixed.row(customer.ids.leg).kind, RowKind::silence);
}

TEST_F(Media, APortMayOutliveItsBridge) {
  call.bridge.reset();
  for (int i = 0; i < 3; ++i) {
    Tick tick = call.port->begin_tick();
    EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::closed);
    const MixedTick mixed = std::move(tick).mix();
    EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::closed);
    EXPECT_TRUE(silent(out));
    EXPECT_FALSE(call.port->leg_lost(agent.ids.leg));
  }
}

TEST_F(Media, ATickThatWasBegunBeforeCloseIsFinishedAsItWasBegun) {
  Tick tick = call.port->begin_tick();
  static_cast<void>(call.bridge->close().value());
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::ok);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_EQ(out, agent.in);
}

TEST(MediaOfANewBridge, KnowsNobodyAndIsSilent) {
  Call call;
  Samples out(frame, -1);
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(LegId(0, 1), voice(1)), PushStatus::unknown_leg);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.start(), SampleIndex(0));
  EXPECT_EQ(mixed.row(LegId(0, 1)).kind, RowKind::silence);
  EXPECT_EQ(mixed.pull(LegId(0, 1), out), PullStatus::unknown_leg);
  EXPECT_TRUE(silent(out));
}

// ── Lost legs ───────────────────────────────────────────────────────────────────────────────────

TEST_F(Media, ALostLegIsIgnoredFromThenOn) {
  EXPECT_TRUE(call.port->leg_lost(agent.ids.leg));
  Tick tick = call.port->begin_tick();
  EXPECT_EQ(tick.push(agent.ids.leg, agent.in), PushStatus::lost);
  EXPECT_EQ(tick.push(customer.ids.leg, customer.in), PushStatus::ok);
  const MixedTick mixed = std::move(tick).mix();
  EXPECT_EQ(mixed.pull(customer.ids.leg, out), PullStatus::ok);
  EXPECT_TRUE(silent(out));
}

TEST_F(Media, ALegStaysLostUnderTheNextPlan) {
  EXPECT_TRUE(call.port->leg_lost(agent.ids.leg));
  call.customer("third");
  call.tick();
  EXPECT_EQ(call.port->begin_tick().push(agent.ids.leg, agent.in), PushStatus::lost);
}

TEST_F(Media, OnlyALegOfTheBridgeCanBeLost) {
  EXPECT_FALSE(call.port->leg_lost(LegId()));
  EXPECT_FALSE(call.port->leg_lost(LegId(agent.ids.leg.slot(), 99)));
  EXPECT_FALSE(call.port->leg_lost(LegId(1000, 1)));
}

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────

TEST_F(Media, ARowOfOneSpeakerIsACopyOfThatLeg) {
  const MixedTick mixed = mix();
  const Row row = mixed.row(customer.ids.leg);
  EXPECT_EQ(row.kind, RowKind::copy);
  EXPECT_EQ(row.source, agent.ids.leg);
  EXPECT_NE(row.id, mixed.row(agent.ids.leg).id);
}

TEST_F(Media, NoRowThatSomebodyHearsHasTheIdOfSilence) {
  call.settle();
  const MixedTick mixed = mix();
  for (const auto& party : call.parties)
    EXPECT_NE(mixed.row(party->ids.leg).id, 0u) << party->name;
}

TEST_F(Media, ARowOfNobodyIsSilenceAndAForeignLegHasNoOther) {
  Party& supervisor = call.supervisor();
  call.settle();
  const MixedTick mixed = mix();
  EXPECT_EQ(mixed.row(supervisor.ids.leg).kind, RowKind::silence);
  EXPECT_EQ(mixed.row(LegId()).kind, RowKind::silence);
  EXPECT_EQ(mixed.row(LegId(1000, 1)).kind, RowKind::silence);
  EXPECT_EQ(mixed.row(supervisor.ids.leg).id, 0u);
  EXPECT_EQ(mixed.row(LegId(1000, 1)).id, 0u);
}

TEST_F(Media, TwoMonitorsShareOneRowAndTheirsAloneIsShared) {
  Party& sue = call.supervisor("sue");
  Party& sam = call.supervisor("sam");
  call.enter(sue, {Mode::monitor});
  call.enter(sam, {Mode::monitor});
  Party& third = call.customer("third");
  call.settle();
  call.enter(sue, {Mode::monitor});
  const MixedTick mixed = mix();
  EXPECT_EQ(mixed.row(sue.ids.leg).kind, RowKind::shared);
  EXPECT_EQ(mixed.row(sue.ids.leg).id, mixed.row(sam.ids.leg).id);
  EXPECT_EQ(mixed.row(third.ids.leg).kind, RowKind::own);
}

TEST_F(Media, ARowThatIsChangingIsNobodyElses) {
  Party& third = call.customer("third");
  const MixedTick mixed = mix();
  const Row changing = mixed.row(agent.ids.leg);
  EXPECT_EQ(changing.kind, RowKind::own);
  for (const Party* other : {&customer, &third})
    EXPECT_NE(mixed.row(other->ids.leg).id, changing.id);
}

TEST(Rows, WithEqualIdsHoldEqualSamplesAndKindsSayWhatIsInThem) {
  Call call;
  std::vector<Party*> supervisors;
  call.customer("carol");
  call.customer("cyril");
  call.agent("alex");
  for (const char* name : {"sue", "sam", "sid"})
    supervisors.push_back(&call.supervisor(name));
  const ParticipantId alex = call.parties[2]->ids.participant;
  const Mode modes[] = {Mode::monitor, Mode::off,     Mode::whisper, Mode::takeover,
                        Mode::barge,   Mode::monitor, Mode::off};
  std::size_t equal_rows = 0;
  for (std::size_t step = 0; step < 60; ++step) {
    ModeRequest request{modes[(step * 5 + step / 7) % 7]};
    request.agent = alex;
    static_cast<void>(call.bridge->request(supervisors[step % 3]->ids.participant, request));
    call.poll();
    for (int i = 0; i < 3; ++i) {
      Tick tick = call.port->begin_tick();
      for (std::size_t p = 0; p < call.parties.size(); ++p) {
        for (std::size_t s = 0; s < frame; ++s)
          call.parties[p]->in[s] = static_cast<Sample>((s + step) * 37 % 101 << p);
        if ((step + p) % 5 != 0) tick.push(call.parties[p]->ids.leg, call.parties[p]->in);
      }
      const MixedTick mixed = std::move(tick).mix();
      for (auto& party : call.parties)
        ASSERT_EQ(mixed.pull(party->ids.leg, party->out), PullStatus::ok);
      for (std::size_t a = 0; a < call.parties.size(); ++a) {
        const Party& listener = *call.parties[a];
        const Row row = mixed.row(listener.ids.leg);
        if (row.kind == RowKind::silence) {
          ASSERT_TRUE(silent(listener.out));
        }
        if (row.kind == RowKind::copy) {
          const auto& source = *call.parties[row.source.slot()];
          const bool pushed = (step + row.source.slot()) % 5 != 0;
          ASSERT_EQ(listener.out, pushed ? source.in : voice(0));
        }
        for (std::size_t b = 0; b < a; ++b) {
          const Row other = mixed.row(call.parties[b]->ids.leg);
          if (row.id != other.id) continue;
          ASSERT_EQ(row.kind, other.kind);
          ASSERT_NE(row.kind, RowKind::own);
          ASSERT_EQ(listener.out, call.parties[b]->out);
          ++equal_rows;
        }
      }
    }
    call.poll();
  }
  EXPECT_GT(equal_rows, 100U);
}

}  // namespace
}  // namespace barge::test
