// SPDX-License-Identifier: Apache-2.0
#include "json/document.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "json/counter.hpp"
#include "json/text.hpp"

BARGE_NAMESPACE_BEGIN
namespace json {
namespace {

// nlohmann says "[…] parse error at line 1, column 2: syntax error while parsing value - unexpected
// '}'; expected end of input"; only what follows the dash is for people.
std::string plain_reason(std::string_view what) {
  const std::size_t dash = what.find(" - ");
  const std::size_t bracket = what.find("] ");
  if (dash != std::string_view::npos) {
    what.remove_prefix(dash + 3);
  } else if (bracket != std::string_view::npos) {
    what.remove_prefix(bracket + 2);
  }
  std::string reason(what.substr(0, what.find("; last read: ")));
  std::replace(reason.begin(), reason.end(), '\'', '`');
  return reason;
}

}  // namespace

// Receives the parser's events and builds the nodes; stops at the first refusal.
class Builder {
 public:
  Builder(Document& document, const Limits& limits, std::string_view text)
      : document_(document), limits_(limits), text_(text) {}

  bool null() { return add(Kind::null); }
  bool boolean(bool value) { return add(Kind::boolean, value ? 1 : 0); }
  bool number_integer(std::int64_t value) { return add(Kind::integer, value); }
  bool number_unsigned(std::uint64_t value) {
    constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
    if (value > max) return add_text(Kind::real, std::to_string(value));
    return add(Kind::integer, static_cast<std::int64_t>(value));
  }
  bool number_float(double, const std::string& spelling) { return add_text(Kind::real, spelling); }
  bool string(const std::string& value) { return add_text(Kind::string, value); }
  bool binary(const nlohmann::json::binary_t&) { return false; }  // JSON has none

  bool key(const std::string& name) {
    const auto [first, is_new] = open_.back().keys.emplace(name, counter_.value().position);
    if (!is_new) {
      const Position before = first->second;
      return refuse(counter_.value().position, "duplicate key " + ticked(name) + ", first at " +
                                                   std::to_string(before.line) + ':' +
                                                   std::to_string(before.column));
    }
    Document::Node node;
    node.kind = Kind::string;
    if (!store_text(node, name) || !push(node)) return false;
    open_.back().key = last_node();
    return true;
  }

  bool start_object(std::size_t) { return enter(Kind::object); }
  bool start_array(std::size_t) { return enter(Kind::array); }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }

  bool parse_error(std::size_t end, const std::string&, const nlohmann::json::exception& error) {
    const std::string_view what = error.what();
    const bool is_malformed = what.find("; last read: ") != std::string_view::npos;
    const Mark& token = is_malformed ? counter_.value() : counter_.token_before(end);
    const char first = token.offset < text_.size() ? text_[token.offset] : '\0';
    const bool is_over = !document_.nodes_.empty() && open_.empty();
    if (end > text_.size()) return refuse(counter_.here().position, plain_reason(what));
    if (first == '/') return refuse(token.position, "comments are not allowed");
    if (is_over) return refuse(token.position, "unexpected content after the end of the document");
    if (is_malformed && first == '"') return refuse(counter_.last().position, plain_reason(what));
    return refuse(token.position, plain_reason(what));
  }

  bool refuse(Position position, const std::string& text) {
    error_ = {Errc::bad_document, at(document_.origin_, position) + text};
    return false;
  }

  bool build() {
    const char* begin = text_.data();
    return nlohmann::json::sax_parse(CountingIterator(begin, counter_),
                                     CountingIterator(begin + text_.size(), counter_), this);
  }

