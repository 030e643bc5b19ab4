// SPDX-License-Identifier: Apache-2.0
// What is explored together. The bridge always has two customers, two agents and two supervisors;
// the slices differ in what may happen to it.
#include "alphabet.hpp"

namespace barge::explore {
namespace {

using Actions = std::vector<Action>;

Action act(Verb verb, Seat who = nobody, Seat other = nobody) {
  return {verb, who, other, 0, {}};
}
template <class Value>
Action with(Verb verb, Value value, Seat who = nobody) {
  return {verb, who, nobody, static_cast<std::uint8_t>(value), {}};
}
Action ask(Seat supervisor, const Grant& grant) {
  return {Verb::request, supervisor, nobody, 0, grant};
}
void add(Actions& actions, const Actions& more) {
  actions.insert(actions.end(), more.begin(), more.end());
}

Grant in(Mode mode, Seat agent) {
  Grant grant;
  grant.mode = mode;
  grant.agent = agent;
  if (mode == Mode::whisper) grant.targets = bit(agent);
  return grant;
}
Grant takeover(Seat agent, Disposition disposition) {
  Grant grant = in(Mode::takeover, agent);
  grant.disposition = disposition;
  return grant;
}

/// One mode of each kind.
Actions plain_modes(Seat supervisor, Seat agent) {
  return {ask(supervisor, in(Mode::monitor, agent)), ask(supervisor, in(Mode::whisper, agent)),
          ask(supervisor, in(Mode::barge, agent)),
          ask(supervisor, takeover(agent, Disposition::hold))};
}

/// Everything else that can be asked for.
Actions further_modes(Seat supervisor, Seat agent) {
  Grant side = in(Mode::monitor, agent), customer = in(Mode::whisper, agent);
  side.ear = Ear::customer_side;
  customer.targets = bit(carol);
  Grant both = customer, other_customer = customer;
  both.targets = static_cast<Seats>(bit(agent) | bit(carol));
  other_customer.targets = bit(cyril);
  Grant other_side = side;
  other_side.ear = Ear::agent_side;
  Grant all = takeover(agent, Disposition::hold), follows = in(Mode::barge, agent);
  all.scope = AgentScope::all;
  follows.follow = Follow::agent;
  Grant monitor_follows = in(Mode::monitor, agent), key = in(Mode::barge, agent);
  monitor_follows.follow = Follow::agent;
  key.push_to_talk = true;
  Grant takeover_by_key = takeover(agent, Disposition::hold);
  takeover_by_key.push_to_talk = true;
  return {ask(supervisor, side),
          ask(supervisor, other_side),
          ask(supervisor, customer),
          ask(supervisor, other_customer),
          ask(supervisor, both),
          ask(supervisor, key),
          ask(supervisor, follows),
          ask(supervisor, monitor_follows),
          ask(supervisor, takeover(agent, Disposition::listen)),
          ask(supervisor, takeover(agent, Disposition::drop)),
          ask(supervisor, takeover_by_key),
          ask(supervisor, all)};
}

Actions coaching(Seat coach, Seat other) {
  return {ask(coach, in(Mode::monitor, other)), ask(coach, in(Mode::whisper, other))};
}

Actions lowerings(Seat supervisor) {
  return {ask(supervisor, {}), with(Verb::force, Mode::off, supervisor),
          with(Verb::force, Mode::monitor, supervisor),
          with(Verb::hand_back, Mode::monitor, supervisor)};
}

Actions answers() {
  Actions actions;
  for (const auto each :
       {Answers::permit, Answers::notice, Answers::duty, Answers::deny, Answers::withheld})
    actions.push_back(with(Verb::answers, each));
  return actions;
}

Actions audits() {
  return {with(Verb::audit, Audit::at_once), with(Verb::audit, Audit::held),
          with(Verb::audit, Audit::failing)};
}

Actions duties() {
  return {act(Verb::fulfil), act(Verb::fail_duty)};
}

Actions media() {
  return {act(Verb::poll), act(Verb::tick), act(Verb::time)};
}

Actions holds(Seat seat) {
  return {act(Verb::hold, seat), act(Verb::resume, seat)};
}

Actions comes_and_goes(Seat seat) {
  return {act(Verb::join, seat), act(Verb::leave, seat)};
}

Actions mutes(Seat seat) {
  return {act(Verb::mute, seat), act(Verb::unmute, seat)};
}

Actions leg(Seat seat) {
  return {act(Verb::lose, seat), act(Verb::replace_leg, seat)};
}

Actions attributes() {
  return {act(Verb::consent), act(Verb::card_data), act(Verb::internal)};
}

Actions parking() {
  return {act(Verb::park), act(Verb::retrieve)};
}

Actions transfers(Seat from, Seat other) {
  return {act(Verb::transfer, from, nell), act(Verb::transfer, from, other),
          act(Verb::transfer, from, sue), act(Verb::transfer, from, sam)};
}

Actions consultations(Seat agent, Seat other) {
  return {act(Verb::consult, agent, nell), act(Verb::consult, agent, other),
          act(Verb::consult, agent, sue), act(Verb::consult, agent, sam)};
}

// ── Slices that are explored to the end ─────────────────────────────────────────────────────────

/// How a raise goes on: every answer, every fate of the record, every duty.
Slice raising(const char* name, const Actions& modes) {
  Slice slice{name, "one supervisor's raises, step by step", {}, {{}}};
  slice.alphabet = modes;
  slice.alphabet.push_back(ask(sue, {}));
  add(slice.alphabet, {with(Verb::answers, Answers::permit), with(Verb::answers, Answers::duty),
                       with(Verb::answers, Answers::deny), with(Verb::answers, Answers::withheld)});
  add(slice.alphabet, audits());
  add(slice.alphabet, duties());
  add(slice.alphabet, media());
  return slice;
}

/// Raises while the call changes under them.
Slice noticing(const char* name, const Actions& changes) {
  Slice slice{name, "raises after a notice, while the call changes under them", {}, {}};
  slice.roots = {{with(Verb::answers, Answers::notice)}};
  slice.alphabet = {ask(sue, in(Mode::barge, alex)), ask(sue, {}), act(Verb::tick_without, carol)};
  add(slice.alphabet, media());
  add(slice.alphabet, changes);
  return slice;
}

Slice two_supervisors() {
  Slice slice{"two", "two supervisors in each other's way", {}, {{}}, true};
  for (const Seat seat : {sue, sam}) {
    for (const Seat agent : {alex, amy}) {
      slice.alphabet.push_back(ask(seat, in(Mode::barge, agent)));
      slice.alphabet.push_back(ask(seat, takeover(agent, Disposition::hold)));
    }
    slice.alphabet.push_back(ask(seat, {}));
    slice.alphabet.push_back(with(Verb::hand_back, Mode::monitor, seat));
    add(slice.alphabet, comes_and_goes(seat));
    add(slice.alphabet, leg(seat));
  }
  for (const Seat agent : {alex, amy})
    add(slice.alphabet, comes_and_goes(agent));
  return slice;
}

Slice moving() {
  Slice slice{"moving", "one supervisor while the call moves", {}, {{}}, true};
  add(slice.alphabet, plain_modes(sue, alex));
  slice.alphabet.push_back(ask(sue, {}));
  slice.alphabet.push_back(act(Verb::time));
  add(slice.alphabet, holds(carol));
  add(slice.alphabet, parking());
  add(slice.alphabet, {act(Verb::transfer, alex, nell), act(Verb::transfer, alex, amy),
                       act(Verb::consult, alex, amy), act(Verb::end_consult)});
  add(slice.alphabet, comes_and_goes(alex));
  add(slice.alphabet, comes_and_goes(amy));
  slice.alphabet.push_back(act(Verb::leave, nell));
  return slice;
}

Slice sensitive() {
  Slice slice{"sensitive", "consent, card data and colleagues", {}, {{}}, true, true};
  for (const Seat seat : {sue, sam}) {
    slice.alphabet.push_back(ask(seat, in(Mode::monitor, alex)));
    slice.alphabet.push_back(ask(seat, in(Mode::barge, alex)));
    slice.alphabet.push_back(ask(seat, takeover(alex, Disposition::listen)));
    slice.alphabet.push_back(ask(seat, {}));
  }
  add(slice.alphabet, attributes());
  add(slice.alphabet, comes_and_goes(alex));
  add(slice.alphabet, comes_and_goes(amy));
  add(slice.alphabet, holds(amy));
  add(slice.alphabet, {act(Verb::consult, alex, amy), act(Verb::end_consult)});
  return slice;
}

// ── Everything ──────────────────────────────────────────────────────────────────────────────────

/// Calls on which much has happened already: what follows on them is not far then.
std::vector<Actions> beginnings() {
  Grant all = takeover(alex, Disposition::drop);
  all.scope = AgentScope::all;
  Grant key = in(Mode::barge, amy);
  key.push_to_talk = true;
  return {
      {},
      {ask(sue, in(Mode::barge, alex)), ask(sam, in(Mode::monitor, amy))},
      {ask(sue, takeover(alex, Disposition::hold)), ask(sam, key), act(Verb::talk, sam)},
      {ask(sue, in(Mode::whisper, alex)), ask(sam, in(Mode::monitor, sue))},
      {ask(sue, all), act(Verb::park)},
      {ask(sue, in(Mode::barge, alex)), act(Verb::leave, amy), act(Verb::leave, alex)},
      {ask(sue, in(Mode::whisper, alex)), act(Verb::consult, alex, nell), act(Verb::hold, carol)},
      {act(Verb::leave, cyril), act(Verb::leave, amy), act(Verb::card_data),
       ask(sue, takeover(alex, Disposition::hold))},
      {with(Verb::answers, Answers::notice), ask(sue, in(Mode::monitor, alex)),
       act(Verb::leave, cyril), act(Verb::join, cyril)}};
}

/// The actions, each with what control and media do about it.
Actions run_on(const Actions& actions) {
  Actions all;
  for (const Action& action : actions) {
    all.push_back(action);
    for (const Verb verb : settling)
      all.push_back(act(verb));
  }
  return all;
}

Slice everything(const char* name, bool settled, bool generous) {
  Slice slice{name,
              settled ? "everything, and control and media run on after each command"
                      : "everything, in every order of control and media",
              {},
              {{}},
              settled,
              generous};
  Actions& all = slice.alphabet;
  for (const Seat supervisor : {sue, sam}) {
    for (const Seat agent : {alex, amy}) {
      add(all, plain_modes(supervisor, agent));
      add(all, further_modes(supervisor, agent));
    }
    add(all, coaching(supervisor, supervisor == sue ? sam : sue));
    add(all, lowerings(supervisor));
    add(all, {act(Verb::talk, supervisor), act(Verb::hush, supervisor)});
    add(all, holds(supervisor));
  }
  for (const Seat agent : {alex, amy}) {
    add(all, transfers(agent, agent == alex ? amy : alex));
    add(all, consultations(agent, agent == alex ? amy : alex));
    add(all, holds(agent));
  }
  for (const Seat seat : {carol, cyril, alex, amy, sue, sam}) {
    add(all, comes_and_goes(seat));
    add(all, mutes(seat));
    add(all, leg(seat));
  }
  for (const Seat customer : {carol, cyril}) {
    add(all, holds(customer));
    all.push_back(act(Verb::hold_far, customer));
    all.push_back(act(Verb::tick_without, customer));
    all.push_back(act(Verb::consult, customer, sue));
    all.push_back(act(Verb::consult, customer, sam));
  }
  all.push_back(act(Verb::leave, nell));
  all.push_back(act(Verb::end_consult));
  all.push_back(act(Verb::set_policy));
  for (const auto& more : {parking(), attributes(), answers(), audits(), duties(), media()})
    add(all, more);
  for (const Actions& root : beginnings())
    slice.roots.push_back(settled ? root : run_on(root));
  return slice;
}

}  // namespace

std::vector<Slice> slices() {
  const Action monitor = ask(sue, in(Mode::monitor, alex)), barge = ask(sue, in(Mode::barge, alex));
  const Actions hold = holds(carol), customer = comes_and_goes(cyril), agent = comes_and_goes(alex);
  Actions changes = hold;
  add(changes, customer);
  add(changes, agent);
  return {raising("raising", {monitor}),
          noticing("noticing", hold),
          two_supervisors(),
          moving(),
          sensitive(),
          raising("raising2", {monitor, barge}),
          noticing("noticing2", changes),
          everything("everything", false, false),
          everything("settled", true, false),
          everything("generous", true, true)};
}

}  // namespace barge::explore
