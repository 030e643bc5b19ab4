// SPDX-License-Identifier: Apache-2.0
// Where tokens are, seen from outside the parser: an iterator that follows what the lexer takes.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include <barge/config.hpp>

#include "json/document.hpp"

BARGE_NAMESPACE_BEGIN
namespace json {

struct Mark {
  std::size_t offset = 0;
  Position position;
};

// Follows the bytes that the lexer takes, just closely enough to know where tokens begin.
class Counter {
 public:
  void count(char c) {
    if (in_string_) {
      if (escaped_ || c == '\\') {
        escaped_ = !escaped_;
      } else if (c == '"') {
        in_string_ = false;
      }
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      in_word_ = false;
    } else if (std::string_view("{}[]:,\"").find(c) != std::string_view::npos) {
      in_word_ = false;
      in_string_ = c == '"';
      begin(c == '{' || c == '[' || c == '"');
    } else if (!in_word_) {
      in_word_ = true;
      begin(true);
    }
    advance(c);
  }

  // The token that ends before the offset. The lexer reads one byte past a number, so that the
  // last token may be the one after.
  const Mark& token_before(std::size_t offset) const {
    return token_.offset < offset ? token_ : value_;
  }
  // The last string, number, literal or opening bracket.
  const Mark& value() const { return value_; }
  // The last byte that was taken.
  const Mark& last() const { return last_; }
  const Mark& here() const { return here_; }

 private:
  void begin(bool is_value) {
    token_ = here_;
    if (is_value) value_ = here_;
  }
  void advance(char c) {
    last_ = here_;
    ++here_.offset;
    if (c == '\n') {
      ++here_.position.line;
      here_.position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++here_.position.column;
    }
  }

  Mark here_;
  Mark last_;
  Mark token_;
  Mark value_;
  bool in_string_ = false;
  bool escaped_ = false;
  bool in_word_ = false;
};

class CountingIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Counter& counter) : at_(at), counter_(&counter) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    counter_->count(*at_++);
    return *this;
  }
  friend bool operator==(CountingIterator a, CountingIterator b) { return a.at_ == b.at_; }
  friend bool operator!=(CountingIterator a, CountingIterator b) { return !(a == b); }

 private:
  const char* at_;
  Counter* counter_;
};

}  // namespace json
BARGE_NAMESPACE_END
