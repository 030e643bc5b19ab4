// SPDX-License-Identifier: Apache-2.0
// Slots and the generations of what sits in them.
#include "bridge/roster.hpp"

#include <set>

#include <gtest/gtest.h>

#include "media/plan.hpp"

namespace barge {
namespace {

Member& add(Roster& roster, Ears ears = Ears::mono) {
  return roster.add({}, ears);
}

TEST(Roster, GivesASlotAgainWithAHigherGeneration) {
  Roster roster;
  const ParticipantId first = add(roster).id;
  const LegId leg = roster.get(first)->leg;
  roster.remove(first);
  const Member& next = add(roster);
  EXPECT_EQ(next.id.slot(), first.slot());
  EXPECT_GT(next.id.generation(), first.generation());
  EXPECT_EQ(next.leg.slot(), leg.slot());
  EXPECT_GT(next.leg.generation(), leg.generation());
  EXPECT_EQ(roster.find(first).error().code, Errc::stale_id);
  EXPECT_EQ(roster.find(ParticipantId(9, 1)).error().code, Errc::unknown_id);
}

TEST(Roster, GivesAPartyANewLegInItsSlot) {
  Roster roster;
  Member& member = add(roster, Ears::stereo);
  const Member before = member;
  member.lost = true;
  roster.replace_leg(member);
  EXPECT_EQ(member.id, before.id);
  EXPECT_EQ(member.leg.slot(), before.leg.slot());
  EXPECT_NE(member.leg, before.leg);
  EXPECT_NE(member.right_ear, before.right_ear);
  EXPECT_FALSE(member.lost);
  const ParticipantId id = member.id;
  const LegId second = member.leg;
  roster.remove(id);
  EXPECT_GT(add(roster).leg.generation(), second.generation());
}

TEST(Roster, NeverGivesTwoPartiesOrSoundsOneSlotNorTwoThingsOneLegId) {
  Roster roster;
  std::set<std::pair<std::uint32_t, std::uint32_t>> ids;
  std::vector<ParticipantId> parties;
  std::vector<LegId> sounds;
  const auto is_new = [&](LegId id) { return ids.emplace(id.slot(), id.generation()).second; };
  for (std::uint32_t step = 0; step < 2000; ++step) {
    const std::uint32_t what = step * 7 / 3 % 5;
    if (what == 0 || what == 1) {
      const Member& member = add(roster);
      EXPECT_TRUE(is_new(member.leg));
      EXPECT_FALSE(roster.is_sound(member.leg.slot()));
      parties.push_back(member.id);
    } else if (what == 2) {
      sounds.push_back(roster.add_sound());
      EXPECT_TRUE(is_new(sounds.back()));
      EXPECT_TRUE(roster.is_sound(sounds.back().slot()));
      EXPECT_FALSE(roster.slots()[sounds.back().slot()]);
    } else if (what == 3 && !parties.empty()) {
      roster.remove(parties[step % parties.size()]);
      parties.erase(parties.begin() + step % parties.size());
    } else if (!sounds.empty()) {
      roster.remove_sound(sounds.front());
      EXPECT_FALSE(roster.is_sound(sounds.front().slot()));
      sounds.erase(sounds.begin());
    }
    ASSERT_EQ(roster.size(), parties.size());
  }
  EXPECT_LT(roster.slots().size(), parties.size() + sounds.size() + 20) << "slots are used again";
}

TEST(Roster, CountsPartiesAndNoSounds) {
  Roster roster;
  add(roster);
  roster.add_sound();
  EXPECT_EQ(roster.size(), 1U);
  EXPECT_EQ(roster.party_states().size(), 1U);
}

TEST(Roster, KeepsSoundsApartFromEveryLegThatAPartyMayHave) {
  Roster roster;
  const LegId sound = roster.add_sound();
  roster.remove_sound(sound);
  Member& member = add(roster);
  ASSERT_EQ(member.leg.slot(), sound.slot());
  for (int i = 0; i < 100; ++i) {
    EXPECT_LT(member.leg.generation(), sound.generation());
    roster.replace_leg(member);
  }
}

TEST(Roster, GivesEarsAndTapsPlacesBehindAllLegsAndUsesThemAgain) {
  Roster roster;
  const LegId tap = roster.add_ear();
  const Member& stereo = add(roster, Ears::stereo);
  const LegId right = stereo.right_ear;
  EXPECT_GE(tap.slot(), media::most_legs);
  EXPECT_EQ(right.slot(), tap.slot() + 1);
  roster.remove_ear(tap);
  const LegId second = roster.add_ear();
  EXPECT_EQ(second.slot(), tap.slot());
  EXPECT_NE(second, tap);
  roster.remove(stereo.id);
  const LegId third = roster.add_ear();
  EXPECT_EQ(third.slot(), right.slot());
  EXPECT_NE(third, right);
}

TEST(Roster, HasNoRoomOnceEverySlotIsTaken) {
  Roster roster;
  LegId sound;
  for (std::uint32_t slot = 0; slot < media::most_legs; ++slot) {
    EXPECT_TRUE(roster.has_room());
    sound = roster.add_sound();
  }
  EXPECT_FALSE(roster.has_room());
  roster.remove_sound(sound);
  EXPECT_TRUE(roster.has_room());
}

TEST(Roster, TellsTheRulesWhoIsOnHoldAndWhoConsults) {
  Roster roster;
  Member& member = add(roster);
  member.hold = Hold::far_end;
  member.conversation = ConversationId{3};
  member.muted = true;
  const PartyState state = roster.party_states().front();
  EXPECT_EQ(state.hold, Hold::far_end);
  EXPECT_EQ(state.conversation, ConversationId{3});
  EXPECT_TRUE(state.muted);
}

}  // namespace
}  // namespace barge
