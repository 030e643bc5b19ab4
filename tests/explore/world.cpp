// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace barge::explore {
namespace {

/// Somebody else's, for as long as the program runs: references are not counted, as a count outside
/// of an arena would not be put back with it.
template <class T>
std::shared_ptr<const T> borrowed(const T& value) {
  return {std::shared_ptr<void>(), &value};
}

Clip clip(const std::vector<Sample>& samples) {
  return {SampleRate::hz_8000, borrowed(samples)};
}

const Announcements& announcements() {
  static const std::vector<Sample> phrase(phrase_samples, phrase_unit);
  static const std::vector<Sample> music(frame_samples, hold_bit);
  static const Announcements sounds{{{"n", clip(phrase)}}, clip(music)};
  return sounds;
}

BridgeConfig config() {
  BridgeConfig config;
  config.call = CallGid("c");
  config.format = {SampleRate::hz_8000, frame_samples};
  config.dischargeable = ObligationKind::visual;
  config.announcements = borrowed(announcements());
  return config;
}

Heard taken_apart(const std::array<Sample, frame_samples>& row) {
  Heard heard;
  const Sample last = row.back();
  heard.voices = static_cast<Seats>(last & voices_mask);
  heard.phrases = static_cast<std::uint8_t>((last / phrase_unit) & 7);
  heard.hold = (last & hold_bit) != 0;
  for (const Sample sample : row) {
    const bool known = (sample & ~(voices_mask | 7 * phrase_unit | hold_bit)) == 0;
    heard.other |= !known || (sample & voices_mask) != heard.voices ||
                   ((sample & hold_bit) != 0) != heard.hold;
    if (sample & (7 * phrase_unit)) ++heard.phrased;
  }
  // A notice begins with a frame, and rises from nothing over its first one.
  if (heard.phrases > 0) heard.phrased = frame_samples;
  return heard;
}

}  // namespace

World::World(const Slice& slice) {
  authorizer.generous = slice.generous;
  attributes.consent = Consent::given;
  BridgeConfig own = config();
  own.attributes = attributes;
  bridge_.emplace(Bridge::create(std::move(own), authorizer, sink, clock).value());
  port_.emplace(bridge_->media_port());
  Outcome outcome;
  for (std::size_t seat = 0; seat < nell; ++seat)
    join(Seat(seat), outcome);
  tick();
  static_cast<void>(bridge_->poll());
}

Person World::person(Seat seat) const {
  Person person;
  person.role = born_as(seat);
  person.id = gid_of(seat);
  return person;
}

void World::seat(Seat seat, const Joined& joined) {
  ids_[seat] = joined;
  present_ = static_cast<Seats>(present_ | bit(seat));
  lost_ = static_cast<Seats>(lost_ & ~bit(seat));
}

void World::unseat(Seat seat) {
  ids_[seat] = {};
  present_ = static_cast<Seats>(present_ & ~bit(seat));
  lost_ = static_cast<Seats>(lost_ & ~bit(seat));
}

Seat World::seat_of(ParticipantId id) const {
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (id && ids_[seat].participant == id) return Seat(seat);
  }
  return nobody;
}

Rows World::tick(Seat unpulled, bool silent) {
  auto tick = port_->begin_tick();
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (!(present_ & bit(seat))) continue;
    in_[seat].fill(silent ? Sample{0} : static_cast<Sample>(bit(seat)));
    static_cast<void>(tick.push(ids_[seat].leg, in_[seat]));
  }
  const auto mixed = std::move(tick).mix();
  Rows rows;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (!(present_ & bit(seat)) || seat == unpulled) continue;
    static_cast<void>(mixed.pull(ids_[seat].leg, out_[seat]));
    rows[seat] = taken_apart(out_[seat]);
  }
  return rows;
}

// ── Actions ─────────────────────────────────────────────────────────────────────────────────────

template <class R>
bool World::note(Outcome& outcome, const R& result) {
  if (!result) outcome.error = result.error().code;
  return static_cast<bool>(result);
}

/// Whether the persons that the action names are there, or not yet there, as it needs.
bool World::makes_sense(const Action& action) const {
  switch (action.verb) {
    case Verb::join:
      return !(present_ & bit(action.who));
    case Verb::transfer:
    case Verb::consult:
      if (!(present_ & bit(action.who))) return false;
      return action.other == nell || (present_ & bit(action.other));
    case Verb::request: {
      const Seats named =
          static_cast<Seats>(bit(action.who) | bit(action.grant.agent) | action.grant.targets);
      return (named & ~present_) == 0;
    }
    case Verb::lose:
      return (present_ & ~lost_ & bit(action.who)) != 0;
    default:
      return action.who == nobody || (present_ & bit(action.who));
  }
}

