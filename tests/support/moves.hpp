// SPDX-License-Identifier: Apache-2.0
// What the tests of moving calls share: hold music that no voice is part of, and rows as a whole.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/call.hpp"

namespace barge::test {

/// A sample of the hold music, which never ends. It has nothing in common with the voices of the
/// first six parties.
inline Sample music_at(std::size_t sample) {
  return static_cast<Sample>(64 * (sample % 100 + 1));
}

/// A bridge with that hold music, which it also knows as the phrase "warning".
inline BridgeConfig with_music(BridgeConfig config = Call::config()) {
  auto samples = std::make_shared<std::vector<Sample>>();
  for (std::size_t i = 0; i < 100; ++i)
    samples->push_back(music_at(i));
  const Clip clip{SampleRate::hz_16000, std::move(samples)};
  auto announcements = std::make_shared<Announcements>();
  announcements->phrases.push_back({"warning", clip});
  announcements->hold_source = clip;
  config.announcements = std::move(announcements);
  return config;
}

/// What the party hears in so many ticks.
inline std::vector<Sample> listen(Call& call, const Party& party, int ticks) {
  std::vector<Sample> heard;
  for (int i = 0; i < ticks; ++i) {
    call.poll();
    call.tick();
    heard.insert(heard.end(), party.out.begin(), party.out.end());
  }
  return heard;
}

/// Whether all that was heard once the ramp was over is this value.
inline bool is_steady(const std::vector<Sample>& heard, Sample value) {
  const auto ramp = static_cast<std::ptrdiff_t>(ramp_samples(SampleRate::hz_16000));
  return std::all_of(heard.begin() + ramp, heard.end(),
                     [value](Sample sample) { return sample == value; });
}

/// Whether it is the hold music from its beginning, once the ramp was over.
inline bool is_music(const std::vector<Sample>& heard) {
  for (std::size_t i = ramp_samples(SampleRate::hz_16000); i < heard.size(); ++i) {
    if (heard[i] != music_at(i)) return false;
  }
  return true;
}

/// Whether the speaker is in every sample of a row, also while others come and go.
inline bool has_throughout(const std::vector<Sample>& heard, const Party& speaker) {
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const bool ramps = i < ramp_samples(SampleRate::hz_16000);
    if (ramps ? heard[i] < speaker.voice : (heard[i] & speaker.voice) == 0) return false;
  }
  return true;
}

/// Who hears whom, for everybody who is connected.
inline std::string rows(const Call& call) {
  std::string text;
  for (const auto& party : call.parties) {
    if (party->connected) text += party->name + "<[" + call.heard_by(*party) + "] ";
  }
  return text;
}

/// What everybody who is there hears at the end of each tick, where media goes on while a control
/// call runs, and on the tick after it; without repetitions.
inline std::vector<std::vector<Sample>> steps_of(Call& call, const std::function<void()>& control) {
  std::vector<std::vector<Sample>> steps;
  const std::size_t parties = call.parties.size();
  const auto take = [&] {
    call.tick();
    std::vector<Sample> heard;
    for (std::size_t i = 0; i < parties; ++i)
      heard.push_back(call.parties[i]->out.back());
    if (steps.empty() || steps.back() != heard) steps.push_back(std::move(heard));
  };
  take();
  call.clock.on_steady = take;
  control();
  call.clock.on_steady = nullptr;
  take();
  return steps;
}

/// The row of a party in the roster.
inline ParticipantInfo info_of(const Call& call, const Party& party) {
  const auto infos = call.bridge->participants().value();
  return *std::find_if(infos.begin(), infos.end(), [&](const ParticipantInfo& info) {
    return info.id == party.ids.participant;
  });
}

/// The moves on record, each as its kind and its party: "hold customer".
inline std::vector<std::string> moves(const Call& call) {
  std::vector<std::string> found;
  for (const AuditRecord& record : call.sink.records()) {
    if (record.type == RecordType::call_moved) {
      found.push_back(field(record, "move") + " " + field(record, "party"));
    }
  }
  return found;
}

inline Person person(Role role, const std::string& name) {
  Person person;
  person.role = role;
  person.id = PersonGid(name);
  return person;
}

}  // namespace barge::test
