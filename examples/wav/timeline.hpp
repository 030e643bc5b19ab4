// SPDX-License-Identifier: Apache-2.0
// What happens on the call: a document of the schema barge.timeline/1.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <barge/audio.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/result.hpp>

namespace wav {

struct Party {
  barge::Person person;
  std::string wav;  ///< path
};

/// A supervisor asks for a mode. Parties are named by their place in Timeline::parties.
struct Change {
  std::chrono::milliseconds at{0};
  std::size_t supervisor = 0;
  barge::Mode mode = barge::Mode::off;
  std::optional<std::size_t> agent;
  std::vector<std::size_t> targets;
  barge::Disposition agent_becomes = barge::Disposition::listen;
};

struct Timeline {
  barge::Format format;
  std::chrono::milliseconds frame{20};
  std::string queue;
  std::string policy;  ///< path
  std::vector<Party> parties;
  std::vector<Change> changes;  ///< by time
};

/// Reads a timeline; paths in it are relative to its file. Fails with io or with bad_document,
/// whose message holds every error.
barge::Result<Timeline> load_timeline(const std::string& path);

}  // namespace wav
