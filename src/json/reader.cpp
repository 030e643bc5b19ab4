// SPDX-License-Identifier: Apache-2.0
#include "json/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "json/text.hpp"

BARGE_NAMESPACE_BEGIN
namespace json {
namespace {

constexpr std::size_t max_complaints = 100;

std::string within(Range range) {
  const Range all;
  if (range.min == all.min && range.max == all.max) return "an integer";
  if (range.max == all.max) return "an integer of at least " + std::to_string(range.min);
  return "an integer from " + std::to_string(range.min) + " to " + std::to_string(range.max);
}

std::string expectation(Kind kind, Range range) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return within(range);
    case Kind::real:
      return "a real number";
    case Kind::string:
      return "a non-empty string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "?";
}

std::string found(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return "`null`";
    case Kind::boolean:
      return value.boolean() ? "`true`" : "`false`";
    case Kind::integer:
      return ticked(std::to_string(value.integer()));
    case Kind::real:
      return ticked(value.text());
    case Kind::string:
      return value.text().empty() ? "an empty string" : ticked(value.text());
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "?";
}

std::string one_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += ticked(names[i]);
  }
  return text;
}

// The Levenshtein distance in bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string_view>& known) {
  if (known.empty()) return "; there is none";
  const auto closer = [name](std::string_view a, std::string_view b) {
    return distance(name, a) < distance(name, b);
  };
  return "; the nearest is " + ticked(*std::min_element(known.begin(), known.end(), closer));
}

}  // namespace

// ── Object ──────────────────────────────────────────────────────────────────────────────────────

std::optional<Value> Object::find(std::string_view key) {
  if (!value_) return std::nullopt;
  reader_->asked_[value_->node_].emplace_back(key);
  for (const Value& child : value_->children()) {
    if (child.key() == key) return child;
  }
  return std::nullopt;
}

std::optional<Value> Object::read(std::string_view key, Kind kind, Range range, Presence presence) {
  const std::optional<Value> value = find(key);
  if (value) return reader_->expect(*value, kind, range) ? value : std::nullopt;
  if (value_ && presence == Presence::required) {
    reader_->complain(*value_,
                      "missing key " + ticked(key) + "; expected " + expectation(kind, range));
  }
  return std::nullopt;
}

std::optional<std::size_t> Object::read_choice(std::string_view key,
                                               const std::vector<std::string_view>& names,
                                               Presence presence) {
  const std::optional<Value> value = find(key);
  if (!value) {
    if (value_ && presence == Presence::required)
      reader_->complain(*value_, "missing key " + ticked(key) + "; expected " + one_of(names));
    return std::nullopt;
  }
  const auto is_it = [&value](std::string_view name) {
    return value->kind() == Kind::string && value->text() == name;
  };
  const auto chosen = std::find_if(names.begin(), names.end(), is_it);
  if (chosen != names.end()) return static_cast<std::size_t>(chosen - names.begin());
  const bool has_nearest = value->kind() == Kind::string && names.size() > 1;
  reader_->complain(*value, "expected " + one_of(names) + ", got " + found(*value) +
                                (has_nearest ? nearest(value->text(), names) : ""));
  return std::nullopt;
}

std::vector<Value> Object::read_array(std::string_view key, Kind kind, Range range,
                                      Presence presence) {
  std::vector<Value> good;
  const std::optional<Value> array = read(key, Kind::array, {}, presence);
  if (!array) return good;
  for (const Value& element : array->children()) {
    if (reader_->expect(element, kind, range)) good.push_back(element);
  }
  return good;
}

std::vector<Object> Object::open_all(const std::vector<Value>& values) {
  std::vector<Object> objects;
  for (const Value& value : values)
    objects.push_back(reader_->open(value));
  return objects;
}

std::string Object::string(std::string_view key) {
  const auto value = read(key, Kind::string, {}, Presence::required);
  return value ? std::string(value->text()) : std::string();
}

std::string Object::string(std::string_view key, std::string_view fallback) {
  const auto value = read(key, Kind::string, {}, optional);
  return std::string(value ? value->text() : fallback);
}

std::int64_t Object::integer(std::string_view key, Range range) {
  const auto value = read(key, Kind::integer, range, Presence::required);
  return value ? value->integer() : range.min;
}

