// SPDX-License-Identifier: Apache-2.0
// What the tests of notices and clips share: sounds of known samples, and where they are in what a
// party heard. Works on a call that keeps what is heard.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <barge/tone.hpp>
#include <barge/tone_generator.hpp>

#include "support/call.hpp"

namespace barge::test {

using Samples = std::vector<Sample>;

/// A clip that has nothing in common with the voices of the first six parties.
inline Clip make_clip(std::size_t length, int pitch = 100) {
  auto samples = std::make_shared<Samples>();
  for (std::size_t i = 0; i < length; ++i)
    samples->push_back(static_cast<Sample>(64 * (i % static_cast<std::size_t>(pitch) + 1)));
  return {SampleRate::hz_16000, std::move(samples)};
}

/// One playing of a known tone; of one with a lead, the first.
inline Samples tone_samples(const std::string& id, bool leads = true) {
  const Tone& tone = *find_tone(id);
  Tone once{tone.id, tone.segments, {}, tone.level_dbm0, {}};
  if (leads && !tone.lead.empty()) once.segments = tone.lead;
  Samples samples(static_cast<std::size_t>(length(once).count()) * 16);
  auto generator = ToneGenerator::create(once, SampleRate::hz_16000);
  generator->fill(samples);
  return samples;
}

/// So many ticks, with control in between.
inline void run(Call& call, int ticks) {
  for (int i = 0; i < ticks; ++i) {
    call.tick();
    call.poll();
  }
}

/// Every sample that the party heard from the one index to the other was this one.
inline bool heard_only(const Party& party, Sample usual, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i) {
    if (party.heard.at(static_cast<std::size_t>(i)) != usual) return false;
  }
  return true;
}

/// The party heard the sound from this index on, and beside it only the usual sample. The first
/// samples are faded in, perhaps together with what is usual.
inline bool heard_sound(const Party& party, Sample usual, std::uint64_t from,
                        const Samples& sound) {
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const int heard = party.heard.at(static_cast<std::size_t>(from) + i);
    const bool fades = i < ramp_samples(SampleRate::hz_16000);
    if (!fades && heard != sound[i] + usual) return false;
    if (fades && std::abs(heard) > std::abs(sound[i]) + usual + 1) return false;
  }
  return true;
}

inline Obligations tone_notice(const std::string& id, NoticeTo to = NoticeTo::both,
                               std::chrono::milliseconds repeat = 0ms, bool at_leave = false) {
  Obligations obligations;
  obligations.tones.push_back({{id, to, at_leave, repeat}, "notice"});
  return obligations;
}

inline Obligations phrase_notice(const std::string& id, NoticeTo to = NoticeTo::both) {
  Obligations obligations;
  obligations.phrases.push_back({{id, to}, "notice"});
  return obligations;
}

inline void permit_with(Call& call, const Obligations& obligations) {
  call.authorizer.answer = [obligations](const AccessRequest&) {
    return ScriptedAuthorizer::permit(obligations);
  };
}

constexpr std::size_t recorded_samples = 4037;  // of the phrase "recorded"

inline BridgeConfig with_phrases(ObligationKinds can = {}) {
  BridgeConfig config = Call::config(can);
  auto announcements = std::make_shared<Announcements>();
  announcements->phrases = {{"recorded", make_clip(recorded_samples)}, {"zz", make_clip(480, 30)}};
  config.announcements = std::move(announcements);
  return config;
}

/// A call before a raise. All that is heard is kept.
struct NoticeCall {
  explicit NoticeCall(const BridgeConfig& config = with_phrases()) : call(config) {
    call.keeps_heard = true;
    call.settle();
    call.events.clear();
  }
  void start(const Obligations& obligations, const ModeRequest& request = {Mode::barge}) {
    permit_with(call, obligations);
    begun = now();
    static_cast<void>(call.ask(supervisor, request));
    call.poll();
  }
  std::uint64_t now() const { return call.position.samples(); }
  bool is_open() const { return !call.all<ModeApplied>().empty(); }
  std::uint64_t opened() const { return call.last<ModeApplied>().at.samples(); }

  Call call;
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
  std::uint64_t begun = 0;
};

class Notice : public testing::Test, protected NoticeCall {};

}  // namespace barge::test
