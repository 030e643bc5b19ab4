// SPDX-License-Identifier: Apache-2.0
// A floor with calls whose parties all send and get frames.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <barge/barge.hpp>

#include "support/call.hpp"

namespace barge::test {

/// A call on the floor, and its media.
struct Line {
  Line(CallId call, MediaPort made) : id(call), port(std::move(made)) {}

  CallId id;
  MediaPort port;
  std::vector<Joined> parties;
};

class Office {
 public:
  explicit Office(FloorConfig config = {}) : sink(MemorySink::Ack::at_once) {
    if (!config.seed) config.seed = 1;
    floor.emplace(Floor::create(config, authorizer, sink, clock).value());
  }

  static BridgeConfig config(const std::string& gid, const std::string& queue = "sales") {
    BridgeConfig config = Call::config();
    config.call = CallGid(gid);
    config.queue = queue;
    return config;
  }
  static Person person(Role role, const std::string& name, const std::string& extension = {}) {
    Person person;
    person.role = role;
    person.id = PersonGid(name);
    if (role == Role::supervisor) person.roles = {"team_lead"};
    person.extension = extension;
    return person;
  }

  Line& open(const BridgeConfig& config) {
    const CallId id = floor->open(config).value();
    lines.push_back(std::make_unique<Line>(id, floor->bridge(id).value()->media_port()));
    return *lines.back();
  }
  /// A call of a customer and the agent.
  Line& call(const std::string& gid, const std::string& agent, const std::string& queue = "sales") {
    Line& line = open(config(gid, queue));
    join(line, Role::customer, "customer of " + gid);
    join(line, Role::agent, agent);
    return line;
  }
  Bridge& bridge(const Line& line) { return *floor->bridge(line.id).value(); }
  Joined join(Line& line, const Person& person) {
    line.parties.push_back(bridge(line).join(person).value());
    return line.parties.back();
  }
  Joined join(Line& line, Role role, const std::string& name) {
    return join(line, person(role, name));
  }
  void leave(const Line& line, const std::string& name) {
    static_cast<void>(bridge(line).leave(find(line, name)).value());
  }
  ParticipantId find(const Line& line, const std::string& name) {
    for (const ParticipantInfo& info : bridge(line).participants().value()) {
      if (info.person.id.text() == name) return info.id;
    }
    return {};
  }
  Mode mode(const Line& line, const std::string& name) {
    for (const ParticipantInfo& info : bridge(line).participants().value()) {
      if (info.person.id.text() == name) return info.mode;
    }
    return Mode::off;
  }
  /// Joins the supervisor, unless it is there, and asks for the mode.
  Requested ask(Line& line, const std::string& supervisor, const ModeRequest& request) {
    ParticipantId id = find(line, supervisor);
    if (!id) id = join(line, Role::supervisor, supervisor).participant;
    return bridge(line).request(id, request).value();
  }
  void supervise(Line& line, const std::string& supervisor, const ModeRequest& request = {}) {
    static_cast<void>(ask(line, supervisor, request));
    settle();
  }
  void close(const Line& line) { static_cast<void>(floor->close(line.id).value()); }

  /// One tick of every call.
  void tick() {
    for (const auto& line : lines) {
      Tick tick = line->port.begin_tick();
      for (const Joined& party : line->parties)
        tick.push(party.leg, voice_);
      const MixedTick mixed = std::move(tick).mix();
      for (const Joined& party : line->parties)
        mixed.pull(party.leg, ear_);
    }
    clock.advance(10ms);
  }
  void poll() {
    for (FloorEvent& event : floor->poll_ready())
      events.push_back(std::move(event));
  }
  void settle() {
    for (int i = 0; i < 4; ++i) {
      poll();
      tick();
    }
    poll();
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const FloorEvent& event : events) {
      if (const T* const match = event.get_if<T>()) found.push_back(*match);
    }
    return found;
  }
  std::vector<AuditRecord> records(RecordType type) const {
    std::vector<AuditRecord> found;
    std::copy_if(sink.records().begin(), sink.records().end(), std::back_inserter(found),
                 [&](const AuditRecord& record) { return record.type == type; });
    return found;
  }

  FakeClock clock;
  ScriptedAuthorizer authorizer;
  MemorySink sink;
  std::optional<Floor> floor;
  std::vector<std::unique_ptr<Line>> lines;
  std::vector<FloorEvent> events;

 private:
  std::vector<Sample> voice_ = std::vector<Sample>(Call::frame, 100);
  std::vector<Sample> ear_ = std::vector<Sample>(Call::frame);
};

/// A record's field as a number, or -1.
inline std::int64_t number(const AuditRecord& record, const std::string& key) {
  for (const AuditField& field : record.data) {
    if (field.key != key) continue;
    if (const auto* value = std::get_if<std::int64_t>(&field.value)) return *value;
  }
  return -1;
}

}  // namespace barge::test
