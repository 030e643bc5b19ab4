// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gsl/span>
#include <openssl/sha.h>

#include <barge/policy_document.hpp>
#include <barge/tone.hpp>

#include "json/reader.hpp"

BARGE_NAMESPACE_BEGIN
namespace {

using Modes = std::vector<Mode>;

constexpr std::string_view any = "*";
constexpr std::string_view own_queues = "$subject.queues";
constexpr Mode all_modes[] = {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover};

// What the full schema has and this reader does not; ignoring it would change who may do what.
constexpr std::string_view unsupported_at_root[] = {"timezone", "use_presets", "separation",
                                                    "calendars", "reasons"};
constexpr std::string_view unsupported_in_role[] = {"inherits"};
constexpr std::string_view unsupported_in_rule[] = {"when", "priority", "overridable"};
constexpr std::string_view unsupported_in_obligations[] = {"announcement", "visual", "reason",
                                                           "monitor_first_s", "max_whisper_s"};

enum class RuleEffect { forbid, permit, require };

// The SHA-256 of the bytes (FIPS 180-4) as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 0xF];
  }
  return text;
}

class DocumentReader {
 public:
  explicit DocumentReader(const json::Document& document) : reader_(document) {}

  Result<Policy> read(const std::string& hash) {
    json::Object root = reader_.root();
    root.choice<int>("schema", {{"barge.policy/1", 1}});
    PolicyVersion version;
    version.id = root.string("id");
    version.revision = static_cast<std::uint64_t>(root.integer("revision", {0}));
    version.hash = hash;
    refuse_unsupported(root, unsupported_at_root);
    for (json::Object role : root.object("roles").members())
      read_role(role);
    std::vector<Rule> rules;
    for (json::Object rule : root.objects("rules"))
      rules.push_back(read_rule(rule));
    if (Status status = reader_.finish(); !status) return status.error();
    return Policy(std::move(version), std::move(rules));
  }

 private:
  static void refuse_unsupported(json::Object& object, gsl::span<const std::string_view> keys) {
    for (const std::string_view key : keys) {
      if (object.find(key)) object.complain(key, "`" + std::string(key) + "` is not supported yet");
    }
  }

  void read_role(json::Object& role) {
    refuse_unsupported(role, unsupported_in_role);
    roles_[role.key()] = role.find("modes") ? read_modes(role) : Modes();
  }

  Rule read_rule(json::Object& json) {
    Rule rule;
    rule.id = json.string("id");
    note_id(json, rule.id);
    const auto effect = json.choice<RuleEffect>("effect", {{"permit", RuleEffect::permit},
                                                           {"forbid", RuleEffect::forbid},
                                                           {"require", RuleEffect::require}});
    refuse_unsupported(json, unsupported_in_rule);
    // What a permit leaves out it must not grant, what a forbid leaves out it forbids.
    const bool permits = effect == RuleEffect::permit;
    rule.effect = permits ? Effect::permit : Effect::deny;
    const json::Presence presence = permits ? json::Presence::required : json::optional;
    rule.roles = read_roles(json, presence);
    rule.modes = read_modes(json, presence);
    read_queues(json, presence, rule);
    rule.code = json.string("code", "");
    if (effect != RuleEffect::forbid && json.find("code"))
      json.complain("code", "only a forbid has a code");
    if (permits) check_bounds(json, rule);
    if (effect == RuleEffect::require) {
      rule.tone = read_tone(json.object("obligations"));
    } else if (json.find("obligations")) {
      json.complain("obligations", "only a require has obligations");
    }
    return rule;
  }

  ToneObligation read_tone(json::Object obligations) {
    constexpr std::int64_t hour_ms = 3'600'000;
    refuse_unsupported(obligations, unsupported_in_obligations);
    json::Object json = obligations.object("tone");
    ToneObligation tone;
    tone.id = json.string("id");
    if (!tone.id.empty() && find_tone(tone.id) == nullptr) {
      std::vector<std::string_view> known;
      for (const Tone& one : known_tones())
        known.push_back(one.id);
      reader_.unknown(*json.find("id"), "tone", known);
    }
    tone.to = json.choice<NoticeTo>(
        "to",
        {{"agent", NoticeTo::agent}, {"customer", NoticeTo::customer}, {"both", NoticeTo::both}},
        NoticeTo::both);
    tone.at_leave = json.boolean("at_leave", false);
    tone.repeat = std::chrono::milliseconds(json.integer("repeat_ms", {0, hour_ms}, 0));
    return tone;
  }

