// SPDX-License-Identifier: Apache-2.0
// What recorders get: a track for each voice, and one for what each party hears.
#include <list>
#include <random>

#include <gtest/gtest.h>

#include "support/sounds.hpp"

namespace barge::test {
namespace {

constexpr std::uint64_t frame = Call::frame;
constexpr std::uint64_t ramp = ramp_samples(SampleRate::hz_16000);

/// What a recorder has pulled, by sample index.
struct Tape {
  LegId id;
  Samples samples;
  PullStatus pulled = PullStatus::closed;
};

BridgeConfig with_hold_source() {
  BridgeConfig config = Call::config();
  auto announcements = std::make_shared<Announcements>();
  announcements->hold_source = make_clip(777);
  config.announcements = std::move(announcements);
  return config;
}

/// A call whose parties say noise that is the same in every such call. All that is said, heard and
/// recorded is kept.
struct RecordedCall {
  RecordedCall() : call(with_hold_source()) {
    call.keeps_heard = true;
    call.also_pull = [this](const MixedTick& mixed) {
      for (Tape& tape : tapes) {
        tape.samples.resize(static_cast<std::size_t>(mixed.start().samples()));
        Samples out(frame, -1);
        tape.pulled = mixed.pull(tape.id, out);
        tape.samples.insert(tape.samples.end(), out.begin(), out.end());
      }
    };
    talk(3);
  }

  Tape& tap(const Party& party, Track track) {
    tapes.push_back({call.bridge->tap(party.ids.participant, track).value(), {}});
    return tapes.back();
  }
  /// So many ticks of conversation, with control in between.
  void talk(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      for (auto& party : call.parties) {
        for (Sample& sample : party->in)
          sample = static_cast<Sample>(static_cast<int>(random() % 8000) - 4000);
        said[party.get()].resize(static_cast<std::size_t>(now()));
        said[party.get()].insert(said[party.get()].end(), party->in.begin(), party->in.end());
      }
      call.tick();
      call.poll();
    }
  }
  /// Asks for the mode, and lets it come into force.
  void enter(const Party& party, const ModeRequest& request) {
    static_cast<void>(call.ask(party, request));
    call.poll();
    talk(5);
  }
  std::uint64_t now() const { return call.position.samples(); }

