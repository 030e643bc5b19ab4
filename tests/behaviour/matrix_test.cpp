// SPDX-License-Identifier: Apache-2.0
// What every listener gets equals the direct sum over everybody it hears, bit for bit, whatever the
// matrix is compiled to: random gains, mutes and edge mutes, parties that come and go, and a new
// plan in every tick.
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

constexpr Format format{SampleRate::hz_8000, 80};
constexpr std::size_t ramp = ramp_samples(format.rate);

/// The contribution of one edge, written down once more from its definition.
std::int32_t at_gain(Sample x, Gain gain) {
  const std::int32_t product = (x * gain.q14() + 8192) >> 14;
  return std::clamp(product, INT16_MIN, INT16_MAX);
}

std::int32_t weighted(std::int32_t x, double weight) {
  return static_cast<std::int32_t>((x * std::lround(32767 * weight) + 16384) >> 15);
}

/// A conference of plain parties, with the matrix that the host has asked for.
class Conference {
 public:
  Conference(std::size_t size, unsigned seed) : random_(seed) {
    BridgeConfig config;
    config.call = CallGid("conference");
    config.format = format;
    bridge_.emplace(Bridge::create(config, authorizer_, sink_).value());
    port_.emplace(bridge_->media_port());
    for (std::size_t i = 0; i < size; ++i)
      join();
  }

  void join() {
    Person person;
    person.role = random_() % 2 == 0 ? Role::customer : Role::agent;
    person.id = PersonGid(std::to_string(++joined_));
    Member member;
    member.role = person.role;
    member.ids = bridge_->join(person, random_() % 4 == 0 ? Ears::stereo : Ears::mono).value();
    member.in.resize(format.frame_samples);
    member.out.resize(format.frame_samples);
    members_.push_back(std::move(member));
  }

  void leave(std::size_t i) {
    const ParticipantId gone = members_[i].ids.participant;
    static_cast<void>(bridge_->leave(gone).value());
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
    for (Member& member : members_)
      member.edges.erase(gone);
  }

  void change_something() {
    const std::size_t a = any(), b = any();
    Member& member = members_[a];
    const ParticipantId listener = member.ids.participant, speaker = members_[b].ids.participant;
    switch (random_() % 8) {
      case 0:
        member.muted = !member.muted;
        static_cast<void>(bridge_->set_muted(listener, member.muted).value());
        break;
      case 1:
      case 2:
      case 3: {
        bool& muted = member.edges[speaker].muted;
        muted = !muted;
        static_cast<void>(bridge_->set_edge_muted(listener, speaker, muted).value());
        break;
      }
      default: {
        constexpr double gains[] = {0, 1, 1, 0.5, 0.25, 1.5, 2};
        const Gain gain = Gain::linear(gains[random_() % std::size(gains)]);
        member.edges[speaker].gain = gain;
        static_cast<void>(bridge_->set_gain(listener, speaker, gain).value());
      }
    }
  }

  /// A tick of new frames, some legs silent; compares every row.
  void tick() {
    for (Member& member : members_) {
      member.pushed = random_() % 8 != 0;
      for (Sample& sample : member.in)
        sample = static_cast<Sample>(random_());
    }
    auto tick = port_->begin_tick();
    for (const Member& member : members_) {
      if (!member.pushed) continue;
      ASSERT_EQ(tick.push(member.ids.leg, member.in), PushStatus::ok);
    }
    const auto mixed = std::move(tick).mix();
    std::map<std::uint32_t, std::vector<Sample>> known;  ///< by row id
    for (Member& member : members_) {
      if (member.ids.right_ear) {
        check(member, member.right, mixed.pull(member.ids.right_ear, member.out));
        check(member, mixed.row(member.ids.right_ear), known);
      }
      check(member, member.left, mixed.pull(member.ids.leg, member.out));
      check(member, mixed.row(member.ids.leg), known);
    }
    for (Member& listener : members_) {
      for (Ear* const ear : {&listener.left, &listener.right}) {
        ear->heard.clear();
        for (const Member& speaker : members_)
          ear->heard[speaker.ids.participant] = gain(listener, *ear, speaker);
      }
    }
  }

  std::size_t size() const { return members_.size(); }
  std::size_t any() { return random_() % members_.size(); }
  unsigned number(unsigned limit) { return static_cast<unsigned>(random_()) % limit; }

 private:
  struct Setting {
    Gain gain;
    bool muted = false;
  };
  /// One ear of a listener. Of two, neither hears everybody.
  struct Ear {
    Role deaf_to;
    std::map<ParticipantId, Gain> heard;  ///< in the last tick
  };
  struct Member {
    Joined ids;
    Role role = Role::agent;
    bool muted = false;
    bool pushed = true;
    std::map<ParticipantId, Setting> edges;
    Ear left{Role::customer, {}}, right{Role::agent, {}};
    std::vector<Sample> in, out;
  };