  void note_id(json::Object& rule, const std::string& id) {
    const std::optional<json::Value> value = rule.find("id");
    if (!value || id.empty()) return;
    const auto [first, is_new] = rule_ids_.emplace(id, value->position());
    if (is_new) return;
    rule.complain("id", "duplicate rule id `" + id + "`, first at " +
                            std::to_string(first->second.line) + ':' +
                            std::to_string(first->second.column));
  }

  // The strings of a list that is not empty where it is there: for a rule, empty means "any".
  std::vector<json::Value> read_list(json::Object& object, std::string_view key,
                                     json::Presence presence) {
    const std::vector<json::Value> values = object.strings(key, presence);
    const std::optional<json::Value> list = object.find(key);
    if (list && list->kind() == json::Kind::array && list->children().empty())
      object.complain(key, "expected at least one element");
    return values;
  }

  // Whether the list is "*", which stands alone.
  bool is_any(const std::vector<json::Value>& values) {
    const auto is_star = [](const json::Value& value) { return value.text() == any; };
    const auto star = std::find_if(values.begin(), values.end(), is_star);
    if (star == values.end()) return false;
    if (values.size() > 1) reader_.complain(*star, "`*` stands alone");
    return true;
  }

  std::vector<std::string> read_roles(json::Object& rule, json::Presence presence) {
    std::vector<std::string_view> known;
    for (const auto& [name, modes] : roles_)
      known.push_back(name);
    std::vector<std::string> roles;
    for (const json::Value& role : read_list(rule, "roles", presence)) {
      roles.emplace_back(role.text());
      if (roles_.count(roles.back()) == 0) reader_.unknown(role, "role", known);
    }
    return roles;
  }

  Modes read_modes(json::Object& object, json::Presence presence = json::Presence::required) {
    const std::vector<json::Value> values = read_list(object, "modes", presence);
    if (is_any(values)) return {};
    Modes modes;
    std::vector<std::string_view> known{any};
    for (const Mode mode : all_modes)
      known.push_back(name(mode));
    for (const json::Value& value : values) {
      const auto is_it = [&value](Mode mode) { return name(mode) == value.text(); };
      const auto* mode = std::find_if(std::begin(all_modes), std::end(all_modes), is_it);
      if (mode == std::end(all_modes)) {
        reader_.unknown(value, "mode", known);
      } else {
        modes.push_back(*mode);
      }
    }
    return modes;
  }

  void read_queues(json::Object& json, json::Presence presence, Rule& rule) {
    const std::vector<json::Value> values = read_list(json, "queues", presence);
    if (is_any(values)) return;
    for (const json::Value& value : values) {
      if (value.text() == own_queues) {
        rule.own_queues = true;
      } else if (value.text().front() == '$') {
        reader_.unknown(value, "variable", {own_queues});
      } else {
        rule.queues.emplace_back(value.text());
      }
    }
  }

  // A permit gives no role more than the role's own modes.
  void check_bounds(json::Object& json, const Rule& rule) {
    for (const std::string& role : rule.roles) {
      const auto bound = roles_.find(role);
      if (bound == roles_.end() || bound->second.empty()) continue;
      const Modes& within = bound->second;
      for (const Mode mode :
           rule.modes.empty() ? Modes(std::begin(all_modes), std::end(all_modes)) : rule.modes) {
        if (std::find(within.begin(), within.end(), mode) != within.end()) continue;
        json.complain("modes", "permits `" + std::string(name(mode)) + "` to role `" + role +
                                   "`, whose modes do not have it");
      }
    }
  }

  json::Reader reader_;
  std::map<std::string, Modes> roles_;  ///< with the modes that bound them; empty: unbounded
  std::map<std::string, json::Position> rule_ids_;
};

}  // namespace

Result<Policy> parse_policy(const std::string& origin, std::string_view text) {
  const Result<json::Document> document = json::Document::parse(origin, text);
  if (!document) return document.error();
  return DocumentReader(document.value()).read(sha256(text));
}

Result<Policy> load_policy(const std::string& path) {
  const Result<std::string> text = json::read_file(path);
  if (!text) return text.error();
  return parse_policy(path, text.value());
}

BARGE_NAMESPACE_END