  Call call;
  std::list<Tape> tapes;
  std::map<const Party*, Samples> said;
  std::mt19937 random{7};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

class Recording : public testing::Test, protected RecordedCall {};

/// Whether two rows are the same from the one sample index to the other.
bool same(const Samples& a, const Samples& b, std::uint64_t from, std::uint64_t to) {
  const auto begin = static_cast<std::ptrdiff_t>(from), end = static_cast<std::ptrdiff_t>(to);
  return std::equal(a.begin() + begin, a.begin() + end, b.begin() + begin, b.begin() + end);
}

bool silent(const Samples& samples, std::uint64_t from, std::uint64_t to) {
  return same(samples, Samples(samples.size(), 0), from, to);
}

TEST_F(Recording, AVoiceTrackHoldsThatPartyAlone) {
  const Tape &of_customer = tap(customer, Track::voice), &of_agent = tap(agent, Track::voice),
             &of_supervisor = tap(supervisor, Track::voice);
  enter(supervisor, {Mode::monitor});
  const std::uint64_t begun = now();
  talk(20);
  EXPECT_TRUE(same(of_customer.samples, said[&customer], begun, now()));
  EXPECT_TRUE(same(of_agent.samples, said[&agent], begun, now()));
  EXPECT_TRUE(silent(of_supervisor.samples, 3 * frame, now())) << "nobody may hear it";
  enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->set_muted(customer.ids.participant, true));
  const std::uint64_t muted = now();
  talk(20);
  EXPECT_TRUE(silent(of_customer.samples, muted + ramp, now()));
  EXPECT_TRUE(same(of_agent.samples, said[&agent], muted, now()));
  EXPECT_TRUE(same(of_supervisor.samples, said[&supervisor], muted, now()));
}

TEST_F(Recording, AnAsHeardTrackIsWhatThePartyHears) {
  const Tape &of_customer = tap(customer, Track::as_heard), &of_agent = tap(agent, Track::as_heard);
  talk(5);
  const std::uint64_t begun = now();
  enter(supervisor, {Mode::barge});
  ASSERT_TRUE(call.bridge->hold(customer.ids.participant));
  talk(20);
  EXPECT_NE(customer.out.front(), 0) << "the hold source";
  ASSERT_TRUE(call.bridge->resume(customer.ids.participant));
  talk(60);
  ASSERT_TRUE(call.bridge->play({make_clip(1000), {agent.ids.participant}, {}}));
  ASSERT_TRUE(
      call.bridge->set_gain(customer.ids.participant, agent.ids.participant, Gain::linear(0.5)));
  talk(20);
  EXPECT_TRUE(same(of_customer.samples, customer.heard, begun, now()));
  EXPECT_TRUE(same(of_agent.samples, agent.heard, begun, now()));
}

TEST_F(Recording, AnAsHeardTrackOfAStereoPartyHasBothEars) {
  Party& coach = call.join(Role::supervisor, "coach", Ears::stereo);
  talk(3);
  const Tape& of_coach = tap(coach, Track::as_heard);
  enter(coach, {Mode::monitor});
  talk(20);
  const std::uint64_t begun = now();
  talk(3);
  for (std::uint64_t i = begun; i < now(); ++i)
    ASSERT_EQ(of_coach.samples[i], said[&customer][i] + said[&agent][i]) << i;
}

TEST_F(Recording, AWhisperIsOnTheSupervisorsOwnTrackAlone) {
  RecordedCall without;
  const auto play = [](RecordedCall& on, bool whispers) {
    for (const Track track : {Track::voice, Track::as_heard}) {
      for (Party* const party : {&on.customer, &on.agent, &on.supervisor})
        on.tap(*party, track);
    }
    on.enter(on.supervisor, {whispers ? Mode::whisper : Mode::monitor});
    if (whispers) {
      ASSERT_TRUE(on.call.bridge->play(
          {make_clip(3200), {on.agent.ids.participant}, on.supervisor.ids.participant}));
    }
    on.talk(30);
  };
  play(*this, true);
  play(without, false);
  ASSERT_FALSE(same(agent.heard, without.agent.heard, 10 * frame, now()));
  auto plain = without.tapes.begin();
  int index = 0;
  for (const Tape& tape : tapes) {
    const bool is_own_voice = index++ == 2;
    EXPECT_EQ(same(tape.samples, plain++->samples, 0, now()), !is_own_voice) << index;
  }
  const Samples& voice = std::next(tapes.begin(), 2)->samples;
  EXPECT_TRUE(same(voice, said[&supervisor], now() - 10 * frame, now()));
  EXPECT_FALSE(same(voice, said[&supervisor], 10 * frame, now())) << "and its clip before";
}

TEST_F(Recording, AWhisperToTheCustomerIsNotOnTheCustomersTrack) {
  Decision decision = ScriptedAuthorizer::permit();
  decision.terms.whisper_on_agent_track = true;
  call.authorizer.answer = [decision](const AccessRequest&) { return decision; };
  const Tape &of_customer = tap(customer, Track::as_heard), &of_agent = tap(agent, Track::as_heard);
  ModeRequest request{Mode::whisper};
  request.targets = {customer.ids.participant};
  enter(supervisor, request);
  const std::uint64_t begun = now();
  talk(20);
  EXPECT_FALSE(same(customer.heard, said[&agent], begun, now()));
  EXPECT_TRUE(same(of_customer.samples, said[&agent], begun, now()));
  EXPECT_TRUE(same(of_agent.samples, said[&customer], begun, now()));
}

TEST_F(Recording, HasTheWhisperOnTheAgentsTrackOnlyWhereTheTermsSay) {
  Decision decision = ScriptedAuthorizer::permit();
  decision.terms.whisper_on_agent_track = true;
  const Tape &of_customer = tap(customer, Track::as_heard), &of_agent = tap(agent, Track::as_heard);
  enter(supervisor, {Mode::whisper});
  std::uint64_t begun = now();
  talk(20);
  EXPECT_TRUE(same(of_agent.samples, said[&customer], begun, now()));
  enter(supervisor, {Mode::off});
  call.authorizer.answer = [decision](const AccessRequest&) { return decision; };
  enter(supervisor, {Mode::whisper});
  begun = now();
  talk(20);
  EXPECT_TRUE(same(of_agent.samples, agent.heard, begun, now()));
  EXPECT_FALSE(same(of_agent.samples, said[&customer], begun, now()));
  EXPECT_TRUE(same(of_customer.samples, said[&agent], begun, now()));
}

TEST_F(Recording, IsTheSameInWhateverOrderTapsAreAttached) {
  struct Attached {
    Role of;
    Track track;
  };
  std::vector<Attached> order;
  for (const Track track : {Track::voice, Track::as_heard}) {
    for (const Role role : {Role::customer, Role::agent, Role::supervisor})
      order.push_back({role, track});
  }
  const auto key = [](const Attached& a) {
    return static_cast<int>(a.of) * 2 + static_cast<int>(a.track);
  };
  std::map<int, Samples> expected;
  for (int turn = 0; turn < 6; ++turn) {
    for (const bool session_first : {false, true}) {
      RecordedCall on;
      const auto attach = [&] {
        for (const Attached& a : order) {
          const Party& party = a.of == Role::customer ? on.customer
                               : a.of == Role::agent  ? on.agent
                                                      : on.supervisor;
          on.tap(party, a.track);
        }
        on.talk(5);
      };
      if (!session_first) attach();
      on.enter(on.supervisor, {Mode::whisper});
      if (session_first) attach();
      const std::uint64_t begun = on.now();
      on.talk(10);
      auto tape = on.tapes.begin();
      for (const Attached& a : order) {
        const Samples& samples = (tape++)->samples;
        const Samples part(samples.begin() + static_cast<std::ptrdiff_t>(begun), samples.end());
        const auto [known, is_new] = expected.emplace(key(a), part);
        EXPECT_EQ(known->second, part) << turn << session_first << key(a);
      }
    }
    std::rotate(order.begin(), order.begin() + 1, order.end());
  }
}

TEST_F(Recording, ChangesNoBitOfWhatAnybodyHears) {
  RecordedCall without;
  for (RecordedCall* const on : {static_cast<RecordedCall*>(this), &without}) {
    for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::monitor}) {
      if (on == this) {
        tap(customer, Track::voice), tap(agent, Track::as_heard), tap(customer, Track::as_heard);
      }
      on->enter(on->supervisor, {mode});
      on->talk(5);
    }
    if (on == this) {
      ASSERT_TRUE(call.bridge->untap(tapes.front().id));
    }
    on->talk(5);
  }
  EXPECT_EQ(customer.heard, without.customer.heard);
  EXPECT_EQ(agent.heard, without.agent.heard);
  EXPECT_EQ(supervisor.heard, without.supervisor.heard);
}