  Error error() const { return error_; }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last_child = Document::none;
    std::uint32_t key = Document::none;
    std::unordered_map<std::string, Position> keys;
  };

  std::uint32_t last_node() const {
    return static_cast<std::uint32_t>(document_.nodes_.size() - 1);
  }

  bool push(Document::Node node) {
    if (document_.nodes_.size() >= limits_.values) {
      return refuse(counter_.value().position,
                    "more than " + std::to_string(limits_.values) + " values");
    }
    node.position = counter_.value().position;
    document_.nodes_.push_back(node);
    return true;
  }

  bool add(Kind kind, std::int64_t number = 0) {
    Document::Node node;
    node.kind = kind;
    node.number = number;
    return link(node);
  }

  bool add_text(Kind kind, const std::string& text) {
    Document::Node node;
    node.kind = kind;
    return store_text(node, text) && link(node);
  }

  bool store_text(Document::Node& node, const std::string& text) {
    if (text.size() > limits_.string_bytes) {
      return refuse(counter_.value().position,
                    "longer than " + std::to_string(limits_.string_bytes) + " bytes");
    }
    node.number = static_cast<std::int64_t>(document_.texts_.size());
    node.length = static_cast<std::uint32_t>(text.size());
    document_.texts_ += text;
    return true;
  }

  bool link(Document::Node node) {
    if (open_.empty()) return push(node);
    Open& parent = open_.back();
    node.parent = parent.node;
    node.key = parent.key;
    if (!push(node)) return false;
    auto& nodes = document_.nodes_;
    const bool is_first = parent.last_child == Document::none;
    (is_first ? nodes[parent.node].first : nodes[parent.last_child].next) = last_node();
    parent.last_child = last_node();
    return true;
  }

  bool enter(Kind kind) {
    if (open_.size() >= limits_.depth) {
      return refuse(counter_.value().position,
                    "nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    if (!add(kind)) return false;
    open_.push_back({last_node(), Document::none, Document::none, {}});
    return true;
  }

  bool leave() {
    open_.pop_back();
    return true;
  }

  Document& document_;
  const Limits& limits_;
  std::string_view text_;
  Counter counter_;
  std::vector<Open> open_;
  Error error_;
};

Result<Document> Document::parse(std::string origin, std::string_view text, Limits limits) {
  Document document;
  document.origin_ = std::move(origin);
  Builder builder(document, limits, text);
  if (text.size() > limits.bytes) {
    builder.refuse({}, "longer than " + std::to_string(limits.bytes) + " bytes");
    return builder.error();
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    builder.refuse({}, "begins with a byte order mark; expected plain UTF-8");
    return builder.error();
  }
  // The parser takes a NUL for the end of its input.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    Counter counter;
    for (const char c : text.substr(0, nul))
      counter.count(c);
    builder.refuse(counter.here().position, "unexpected NUL byte");
    return builder.error();
  }
  if (!builder.build()) return builder.error();
  return document;
}

Result<Document> Document::load(const std::string& path, Limits limits) {
  const Result<std::string> text = read_file(path, limits);
  if (!text) return text.error();
  return parse(path, text.value(), limits);
}

Result<std::string> read_file(const std::string& path, Limits limits) {
  const auto failed = [&path](int error) {
    return Error{Errc::io, path + ": cannot read: " + std::generic_category().message(error)};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return failed(errno);
  std::string text;
  char block[65536];
  std::size_t size = sizeof block;
  while (size == sizeof block && text.size() <= limits.bytes) {
    size = std::fread(block, 1, sizeof block, file.get());
    text.append(block, size);
  }
  if (std::ferror(file.get()) != 0) return failed(errno);
  return text;
}

Kind Value::kind() const noexcept {
  return document_->nodes_[node_].kind;
}
Position Value::position() const noexcept {
  return document_->nodes_[node_].position;
}
bool Value::boolean() const noexcept {
  return document_->nodes_[node_].number != 0;
}
std::int64_t Value::integer() const noexcept {
  return document_->nodes_[node_].number;
}

std::string_view Value::text() const noexcept {
  const Document::Node& node = document_->nodes_[node_];
  return std::string_view(document_->texts_)
      .substr(static_cast<std::size_t>(node.number), node.length);
}

std::string_view Value::key() const noexcept {
  const std::uint32_t key = document_->nodes_[node_].key;
  return key == Document::none ? std::string_view() : Value(*document_, key).text();
}

Position Value::key_position() const noexcept {
  const std::uint32_t key = document_->nodes_[node_].key;
  return key == Document::none ? position() : document_->nodes_[key].position;
}

std::vector<Value> Value::children() const {
  std::vector<Value> values;
  const auto& nodes = document_->nodes_;
  for (std::uint32_t child = nodes[node_].first; child != Document::none; child = nodes[child].next)
    values.push_back({*document_, child});
  return values;
}

std::string Value::pointer() const {
  const auto& nodes = document_->nodes_;
  const std::uint32_t parent = nodes[node_].parent;
  if (parent == Document::none) return "";
  std::string token;
  if (nodes[parent].kind == Kind::object) {
    for (const char c : key())
      token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  } else {
    std::size_t index = 0;
    for (std::uint32_t child = nodes[parent].first; child != node_; child = nodes[child].next)
      ++index;
    token = std::to_string(index);
  }
  return Value(*document_, parent).pointer() + '/' + token;
}

}  // namespace json
BARGE_NAMESPACE_END
