// SPDX-License-Identifier: Apache-2.0
// Sounds that a host hands to the bridge: phrases, canned whispers, hold music.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <barge/audio.hpp>
#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// PCM to be played, mono, at the rate of the bridge that plays it. Copies share the samples.
struct Clip {
  SampleRate rate = SampleRate::hz_16000;
  std::shared_ptr<const std::vector<Sample>> samples{};
};

/// A spoken announcement, by the id that a policy's obligations name.
struct Phrase {
  std::string id;
  Clip clip;
};

/// What a bridge can play by itself. Many bridges may share one.
struct Announcements {
  std::vector<Phrase> phrases{};
  Clip hold_source{};  ///< repeated without end to whoever is on hold; without samples: silence
};

BARGE_NAMESPACE_END