TEST_F(Recording, MarksWhenTheCallWasSupervised) {
  Party& second = call.supervisor("second");
  enter(supervisor, {Mode::monitor});
  ASSERT_EQ(call.all<Marker>().size(), 1u);
  EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::supervised);
  EXPECT_EQ(call.last<Marker>().at, call.last<ModeApplied>().at);
  EXPECT_NE(call.last<Marker>().at, SampleIndex());
  enter(second, {Mode::barge});
  enter(supervisor, {Mode::off});
  enter(second, {Mode::whisper});
  EXPECT_EQ(call.all<Marker>().size(), 1u);
  enter(second, {Mode::off});
  ASSERT_EQ(call.all<Marker>().size(), 2u);
  EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::unsupervised);
  EXPECT_EQ(call.last<Marker>().at, call.last<ModeApplied>().at);
}

TEST_F(Recording, IsSilentAndMarkedUnderTheShield) {
  const Tape &voice = tap(customer, Track::voice), &heard = tap(customer, Track::as_heard);
  talk(5);
  CallAttributes card;
  card.card_data = true;
  ASSERT_TRUE(call.bridge->set_attributes(card));
  const std::uint64_t shielded = now();
  talk(20);
  EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::shielded);
  EXPECT_EQ(call.last<Marker>().at.samples(), shielded);
  EXPECT_TRUE(silent(voice.samples, shielded + ramp, now()));
  EXPECT_TRUE(silent(heard.samples, shielded + ramp, now()));
  EXPECT_TRUE(same(customer.heard, said[&agent], shielded, now())) << "the call goes on";
  const Tape& late = tap(agent, Track::voice);
  talk(5);
  EXPECT_TRUE(silent(late.samples, now() - 4 * frame, now()));
  ASSERT_TRUE(call.bridge->set_attributes({}));
  const std::uint64_t unshielded = now();
  talk(20);
  ASSERT_EQ(call.all<Marker>().size(), 2u);
  EXPECT_EQ(call.last<Marker>().kind, Marker::Kind::unshielded);
  EXPECT_EQ(call.last<Marker>().at.samples(), unshielded);
  EXPECT_TRUE(same(voice.samples, said[&customer], unshielded + ramp, now()));
  EXPECT_TRUE(same(heard.samples, said[&agent], unshielded + ramp, now()));
}

TEST_F(Recording, EndsWithItsParty) {
  Tape &left = tap(customer, Track::voice), &stays = tap(agent, Track::as_heard);
  talk(5);
  EXPECT_EQ(left.pulled, PullStatus::ok);
  call.leave(customer);
  talk(5);
  EXPECT_EQ(left.pulled, PullStatus::unknown_leg);
  EXPECT_EQ(stays.pulled, PullStatus::ok);
  EXPECT_EQ(call.bridge->untap(left.id).error().code, Errc::nothing_pending);
  ASSERT_TRUE(call.bridge->untap(stays.id));
  EXPECT_EQ(call.bridge->untap(stays.id).error().code, Errc::nothing_pending);
  talk(2);
  EXPECT_EQ(stays.pulled, PullStatus::unknown_leg);
  const LegId next = tap(agent, Track::voice).id;
  EXPECT_NE(next, left.id);
  EXPECT_NE(next, stays.id);
  talk(2);
  EXPECT_EQ(stays.pulled, PullStatus::unknown_leg) << "its handle is nobody else's";
  const auto gone = call.bridge->tap(customer.ids.participant, Track::voice);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::stale_id);
  const auto unknown = call.bridge->tap(ParticipantId(77, 1), Track::voice);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::unknown_id);
}

TEST_F(Recording, GoesOnWithAReplacedLeg) {
  const Tape& voice = tap(customer, Track::voice);
  talk(5);
  customer.ids = call.bridge->replace_leg(customer.ids.participant).value();
  const std::uint64_t replaced = now();
  talk(10);
  EXPECT_EQ(voice.pulled, PullStatus::ok);
  EXPECT_TRUE(same(voice.samples, said[&customer], replaced + ramp, now()));
}

}  // namespace
}  // namespace barge::test
