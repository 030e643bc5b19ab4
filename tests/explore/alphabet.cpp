// SPDX-License-Identifier: Apache-2.0
#include "alphabet.hpp"

#include <algorithm>
#include <tuple>

namespace barge::explore {
namespace {

auto fields(const Grant& g) {
  return std::tie(g.mode, g.agent, g.targets, g.ear, g.disposition, g.scope, g.follow,
                  g.push_to_talk);
}

std::string list(Seats set) {
  std::string text;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (set & bit(seat)) text += (text.empty() ? "" : "+") + std::string(name(Seat(seat)));
  }
  return text.empty() ? "nobody" : text;
}

std::string describe(const Grant& g) {
  std::string text(name(g.mode));
  if (g.mode == Mode::off) return text;
  if (g.agent != nobody) text += " bound to " + std::string(name(g.agent));
  if (g.mode == Mode::whisper) text += " to " + list(g.targets);
  if (g.mode == Mode::takeover) text += " " + std::string(name(g.disposition));
  if (g.scope == AgentScope::all) text += " of all agents";
  if (g.ear == Ear::customer_side) text += " of the customers' side";
  if (g.ear == Ear::agent_side) text += " of the agents' side";
  if (g.follow == Follow::agent) text += " following";
  if (g.push_to_talk) text += " by push-to-talk";
  return text;
}

const char* name(Verb verb) {
  static constexpr const char* names[] = {
      "join",         "leave",       "request", "force",    "hand_back", "talk",        "hush",
      "mute",         "unmute",      "hold",    "hold_far", "resume",    "replace_leg", "transfer",
      "consult",      "end_consult", "park",    "retrieve", "consent",   "card_data",   "internal",
      "answers",      "set_policy",  "audit",   "fulfil",   "fail_duty", "time",        "tick",
      "tick_without", "lose",        "poll"};
  return names[static_cast<std::size_t>(verb)];
}

}  // namespace

const char* name(Seat seat) {
  static constexpr const char* names[] = {"carol", "cyril", "alex", "amy",
                                          "sue",   "sam",   "nell", "nobody"};
  return names[seat];
}

bool operator==(const Action& a, const Action& b) {
  return std::tie(a.verb, a.who, a.other, a.value) == std::tie(b.verb, b.who, b.other, b.value) &&
         fields(a.grant) == fields(b.grant);
}

std::string describe(const Action& action) {
  std::string text = name(action.verb);
  if (action.who != nobody) text += " " + std::string(name(action.who));
  if (action.other != nobody) text += " " + std::string(name(action.other));
  switch (action.verb) {
    case Verb::request:
      return text + ": " + describe(action.grant);
    case Verb::force:
    case Verb::hand_back:
      return text + " to " + std::string(name(static_cast<Mode>(action.value)));
    case Verb::answers: {
      static constexpr const char* names[] = {"permit", "permit after a notice",
                                              "permit after a duty", "deny", "withheld"};
      return text + " " + names[action.value];
    }
    case Verb::audit: {
      static constexpr const char* names[] = {"at once", "held", "failing"};
      return text + " " + names[action.value];
    }
    default:
      return text;
  }
}

Seats renamed(Seats set, const Naming& naming) {
  Seats out = 0;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (set & bit(seat)) out = static_cast<Seats>(out | bit(naming[seat]));
  }
  return out;
}

Action renamed(Action action, const Naming& naming) {
  action.who = renamed(action.who, naming);
  action.other = renamed(action.other, naming);
  action.grant.agent = renamed(action.grant.agent, naming);
  action.grant.targets = renamed(action.grant.targets, naming);
  return action;
}

std::vector<Naming> Slice::symmetries() const {
  const auto closed_under = [&](const Naming& naming) {
    return std::all_of(alphabet.begin(), alphabet.end(), [&](const Action& action) {
      return std::find(alphabet.begin(), alphabet.end(), renamed(action, naming)) != alphabet.end();
    });
  };
  std::vector<Naming> closed;
  for (unsigned swaps = 0; swaps < 8; ++swaps) {
    Naming naming{carol, cyril, alex, amy, sue, sam, nell};
    if (swaps & 1) std::swap(naming[carol], naming[cyril]);
    if (swaps & 2) std::swap(naming[alex], naming[amy]);
    if (swaps & 4) std::swap(naming[sue], naming[sam]);
    if (closed_under(naming)) closed.push_back(naming);
  }
  return closed;
}

}  // namespace barge::explore
