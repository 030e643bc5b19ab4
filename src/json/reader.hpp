// SPDX-License-Identifier: Apache-2.0
// The strict JSON reader: what every document that a person writes goes through.
//
//   auto document = json::Document::load("policy.json");
//   if (!document) return document.error();
//   json::Reader reader(*document);
//   json::Object root = reader.root();
//   config.realm = root.string("realm", "barge");                    // optional, with its default
//   config.ptime = root.integer("ptime_ms", {10, 60});               // required
//   for (json::Object account : root.objects("accounts"))
//     config.secrets.push_back(account.string("secret"));
//   if (Status status = reader.finish(); !status) return status.error();
//
// Reading never stops at an error: the getters note it and answer with the fallback or an empty
// value. finish() reports all of them at once, sorted, and the keys that nobody asked for.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <barge/config.hpp>
#include <barge/result.hpp>

#include "json/document.hpp"

BARGE_NAMESPACE_BEGIN
namespace json {

enum class Presence : bool { required, may_be_absent };
inline constexpr Presence optional = Presence::may_be_absent;

struct Range {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

/// The names of an enumeration in a document.
template <class T>
using Names = std::vector<std::pair<std::string_view, T>>;

class Reader;

/// A cursor on one object. Every getter makes its key a known one. With a fallback, or `optional`,
/// the member may be absent; without, its absence is an error. Strings are never empty.
class Object {
 public:
  std::string string(std::string_view key);
  std::string string(std::string_view key, std::string_view fallback);
  std::int64_t integer(std::string_view key, Range range);
  std::int64_t integer(std::string_view key, Range range, std::int64_t fallback);
  bool boolean(std::string_view key);
  bool boolean(std::string_view key, bool fallback);

  /// One of the names.
  template <class T>
  T choice(std::string_view key, const Names<T>& names);
  template <class T>
  T choice(std::string_view key, const Names<T>& names, T fallback);

  /// A nested object. An absent optional one answers every getter with its fallback.
  Object object(std::string_view key, Presence presence = Presence::required);

  /// The elements of an array whose elements are all of one kind.
  std::vector<Value> strings(std::string_view key, Presence presence = Presence::required);
  std::vector<Value> integers(std::string_view key, Range range,
                              Presence presence = Presence::required);
  std::vector<Object> objects(std::string_view key, Presence presence = Presence::required);

  /// All members, whatever their names, which are objects.
  std::vector<Object> members();

  /// A member of any kind, to look at or to complain about.
  std::optional<Value> find(std::string_view key);

  /// The object's own name, where it is a member of an object.
  std::string key() const;

  /// Notes an error at the member's value, or at the object where the member is absent.
  void complain(std::string_view key, std::string text);

  /// False for an absent optional object, and for what is no object at all.
  explicit operator bool() const noexcept { return value_.has_value(); }

 private:
  friend class Reader;
  Object(Reader& reader, std::optional<Value> value) noexcept : reader_(&reader), value_(value) {}
  std::optional<Value> read(std::string_view key, Kind kind, Range range, Presence presence);
  std::optional<std::size_t> read_choice(std::string_view key,
                                         const std::vector<std::string_view>& names,
                                         Presence presence);
  std::vector<Value> read_array(std::string_view key, Kind kind, Range range, Presence presence);
  std::vector<Object> open_all(const std::vector<Value>& values);
  Reader* reader_;
  std::optional<Value> value_;
};

/// Reads one document and collects what is wrong with it. Objects belong to their reader.
class Reader {
 public:
  explicit Reader(const Document& document) : document_(&document) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Object root() { return open(document_->root()); }

  /// Notes an error at a value.
  void complain(const Value& at, std::string text);

  /// Notes that a string names no known thing: "unknown role `qa_`; the nearest is `qa`".
  void unknown(const Value& at, std::string_view what, const std::vector<std::string_view>& known);

  /// Success, or bad_document with all errors (the first hundred), one to a line:
  /// `origin:line:column: /json/pointer: what is wrong`.
  Status finish();

 private:
  friend class Object;
  struct Complaint {
    Position position;
    Value at;
    std::string text;
  };
  Object open(const Value& value);
  bool expect(const Value& value, Kind kind, Range range);
  void add_unknown_keys(std::vector<Complaint>& complaints) const;

  const Document* document_;
  std::vector<Complaint> complaints_;
  std::map<std::uint32_t, std::vector<std::string>> asked_;  ///< keys, by the node of the object
};

template <class T>
T Object::choice(std::string_view key, const Names<T>& names) {
  std::vector<std::string_view> spelled;
  for (const auto& [name, value] : names)
    spelled.push_back(name);
  const std::optional<std::size_t> chosen = read_choice(key, spelled, Presence::required);
  return chosen ? names[*chosen].second : T{};
}

template <class T>
T Object::choice(std::string_view key, const Names<T>& names, T fallback) {
  std::vector<std::string_view> spelled;
  for (const auto& [name, value] : names)
    spelled.push_back(name);
  const std::optional<std::size_t> chosen = read_choice(key, spelled, optional);
  return chosen ? names[*chosen].second : fallback;
}

}  // namespace json
BARGE_NAMESPACE_END
