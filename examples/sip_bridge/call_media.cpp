// SPDX-License-Identifier: Apache-2.0
// The tick of a call: everything that arrived in, one frame for everybody out.
#include <utility>

#include "call.hpp"

namespace sip_bridge {

void Call::tick() {
  receive();
  if (!is_live()) return;
  mix();
  for (const auto& party : parties_)
    look_for_life(*party);
  poll();
  if (is_live()) give_up_if_unattended();
}

void Call::receive() {
  std::vector<std::pair<DialogId, char>> pressed;
  std::vector<char> digits;
  for (const auto& party : parties_) {
    digits.clear();
    party->leg->receive(digits);
    // A customer's or an agent's digits mean nothing here, and nobody's are passed on.
    if (party->account->role != barge::Role::supervisor) continue;
    for (const char digit : digits)
      pressed.emplace_back(party->dialog, digit);
  }
  for (const auto& [dialog, digit] : pressed) {
    Party* const supervisor = find(dialog);  // an earlier digit may have ended it
    if (supervisor != nullptr && supervisor->answered) press(*supervisor, digit);
  }
}

void Call::mix() {
  barge::Tick tick = port_->begin_tick();
  for (const auto& party : parties_) {
    if (party->leg->take(party->heard_from)) tick.push(party->joined.leg, party->heard_from);
  }
  const barge::MixedTick mixed = std::move(tick).mix();

  encoded_.clear();
  for (const auto& party : parties_) {
    mixed.pull(party->joined.leg, party->hears);
    if (!party->answered) continue;
    const std::uint32_t row = mixed.row(party->joined.leg).id;
    party->leg->send(encode_once(row, party->leg->codec(), party->hears));
  }
}

// Rows with equal ids are equal: whoever hears the same in the same codec shares the encoding.
const Payload& Call::encode_once(std::uint32_t row, Codec codec, barge::Frame samples) {
  for (const EncodedRow& known : encoded_) {
    if (known.row == row && known.codec == codec) return known.payload;
  }
  EncodedRow& fresh = encoded_.emplace_back(EncodedRow{row, codec, Payload(samples.size())});
  coder(codec).encode(samples, fresh.payload);
  return fresh.payload;
}

// Silence is no death: a phone may be on hold, or send nothing while nobody speaks. Who has been
// silent for long is asked, and who does not answer either is gone.
void Call::look_for_life(Party& party) {
  const auto now = Leg::Clock::now();
  if (!party.answered || now - party.leg->last_heard() < services_.config.dead_leg) {
    party.asked_for_life.reset();
    return;
  }
  if (!party.asked_for_life) {
    party.asked_for_life = now;
    services_.signalling.probe(party.dialog);
  } else if (now - *party.asked_for_life > services_.config.probe_timeout && !party.lost) {
    party.lost = port_->leg_lost(party.joined.leg);
    if (party.lost) log(&party, "has vanished: no media, and no answer");
  }
}

// The host of a bridge has to bring somebody in time. This one has nobody to bring, so it ends the
// call, unless somebody has come by then. An agent who has put it on hold has not left.
void Call::give_up_if_unattended() {
  if (!unattended_until_ || Leg::Clock::now() < *unattended_until_) return;
  const bool attended =
      find_if([](const Party& party) {
        return party.account->role == barge::Role::agent || party.mode >= barge::Mode::barge;
      }) != nullptr;
  if (!attended) hang_up("nobody is left for the customer");
}

}  // namespace sip_bridge
