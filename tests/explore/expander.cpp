// SPDX-License-Identifier: Apache-2.0
#include "expander.hpp"

#include <algorithm>
#include <array>

namespace barge::explore {
namespace {

bool any_other(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Heard& heard) { return heard.other; });
}

}  // namespace

Expander::Expander(const Slice& slice, std::size_t arena, bool replay)
    : slice_(slice), namings_(slice.symmetries()), replay_(replay), arena_(arena) {}

Expander::~Expander() {
  if (replay_) delete instance_;
}

void Expander::build(const std::vector<Action>& path) {
  if (replay_) delete instance_;
  if (!replay_) arena_.clear();
  {
    const Arena::Use use(memory());
    instance_ = new Instance(slice_);
  }
  for (const Action& action : path)
    step(action);
  if (!replay_) arena_.save(snapshot_);
}

void Expander::put_back(const std::vector<Action>& path) {
  if (replay_) return build(path);
  arena_.restore(snapshot_);
}

bool Expander::step(const Action& action) {
  const Arena::Use use(memory());
  if (!instance_->watch.act(action)) return false;
  if (!slice_.settled) return true;
  for (const Verb verb : settling)
    instance_->watch.act({verb});
  return true;
}

/// Leaves the path's end, where there is an action by this action, and looks at what is there.
Successor Expander::measure(const std::vector<Action>& path, const Action* action) {
  Successor found;
  Rows first, second;
  {
    const Arena::Use use(memory());
    first = instance_->world.tick();
    second = instance_->world.tick();
  }
  if (any_other(second)) subtract_sounds(path, action, first, second);
  {
    const Arena::Use use(memory());
    instance_->watch.check_rows(second);
    found.hash = hash_of(instance_->world, instance_->watch, first, second, namings_);
  }
  found.wrong = instance_->watch.wrong();
  return found;
}

/// A cue is nothing that can be told from voices by itself: the same tick once more, with nobody
/// saying anything, is what is to be subtracted.
void Expander::subtract_sounds(const std::vector<Action>& path, const Action* action, Rows& first,
                               Rows& second) {
  const World::Samples heard = instance_->world.samples();
  put_back(path);
  if (action != nullptr) step(*action);
  const Arena::Use use(memory());
  instance_->world.tick();
  const Rows sounds = instance_->world.tick(nobody, true);
  const World::Samples& silent = instance_->world.samples();
  for (std::size_t seat = 0; seat < seats; ++seat) {
    if (!second[seat].other) continue;
    const int voices = heard[seat].back() - silent[seat].back();
    bool steady = true;
    for (std::size_t i = 0; i < frame_samples; ++i)
      steady &= heard[seat][i] - silent[seat][i] == voices;
    if (!steady || (voices & ~voices_mask) != 0) {
      instance_->watch.complain("voices that change in a steady tick");
    }
    second[seat] = sounds[seat];
    second[seat].other = true;
    second[seat].phrases = 0;
    second[seat].hold = false;
    second[seat].voices = static_cast<Seats>(voices);
    first[seat] = {};
    first[seat].other = true;
  }
}

std::string Expander::check_endings(const std::vector<Action>& path) {
  {
    const Arena::Use use(memory());
    instance_->watch.close();
  }
  std::string wrong = instance_->watch.wrong();
  put_back(path);
  if (!wrong.empty()) return wrong;
  {
    const Arena::Use use(memory());
    instance_->watch.wait_for_nothing();
  }
  wrong = instance_->watch.wrong();
  put_back(path);
  return wrong;
}

Expansion Expander::expand(const std::vector<Action>& path) {
  Expansion expansion;
  build(path);
  expansion.wrong = check_endings(path);
  for (std::size_t i = 0; i < slice_.alphabet.size(); ++i) {
    if (i > 0) put_back(path);
    const Action& action = slice_.alphabet[i];
    if (!step(action)) continue;
    ++expansion.transitions;
    Successor successor = measure(path, &action);
    successor.action = static_cast<std::uint16_t>(i);
    expansion.successors.push_back(std::move(successor));
  }
  return expansion;
}

Successor Expander::look_at(const std::vector<Action>& path) {
  build(path);
  return measure(path, nullptr);
}

}  // namespace barge::explore
