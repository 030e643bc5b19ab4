// SPDX-License-Identifier: Apache-2.0
// A real bridge with its persons, driven by actions and by media ticks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alphabet.hpp"
#include "script.hpp"

namespace barge::explore {

inline constexpr std::uint32_t frame_samples = 40;    // 5 ms at 8 kHz: as long as a ramp
inline constexpr std::uint32_t phrase_samples = 100;  // a notice of three ticks

// Every person says a bit of its own. Sounds have bits that no sum of voices reaches: two notices
// may sound at once, the hold source once.
inline constexpr Sample voices_mask = 0x7F;
inline constexpr Sample phrase_unit = 0x100;
inline constexpr Sample hold_bit = 0x1000;

/// What a person's row of one tick is made of.
struct Heard {
  Seats voices = 0;
  std::uint8_t phrases = 0;  ///< how many notices at the end of the frame
  bool hold = false;
  bool other = false;        ///< something that is none of these: a cue
  std::uint8_t phrased = 0;  ///< samples of a notice
  friend bool operator==(const Heard& a, const Heard& b) {
    return a.voices == b.voices && a.phrases == b.phrases && a.hold == b.hold && a.other == b.other;
  }
};
using Rows = std::array<Heard, seats>;

/// How an action ended.
struct Outcome {
  bool enabled = false;
  std::optional<Errc> error;
  std::optional<Requested> answer;  ///< of a request
  std::vector<Event> events;        ///< of a poll
};

class World {
 public:
  explicit World(const Slice& slice);

  /// Does one action. One that makes no sense now is not enabled, and changes nothing.
  Outcome perform(const Action& action);

  /// A tick in which everybody is pulled but one. With silent persons, rows are sounds alone.
  Rows tick(Seat unpulled = nobody, bool silent = false);

  /// The samples of the latest tick, by listener.
  using Samples = std::array<std::array<Sample, frame_samples>, seats>;
  const Samples& samples() const { return out_; }

  Bridge& bridge() { return *bridge_; }
  Seats present() const { return present_; }
  Seats lost() const { return lost_; }
  ParticipantId id(Seat seat) const { return ids_[seat].participant; }
  Seat seat_of(ParticipantId id) const;

  ScriptClock clock;
  ScriptAuthorizer authorizer;
  ScriptSink sink;
  CallAttributes attributes;
  bool parked = false;
  std::vector<std::pair<ObligationId, Seat>> duties;  ///< that the host was asked for

 private:
  template <class R>
  bool note(Outcome& outcome, const R& result);
  void join(Seat seat, Outcome& outcome);
  void leave(Seat seat, Outcome& outcome);
  void request(const Action& action, Outcome& outcome);
  void transfer(const Action& action, Outcome& outcome);
  void consult(const Action& action, Outcome& outcome);
  void end_consult(Outcome& outcome);
  void change_attributes(Verb verb, Outcome& outcome);
  void complete(Fulfilment fulfilment, Outcome& outcome);
  void pass_time(Outcome& outcome);
  void poll(Outcome& outcome);
  bool makes_sense(const Action& action) const;
  Person person(Seat seat) const;
  void seat(Seat seat, const Joined& joined);
  void unseat(Seat seat);

  std::optional<Bridge> bridge_;
  std::optional<MediaPort> port_;
  std::array<Joined, seats> ids_{};
  Seats present_ = 0;
  Seats lost_ = 0;
  Samples in_{}, out_{};
};

}  // namespace barge::explore