  void check(const Member& member, const Ear& ear, PullStatus status) const {
    ASSERT_EQ(status, PullStatus::ok);
    ASSERT_EQ(member.out, expected(member, ear)) << "of " << members_.size();
  }

  /// What the row says of itself, against its samples.
  void check(const Member& member, const Row& row,
             std::map<std::uint32_t, std::vector<Sample>>& known) const {
    const auto [same, is_new] = known.emplace(row.id, member.out);
    ASSERT_TRUE(is_new || member.out == same->second) << "row id " << row.id;
    const bool is_silence = row.kind == RowKind::silence;
    ASSERT_EQ(is_silence, row.id == 0);
    ASSERT_TRUE(!is_silence || member.out == std::vector<Sample>(member.out.size()));
    if (row.kind != RowKind::copy) return;
    const auto source = std::find_if(members_.begin(), members_.end(), [&](const Member& other) {
      return other.ids.leg == row.source;
    });
    ASSERT_NE(source, members_.end());
    ASSERT_TRUE(!source->pushed || member.out == source->in);
  }

  static Gain gain(const Member& listener, const Ear& ear, const Member& speaker) {
    if (&listener == &speaker || speaker.muted) return Gain::linear(0);
    if (listener.ids.right_ear && speaker.role == ear.deaf_to) return Gain::linear(0);
    const auto set = listener.edges.find(speaker.ids.participant);
    if (set == listener.edges.end()) return {};
    return set->second.muted ? Gain::linear(0) : set->second.gain;
  }

  std::vector<Sample> expected(const Member& listener, const Ear& ear) const {
    std::vector<std::int32_t> sums(format.frame_samples);
    for (const Member& speaker : members_) {
      if (!speaker.pushed) continue;
      const auto before = ear.heard.find(speaker.ids.participant);
      const Gain was = before == ear.heard.end() ? Gain::linear(0) : before->second;
      const Gain is = gain(listener, ear, speaker);
      if (was == is && is.q14() == 0) continue;
      for (std::size_t i = 0; i < sums.size(); ++i) {
        const Sample x = speaker.in[i];
        if (was == is || i >= ramp) {
          sums[i] += at_gain(x, is);
          continue;
        }
        const double pi = std::acos(-1.0);
        const auto rising = [&](std::size_t n) {
          return 0.5 - 0.5 * std::cos(pi * static_cast<double>(n + 1) / (ramp + 1));
        };
        sums[i] += weighted(at_gain(x, is), rising(i));
        sums[i] += weighted(at_gain(x, was), rising(ramp - 1 - i));
      }
    }
    std::vector<Sample> row(sums.size());
    std::transform(sums.begin(), sums.end(), row.begin(), [](std::int32_t sum) {
      return static_cast<Sample>(std::clamp(sum, INT16_MIN, INT16_MAX));
    });
    return row;
  }

  std::mt19937 random_;
  ScriptedAuthorizer authorizer_;
  MemorySink sink_;
  std::optional<Bridge> bridge_;
  std::optional<MediaPort> port_;
  std::vector<Member> members_;
  std::size_t joined_ = 0;
};

class RandomMatrix : public testing::TestWithParam<unsigned> {};

TEST_P(RandomMatrix, EqualsTheDirectProductWhilePlansChangeEveryTick) {
  std::mt19937 random(GetParam());
  Conference conference(2 + random() % 20, GetParam());
  for (int i = 0; i < 60; ++i) {
    for (unsigned changes = conference.number(12); changes > 0; --changes)
      conference.change_something();
    if (conference.number(6) == 0 && conference.size() > 2) conference.leave(conference.any());
    if (conference.number(6) == 0) conference.join();
    ASSERT_NO_FATAL_FAILURE(conference.tick()) << "tick " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Conferences, RandomMatrix, testing::Range(0U, 40U));

TEST(RandomMatrix, OfSeveralWordsEqualsTheDirectProduct) {
  for (const std::size_t size : {63U, 64U, 65U, 130U}) {
    Conference conference(size, static_cast<unsigned>(size));
    for (int i = 0; i < 8; ++i) {
      for (int changes = 0; changes < 200; ++changes)
        conference.change_something();
      if (i % 3 == 1) conference.leave(conference.any());
      if (i % 3 == 2) conference.join();
      ASSERT_NO_FATAL_FAILURE(conference.tick()) << "tick " << i;
    }
  }
}

TEST(RandomMatrix, OfAThousandLegsEqualsTheDirectProduct) {
  Conference conference(1000, 1000);
  for (int i = 0; i < 3; ++i) {
    for (int changes = 0; changes < 50; ++changes)
      conference.change_something();
    conference.leave(conference.any());
    conference.join();
    ASSERT_NO_FATAL_FAILURE(conference.tick()) << "tick " << i;
  }
}

}  // namespace
}  // namespace barge::test