Outcome World::perform(const Action& action) {
  Outcome outcome;
  if (!makes_sense(action)) return outcome;
  outcome.enabled = true;
  ++authorizer.step;
  const ParticipantId who = action.who == nobody ? ParticipantId() : id(action.who);
  switch (action.verb) {
    case Verb::join:
      join(action.who, outcome);
      break;
    case Verb::leave:
      leave(action.who, outcome);
      break;
    case Verb::request:
      request(action, outcome);
      break;
    case Verb::force:
      note(outcome, bridge_->force(who, static_cast<Mode>(action.value), "why"));
      break;
    case Verb::hand_back:
      note(outcome, bridge_->hand_back(who, static_cast<Mode>(action.value)));
      break;
    case Verb::talk:
    case Verb::hush:
      note(outcome, bridge_->set_talking(who, action.verb == Verb::talk));
      break;
    case Verb::mute:
    case Verb::unmute:
      note(outcome, bridge_->set_muted(who, action.verb == Verb::mute));
      break;
    case Verb::hold:
    case Verb::hold_far:
      note(outcome, bridge_->hold(who, action.verb == Verb::hold ? Hold::local : Hold::far_end));
      break;
    case Verb::resume:
      note(outcome, bridge_->resume(who));
      break;
    case Verb::replace_leg: {
      const auto joined = bridge_->replace_leg(who);
      if (note(outcome, joined)) seat(action.who, *joined);
      break;
    }
    case Verb::transfer:
      transfer(action, outcome);
      break;
    case Verb::consult:
      consult(action, outcome);
      break;
    case Verb::end_consult:
      end_consult(outcome);
      break;
    case Verb::park:
      if (note(outcome, bridge_->park())) parked = true;
      break;
    case Verb::retrieve:
      if (note(outcome, bridge_->retrieve())) parked = false;
      break;
    case Verb::consent:
    case Verb::card_data:
    case Verb::internal:
      change_attributes(action.verb, outcome);
      break;
    case Verb::answers:
      authorizer.answers = static_cast<Answers>(action.value);
      break;
    case Verb::set_policy:
      note(outcome, bridge_->set_policy(authorizer));
      break;
    case Verb::audit:
      sink.set(static_cast<Audit>(action.value));
      break;
    case Verb::fulfil:
      complete(Fulfilment::fulfilled, outcome);
      break;
    case Verb::fail_duty:
      complete(Fulfilment::failed, outcome);
      break;
    case Verb::time:
      pass_time(outcome);
      break;
    case Verb::lose:
      outcome.enabled = port_->leg_lost(ids_[action.who].leg);
      if (outcome.enabled) lost_ = static_cast<Seats>(lost_ | bit(action.who));
      break;
    case Verb::poll:
      poll(outcome);
      break;
    case Verb::tick:
    case Verb::tick_without:
      break;  // whoever watches ticks itself
  }
  return outcome;
}

void World::join(Seat seat, Outcome& outcome) {
  const auto joined = bridge_->join(person(seat));
  if (note(outcome, joined)) this->seat(seat, *joined);
}

void World::leave(Seat seat, Outcome& outcome) {
  if (note(outcome, bridge_->leave(id(seat)))) unseat(seat);
}

void World::request(const Action& action, Outcome& outcome) {
  const Grant& grant = action.grant;
  ModeRequest request;
  request.mode = grant.mode;
  if (grant.agent != nobody) request.agent = id(grant.agent);
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (grant.targets & bit(seat)) request.targets.push_back(id(Seat(seat)));
  }
  request.ear = grant.ear;
  request.disposition = grant.disposition;
  request.scope = grant.scope;
  request.follow = grant.follow;
  request.push_to_talk = grant.push_to_talk;
  auto answer = bridge_->request(id(action.who), request);
  if (note(outcome, answer)) outcome.answer = std::move(*answer);
}

void World::transfer(const Action& action, Outcome& outcome) {
  Transfer transfer{id(action.who), {}, {}};
  const bool is_here = (present_ & bit(action.other)) != 0;
  if (is_here) transfer.to = id(action.other);
  if (!is_here) transfer.to = person(action.other);
  const auto joined = bridge_->transfer(transfer);
  if (!note(outcome, joined)) return;
  unseat(action.who);
  const bool was_lost = is_here && (lost_ & bit(action.other));
  seat(action.other, *joined);
  if (was_lost) lost_ = static_cast<Seats>(lost_ | bit(action.other));
}

void World::consult(const Action& action, Outcome& outcome) {
  Party with = person(action.other);
  if (present_ & bit(action.other)) with = id(action.other);
  const auto consultation = bridge_->consult(id(action.who), with);
  if (!note(outcome, consultation)) return;
  if (!(present_ & bit(action.other))) seat(action.other, consultation->with);
}

/// Ends the first one.
void World::end_consult(Outcome& outcome) {
  outcome.enabled = false;
  for (const ParticipantInfo& info : bridge_->participants().value()) {
    if (info.conversation == ConversationId::main) continue;
    outcome.enabled = true;
    note(outcome, bridge_->end_consult(info.conversation));
    return;
  }
}

void World::change_attributes(Verb verb, Outcome& outcome) {
  CallAttributes changed = attributes;
  if (verb == Verb::card_data) changed.card_data = !changed.card_data;
  if (verb == Verb::internal) changed.internal = !changed.internal;
  if (verb == Verb::consent) {
    changed.consent = changed.consent == Consent::given ? Consent::withdrawn : Consent::given;
  }
  if (note(outcome, bridge_->set_attributes(changed))) attributes = changed;
}

/// Of the oldest duty that still waits.
void World::complete(Fulfilment fulfilment, Outcome& outcome) {
  outcome.enabled = false;
  while (!duties.empty() && !outcome.enabled) {
    const ObligationId duty = duties.front().first;
    duties.erase(duties.begin());
    outcome.enabled = static_cast<bool>(bridge_->complete(duty, fulfilment));
  }
}

void World::pass_time(Outcome& outcome) {
  const auto next = bridge_->next_deadline();
  outcome.enabled = next.has_value() && *next > clock.steady();
  if (outcome.enabled) clock.go_to(*next);
}

void World::poll(Outcome& outcome) {
  outcome.events = bridge_->poll();
  for (const Event& event : outcome.events) {
    if (const auto* const due = std::get_if<ObligationDue>(&event)) {
      for (const ParticipantInfo& info : bridge_->participants().value()) {
        if (info.session == due->session) duties.emplace_back(due->obligation, seat_of(info.id));
      }
    }
  }
}

}  // namespace barge::explore
