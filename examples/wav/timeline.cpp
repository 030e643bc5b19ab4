// SPDX-License-Identifier: Apache-2.0
#include "timeline.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "json/reader.hpp"

namespace wav {
namespace {

namespace json = barge::json;
using barge::Disposition;
using barge::Mode;
using barge::Role;

constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

class TimelineReader {
 public:
  TimelineReader(const json::Document& document, std::filesystem::path directory)
      : reader_(document), directory_(std::move(directory)) {}

  barge::Result<Timeline> read() {
    json::Object root = reader_.root();
    root.choice<int>("schema", {{"barge.timeline/1", 1}});
    read_format(root);
    timeline_.queue = root.string("queue", "");
    timeline_.policy = relative(root.string("policy"));
    for (json::Object party : root.objects("parties"))
      read_party(party);
    for (json::Object change : root.objects("changes"))
      read_change(change);
    if (barge::Status status = reader_.finish(); !status) return status.error();
    return std::move(timeline_);
  }

 private:
  void read_format(json::Object& root) {
    const auto rate = static_cast<std::uint32_t>(root.integer("rate", {8000, 48000}));
    const auto frame = static_cast<std::uint32_t>(root.integer("frame_ms", {5, 60}, 20));
    timeline_.frame = std::chrono::milliseconds(frame);
    timeline_.format = {static_cast<barge::SampleRate>(rate), rate * frame / 1000};
    if (!is_valid(timeline_.format))
      root.complain("rate", "expected 8000, 16000, 24000, 32000, 44100 or 48000");
    if (rate * frame % 1000 != 0)
      root.complain("frame_ms", "expected a whole number of samples at this rate");
  }

  std::string relative(const std::string& path) const { return (directory_ / path).string(); }

  // The name is part of a file's name and of the picture.
  void read_party(json::Object& json) {
    Party party;
    const std::string name = json.string("name");
    if (name.find_first_not_of(name_characters) != std::string::npos)
      json.complain("name", "expected letters, digits, `-` and `_` only");
    if (find(name)) json.complain("name", "`" + name + "` is on the call already");
    party.person.id = barge::PersonGid(name);
    party.person.role = json.choice<Role>(
        "role",
        {{"customer", Role::customer}, {"agent", Role::agent}, {"supervisor", Role::supervisor}});
    if (party.person.role != Role::customer) {
      for (const json::Value& role : json.strings("policy_roles", json::optional))
        party.person.roles.emplace_back(role.text());
    }
    if (party.person.role == Role::supervisor) {
      for (const json::Value& queue : json.strings("queues", json::optional))
        party.person.queues.emplace_back(queue.text());
    }
    party.wav = relative(json.string("wav"));
    timeline_.parties.push_back(std::move(party));
  }

  void read_change(json::Object& json) {
    constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
    Change change;
    change.at = std::chrono::milliseconds(json.integer("at_ms", {0, day_ms}));
    if (!timeline_.changes.empty() && change.at < timeline_.changes.back().at)
      json.complain("at_ms", "is before the change above it");
    json.string("supervisor");
    change.supervisor = resolve(json.find("supervisor"), Role::supervisor).value_or(0);
    change.mode = json.choice<Mode>("mode", {{"off", Mode::off},
                                             {"monitor", Mode::monitor},
                                             {"whisper", Mode::whisper},
                                             {"barge", Mode::barge},
                                             {"takeover", Mode::takeover}});
    json.string("agent", "");
    change.agent = resolve(json.find("agent"), Role::agent);
    if (change.mode == Mode::whisper) {
      for (const json::Value& target : json.strings("targets", json::optional)) {
        if (const auto party = resolve(target, std::nullopt)) change.targets.push_back(*party);
      }
    }
    if (change.mode == Mode::takeover) {
      change.agent_becomes = json.choice<Disposition>("agent_becomes",
                                                      {{"listen", Disposition::listen},
                                                       {"hold", Disposition::hold},
                                                       {"drop", Disposition::drop}},
                                                      Disposition::listen);
    }
    timeline_.changes.push_back(std::move(change));
  }

  std::optional<std::size_t> find(std::string_view name) const {
    const auto& parties = timeline_.parties;
    const auto is_it = [name](const Party& party) { return party.person.id.text() == name; };
    const auto found = std::find_if(parties.begin(), parties.end(), is_it);
    if (found == parties.end()) return std::nullopt;
    return static_cast<std::size_t>(found - parties.begin());
  }

  // The party that a value names, of a role where one is given; complains where there is none.
  std::optional<std::size_t> resolve(const std::optional<json::Value>& value,
                                     std::optional<Role> role) {
    if (!value || value->kind() != json::Kind::string || value->text().empty()) return std::nullopt;
    std::vector<std::string_view> known;
    for (const Party& party : timeline_.parties) {
      if (!role || party.person.role == *role) known.push_back(party.person.id.text());
    }
    if (std::find(known.begin(), known.end(), value->text()) != known.end())
      return find(value->text());
    reader_.unknown(*value, role ? name(*role) : "party", known);
    return std::nullopt;
  }

  json::Reader reader_;
  std::filesystem::path directory_;
  Timeline timeline_;
};

}  // namespace

barge::Result<Timeline> load_timeline(const std::string& path) {
  const barge::Result<json::Document> document = json::Document::load(path);
  if (!document) return document.error();
  return TimelineReader(document.value(), std::filesystem::path(path).parent_path()).read();
}

}  // namespace wav
