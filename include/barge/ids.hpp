// SPDX-License-Identifier: Apache-2.0
// Strong ids. Local handles (legs, participants, sessions) carry a generation, so that a handle to
// something that left is refused and never applied to whoever sits in its slot now. Global ids mean
// the same on every node and in the audit log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// A local handle: a slot and the generation of its occupant. Generation 0 is "nobody".
/// Thread: any. Realtime-safe: yes.
template <class Tag>
class Handle {
 public:
  constexpr Handle() noexcept = default;
  constexpr explicit Handle(std::uint32_t slot, std::uint32_t generation) noexcept
      : slot_(slot), generation_(generation) {}

  constexpr std::uint32_t slot() const noexcept { return slot_; }
  constexpr std::uint32_t generation() const noexcept { return generation_; }
  constexpr explicit operator bool() const noexcept { return generation_ != 0; }

  friend constexpr bool operator==(Handle a, Handle b) noexcept {
    return a.slot_ == b.slot_ && a.generation_ == b.generation_;
  }
  friend constexpr bool operator!=(Handle a, Handle b) noexcept { return !(a == b); }
  friend constexpr bool operator<(Handle a, Handle b) noexcept {
    return a.slot_ != b.slot_ ? a.slot_ < b.slot_ : a.generation_ < b.generation_;
  }

 private:
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

using LegId = Handle<struct LegTag>;
using ParticipantId = Handle<struct ParticipantTag>;
using SessionId = Handle<struct SessionTag>;

/// An id that is the same on every node and in the audit log: the host's own string (a SIP Call-ID,
/// an employee number, a UUID). Empty means "none".
/// Thread: any. Realtime-safe: no.
template <class Tag>
class GlobalId {
 public:
  GlobalId() = default;
  explicit GlobalId(std::string text) : text_(std::move(text)) {}

  /// The id of 128 bits as 32 lower-case hexadecimal digits.
  static GlobalId from_bits(std::uint64_t high, std::uint64_t low) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(32, '0');
    for (std::size_t i = 0; i < 16; ++i) {
      text[15 - i] = digits[(high >> (4 * i)) & 0xF];
      text[31 - i] = digits[(low >> (4 * i)) & 0xF];
    }
    return GlobalId(std::move(text));
  }

  const std::string& text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }

  friend bool operator==(const GlobalId& a, const GlobalId& b) { return a.text_ == b.text_; }
  friend bool operator!=(const GlobalId& a, const GlobalId& b) { return !(a == b); }
  friend bool operator<(const GlobalId& a, const GlobalId& b) { return a.text_ < b.text_; }

 private:
  std::string text_;
};

using CallGid = GlobalId<struct CallGidTag>;
using PersonGid = GlobalId<struct PersonGidTag>;
using SessionGid = GlobalId<struct SessionGidTag>;
/// Names one command of a host; repeating it with the same content returns the first answer.
using CommandId = GlobalId<struct CommandIdTag>;

BARGE_NAMESPACE_END
