// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace barge::explore {
namespace {

/// Hashes values one by one.
class Digest {
 public:
  void add(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15U;
    hash_ ^= hash_ >> 29;
  }
  std::uint64_t value() const { return hash_ * 0xBF58476D1CE4E5B9U; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

/// Puts small fields side by side.
class Packed {
 public:
  template <class T>
  Packed& operator()(T value, unsigned bits) {
    word_ = word_ << bits | (static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << bits) - 1));
    return *this;
  }
  std::uint64_t word() const { return word_; }

 private:
  std::uint64_t word_ = 0;
};

class Coder {
 public:
  Coder(World& world, const Watch& watch, const Rows& first, const Rows& second,
        const Naming& naming)
      : world_(world), watch_(watch), first_(first), second_(second), naming_(naming) {
    for (std::size_t seat = 0; seat < seats; ++seat)
      back_[naming[seat]] = Seat(seat);
  }

  std::uint64_t run() {
    digest_.add(call());
    for (std::size_t seat = 0; seat < seats; ++seat) {
      const Seat own = back_[seat];
      digest_.add(person(own));
      if (!(born_supervisors & bit(own))) continue;
      digest_.add(session(own));
      digest_.add(grant(watch_.side(own).now));
      add_raise(own);
    }
    return digest_.value();
  }

 private:
  /// The newest one; those before it are over, and wait to be told.
  void add_raise(Seat supervisor) {
    const Raise* newest = nullptr;
    std::uint64_t all = 0;
    for (const Raise& raise : watch_.raises()) {
      if (raise.supervisor != supervisor) continue;
      newest = &raise;
      ++all;
    }
    const Line& line = watch_.lines()[supervisor];
    if (newest == nullptr || newest->session != line.session || !line.pending) return;
    digest_.add(std::min<std::uint64_t>(all, 2));
    digest_.add(newest->extends() ? 1 : grant(newest->to));
    digest_.add(phrased(*newest));
  }

  Seats set(Seats original) const { return renamed(original, naming_); }

  std::uint64_t call() const {
    const CallAttributes& attributes = world_.attributes;
    return Packed()(attributes.consent == Consent::withdrawn, 1)(attributes.card_data, 1)(
               attributes.internal, 1)(world_.parked, 1)(world_.authorizer.answers, 3)(
               world_.sink.mode, 2)(std::min(world_.sink.undecided, 3U), 2)(
               set(world_.sink.unattended), 7)(set(watch_.had_company()), 7)(deadline(), 3)
        .word();
  }

  /// How far the next deadline is.
  unsigned deadline() const {
    const auto next = world_.bridge().next_deadline();
    if (!next) return 0;
    const auto left = *next - world_.clock.steady();
    using std::chrono::milliseconds;
    unsigned step = 1;
    for (const auto limit : {milliseconds(0), milliseconds(300), milliseconds(3000),
                             milliseconds(30000), milliseconds(90000)}) {
      if (left <= limit) return step;
      ++step;
    }
    return step;
  }

  std::uint64_t person(Seat seat) const {
    const Line& line = watch_.lines()[seat];
    Packed packed;
    packed(line.here, 1)(line.role, 2)(line.muted, 1)(line.hold, 2)(partner(seat), 3);
    packed((world_.lost() & bit(seat)) != 0, 1);
    for (const Rows* const rows : {&first_, &second_}) {
      const Heard& heard = (*rows)[seat];
      packed(set(heard.voices), 7)(heard.phrases, 3)(heard.phrased > 20, 1)(heard.hold, 1)(
          heard.other, 1);
    }
    return packed.word();
  }

  /// With whom it consults; conversations have no other name.
  Seat partner(Seat seat) const {
    const std::uint32_t conversation = watch_.lines()[seat].conversation;
    if (conversation == 0) return nobody;
    for (std::size_t other = 0; other < seats; ++other) {
      if (other != seat && watch_.lines()[other].conversation == conversation)
        return naming_[other];
    }
    return naming_[seat];
  }

  std::uint64_t session(Seat seat) const {
    const Line& line = watch_.lines()[seat];
    const Side& side = watch_.side(seat);
    Packed packed;
    packed(line.session.has_value(), 1)(line.mode, 3)(line.paused, 1)(side.talking, 1);
    packed(line.pending ? static_cast<unsigned>(*line.pending) + 1 : 0, 3)(set(side.resuming), 7);
    std::array<unsigned, 5> open{};
    unsigned listening = 0;
    for (const ScriptAuthorizer::Question& question : world_.authorizer.open) {
      if (question.subject == seat) ++open[static_cast<std::size_t>(question.mode)];
      if (question.about_listening) ++listening;
    }
    for (const unsigned questions : open)
      packed(std::min(questions, 3U), 2);
    const auto duties = std::count_if(world_.duties.begin(), world_.duties.end(),
                                      [&](const auto& duty) { return duty.second == seat; });
    packed(std::min(listening, 3U), 2)(std::min<std::ptrdiff_t>(duties, 3), 2);
    return packed.word();
  }

  std::uint64_t grant(const Grant& grant) const {
    if (grant.mode == Mode::off) return 0;
    return Packed()(grant.mode, 3)(renamed(grant.agent, naming_), 3)(set(grant.targets), 7)(
               grant.ear, 2)(grant.disposition, 2)(grant.scope, 1)(grant.follow, 1)(
               grant.push_to_talk, 1)(set(grant.authorised), 7)
        .word();
  }

  /// How much of a notice each person has heard for this raise.
  std::uint64_t phrased(const Raise& raise) const {
    Packed packed;
    for (std::size_t seat = 0; seat < seats; ++seat)
      packed(raise.phrased[back_[seat]], 7);
    return packed.word();
  }

  World& world_;
  const Watch& watch_;
  const Rows& first_;
  const Rows& second_;
  const Naming& naming_;
  Naming back_{};
  Digest digest_;
};

}  // namespace

std::uint64_t hash_of(World& world, const Watch& watch, const Rows& first, const Rows& second,
                      const std::vector<Naming>& namings) {
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  for (const Naming& naming : namings)
    smallest = std::min(smallest, Coder(world, watch, first, second, naming).run());
  return smallest;
}

}  // namespace barge::explore
