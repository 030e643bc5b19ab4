// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: a document that is well-formed and knows its places, or a clean error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "json/document.hpp"

namespace {

using namespace barge;  // NOLINT: the tests speak the library's words

void require(bool condition) {
  if (!condition) std::abort();
}

// The offset of a position: columns count characters.
std::size_t offset_of(std::string_view text, json::Position position) {
  std::size_t offset = 0;
  for (std::uint32_t line = 1; line < position.line; ++line)
    offset = text.find('\n', offset) + 1;
  for (std::uint32_t column = 1; column < position.column; ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80)
      ++offset;
  }
  return offset;
}

std::string_view first_characters(json::Kind kind) {
  switch (kind) {
    case json::Kind::null:
      return "n";
    case json::Kind::boolean:
      return "tf";
    case json::Kind::integer:
    case json::Kind::real:
      return "-0123456789";
    case json::Kind::string:
      return "\"";
    case json::Kind::array:
      return "[";
    case json::Kind::object:
      return "{";
  }
  return "";
}

void walk(std::string_view text, const json::Value& value, const nlohmann::json& peer) {
  const std::size_t offset = offset_of(text, value.position());
  require(offset < text.size());
  require(first_characters(value.kind()).find(text[offset]) != std::string_view::npos);
  require(peer.is_structured() == (value.kind() >= json::Kind::array));
  if (value.kind() == json::Kind::integer) require(peer.get<std::int64_t>() == value.integer());
  if (value.kind() == json::Kind::string) require(peer.get<std::string>() == value.text());
  const std::vector<json::Value> children = value.children();
  require(peer.is_structured() ? children.size() == peer.size() : children.empty());
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool is_member = value.kind() == json::Kind::object;
    walk(text, children[i], is_member ? peer.at(std::string(children[i].key())) : peer.at(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<json::Document> document = json::Document::parse("fuzz", text);
  if (document) {
    walk(text, document.value().root(), nlohmann::json::parse(text));
    return 0;
  }
  const std::string& message = document.error().message;
  require(document.error().code == Errc::bad_document);
  require(message.compare(0, 5, "fuzz:") == 0);
  for (const char c : message)
    require(static_cast<unsigned char>(c) >= 0x20);
  return 0;
}