std::int64_t Object::integer(std::string_view key, Range range, std::int64_t fallback) {
  const auto value = read(key, Kind::integer, range, optional);
  return value ? value->integer() : fallback;
}

bool Object::boolean(std::string_view key) {
  const auto value = read(key, Kind::boolean, {}, Presence::required);
  return value && value->boolean();
}

bool Object::boolean(std::string_view key, bool fallback) {
  const auto value = read(key, Kind::boolean, {}, optional);
  return value ? value->boolean() : fallback;
}

Object Object::object(std::string_view key, Presence presence) {
  const auto value = read(key, Kind::object, {}, presence);
  return value ? reader_->open(*value) : Object(*reader_, std::nullopt);
}

std::vector<Value> Object::strings(std::string_view key, Presence presence) {
  return read_array(key, Kind::string, {}, presence);
}

std::vector<Value> Object::integers(std::string_view key, Range range, Presence presence) {
  return read_array(key, Kind::integer, range, presence);
}

std::vector<Object> Object::objects(std::string_view key, Presence presence) {
  return open_all(read_array(key, Kind::object, {}, presence));
}

std::vector<Object> Object::members() {
  std::vector<Value> good;
  if (!value_) return {};
  for (const Value& child : value_->children()) {
    reader_->asked_[value_->node_].emplace_back(child.key());
    if (reader_->expect(child, Kind::object, {})) good.push_back(child);
  }
  return open_all(good);
}

std::string Object::key() const {
  return value_ ? std::string(value_->key()) : std::string();
}

void Object::complain(std::string_view key, std::string text) {
  if (!value_) return;
  const std::optional<Value> value = find(key);
  reader_->complain(value ? *value : *value_, std::move(text));
}

// ── Reader ──────────────────────────────────────────────────────────────────────────────────────

Object Reader::open(const Value& value) {
  if (!expect(value, Kind::object, {})) return Object(*this, std::nullopt);
  asked_[value.node_];
  return Object(*this, value);
}

bool Reader::expect(const Value& value, Kind kind, Range range) {
  const bool is_good =
      value.kind() == kind && (kind != Kind::string || !value.text().empty()) &&
      (kind != Kind::integer || (value.integer() >= range.min && value.integer() <= range.max));
  if (!is_good) complain(value, "expected " + expectation(kind, range) + ", got " + found(value));
  return is_good;
}

void Reader::complain(const Value& at, std::string text) {
  complaints_.push_back({at.position(), at, std::move(text)});
}

void Reader::unknown(const Value& at, std::string_view what,
                     const std::vector<std::string_view>& known) {
  complain(at,
           "unknown " + std::string(what) + ' ' + ticked(at.text()) + nearest(at.text(), known));
}

void Reader::add_unknown_keys(std::vector<Complaint>& complaints) const {
  for (const auto& [node, asked] : asked_) {
    for (const Value& member : Value(*document_, node).children()) {
      if (std::find(asked.begin(), asked.end(), member.key()) != asked.end()) continue;
      const std::vector<std::string_view> known(asked.begin(), asked.end());
      complaints.push_back({member.key_position(), member,
                            "unknown key " + ticked(member.key()) + nearest(member.key(), known)});
    }
  }
}

Status Reader::finish() {
  std::vector<Complaint> complaints = complaints_;
  add_unknown_keys(complaints);
  if (complaints.empty()) return Ok{};
  const auto place = [](const Complaint& complaint) {
    const Position position = complaint.position;
    return std::tuple(position.line, position.column, complaint.at.node_);
  };
  const auto before = [&place](const auto& a, const auto& b) { return place(a) < place(b); };
  std::sort(complaints.begin(), complaints.end(), before);
  std::string text;
  for (std::size_t i = 0; i < std::min(complaints.size(), max_complaints); ++i) {
    const Complaint& complaint = complaints[i];
    const std::string pointer = escaped(complaint.at.pointer());
    if (i > 0) text += '\n';
    text += at(document_->origin(), complaint.position);
    text += (pointer.empty() ? "" : pointer + ": ") + escaped(complaint.text);
  }
  if (complaints.size() > max_complaints)
    text += "\nand " + std::to_string(complaints.size() - max_complaints) + " more";
  return Error{Errc::bad_document, text};
}

}  // namespace json
BARGE_NAMESPACE_END
