// SPDX-License-Identifier: Apache-2.0
// A JSON document whose every value knows its line, its column and its JSON Pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <barge/config.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN
namespace json {

/// What a document may be at most.
struct Limits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t depth = 16;          ///< of objects and arrays inside each other
  std::size_t string_bytes = 256;  ///< of a string, a key or a number, unescaped
  std::size_t values = 8'000'000;  ///< of any kind; bounds the memory of many tiny values
};

/// Where something begins, both from 1. Columns count characters, not bytes.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

enum class Kind : std::uint8_t { null, boolean, integer, real, string, array, object };

class Document;

/// One value of a document: a view that is valid as long as the document.
class Value {
 public:
  Kind kind() const noexcept;
  Position position() const noexcept;
  /// RFC 6901: "/rules/0/effect"; empty for the root.
  std::string pointer() const;

  bool boolean() const noexcept;           ///< of a boolean
  std::int64_t integer() const noexcept;   ///< of an integer
  std::string_view text() const noexcept;  ///< of a string, or the spelling of a real
  std::vector<Value> children() const;     ///< of an array or object, in order

  /// The name and its place, for a member of an object.
  std::string_view key() const noexcept;
  Position key_position() const noexcept;

 private:
  friend class Document;
  friend class Object;
  friend class Reader;
  Value(const Document& document, std::uint32_t node) noexcept
      : document_(&document), node_(node) {}
  const Document* document_;
  std::uint32_t node_;
};

/// A parsed JSON text (RFC 8259), immutable. Refused: duplicate keys, bad UTF-8, a byte order mark,
/// comments, trailing content, and what exceeds the limits. Values point into it: it stays put.
class Document {
 public:
  /// Parses a text; the origin is what errors call it.
  static Result<Document> parse(std::string origin, std::string_view text, Limits limits = {});

  /// Reads and parses a file. Fails with io or bad_document.
  static Result<Document> load(const std::string& path, Limits limits = {});

  const std::string& origin() const noexcept { return origin_; }
  Value root() const noexcept { return {*this, 0}; }

 private:
  friend class Value;
  friend class Builder;
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  struct Node {
    Kind kind = Kind::null;
    Position position;
    std::uint32_t parent = none;
    std::uint32_t key = none;    ///< the node of the member's name
    std::uint32_t first = none;  ///< child
    std::uint32_t next = none;   ///< sibling
    std::uint32_t length = 0;    ///< of the text
    std::int64_t number = 0;     ///< the integer, the boolean, or where the text begins
  };

  std::string origin_;
  std::vector<Node> nodes_;
  std::string texts_;
};

/// The bytes of a file, as far as the limits let a document go (and a little further). Fails with
/// io.
Result<std::string> read_file(const std::string& path, Limits limits = {});

}  // namespace json
BARGE_NAMESPACE_END
