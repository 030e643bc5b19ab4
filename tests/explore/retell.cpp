// SPDX-License-Identifier: Apache-2.0
#include "retell.hpp"

#include "expander.hpp"

namespace barge::explore {
namespace {

std::string text_of(const Event& event) {
  static constexpr const char* names[] = {"ModeApplied",
                                          "RequestDenied",
                                          "RequestCancelled",
                                          "ObligationDue",
                                          "DropAgent",
                                          "LegLost",
                                          "SpeechChanged",
                                          "CustomerUnattended",
                                          "UnattendedBarge",
                                          "EdgeReopened",
                                          "NoticePlayed",
                                          "ClipFinished",
                                          "Marker",
                                          "MediaFlow",
                                          "SessionEnded",
                                          "Anchor",
                                          "Fault"};
  std::string text = names[event.index()];
  if (const auto* const applied = std::get_if<ModeApplied>(&event)) {
    text += " " + std::string(name(applied->from)) + "→" + std::string(name(applied->to)) + " " +
            std::string(name(applied->cause));
  }
  if (const auto* const denied = std::get_if<RequestDenied>(&event)) {
    text += " " + std::string(name(denied->decision.code));
  }
  if (const auto* const cancelled = std::get_if<RequestCancelled>(&event)) {
    text += " " + cancelled->why;
  }
  if (const auto* const ended = std::get_if<SessionEnded>(&event)) {
    text += " " + std::string(name(ended->cause));
  }
  return text;
}

std::string state_of(World& world) {
  static constexpr const char* states[] = {"requested", "recorded", "durable", "obliged",
                                           "applying",  "applied",  "denied"};
  std::string text;
  for (const ParticipantInfo& info : world.bridge().participants().value()) {
    if (!info.session) continue;
    text +=
        "  " + std::string(name(world.seat_of(info.id))) + " in " + std::string(name(info.mode));
    if (info.pending) text += ", " + std::string(states[static_cast<std::size_t>(*info.pending)]);
    if (info.paused) text += ", paused";
  }
  return text;
}

std::string step(World& world, const Action& action) {
  std::string line = describe(action) + ":";
  if (action.verb == Verb::tick || action.verb == Verb::tick_without) {
    world.tick(action.who);
    return line;
  }
  const Outcome outcome = world.perform(action);
  if (!outcome.enabled) line += "  -";
  if (outcome.error) line += "  " + std::string(name(*outcome.error));
  for (const Event& event : outcome.events)
    line += "  " + text_of(event);
  world.sink.started.clear();
  return line + state_of(world);
}

std::string heard_by(const Heard& heard) {
  std::string text;
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (heard.voices & bit(seat)) text += " " + std::string(name(Seat(seat)));
  }
  if (heard.phrases > 0) text += " a notice";
  if (heard.hold) text += " hold music";
  if (heard.other) text += " a cue";
  return text.empty() ? " nobody" : text;
}

}  // namespace

std::vector<std::string> retell(const Slice& slice, const std::vector<Action>& path) {
  World world(slice);
  std::vector<std::string> lines;
  for (const Action& action : path) {
    lines.push_back(step(world, action));
    if (!slice.settled) continue;
    for (const Verb verb : settling)
      lines.push_back("    " + step(world, {verb}));
  }
  world.tick();
  const Rows rows = world.tick();
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (world.present() & bit(seat)) {
      lines.push_back(std::string(name(Seat(seat))) + " hears" + heard_by(rows[seat]));
    }
  }
  return lines;
}

}  // namespace barge::explore
