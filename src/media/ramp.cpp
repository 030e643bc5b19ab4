// SPDX-License-Identifier: Apache-2.0
// Rows that change: which edges open, which close, and which stay as they are.
#include <algorithm>

#include "media/engine.hpp"

namespace barge::media {
namespace {

bool same_weight(const Edge& edge, const Edge* other) noexcept {
  return other != nullptr && edge.weight.unit == other->weight.unit &&
         edge.weight.fraction == other->weight.fraction;
}

}  // namespace

const Edge* Engine::View::edges_begin() const noexcept {
  return spec == nullptr ? nullptr : routing->edges.data() + spec->first_edge;
}

const Edge* Engine::View::edges_end() const noexcept {
  return spec == nullptr ? nullptr : edges_begin() + spec->edges;
}

const Edge* Engine::View::edge(std::uint32_t speaker) const noexcept {
  const auto before = [](const Edge& edge, std::uint32_t s) { return edge.speaker < s; };
  const Edge* const found = std::lower_bound(edges_begin(), edges_end(), speaker, before);
  return found != edges_end() && found->speaker == speaker ? found : nullptr;
}

/// The slots that hold the leg that they held in the last tick.
inline SetWord Engine::same_word(std::uint32_t w) const noexcept {
  return mixed_plan_ == current_ ? ~SetWord{0} : current_->same.data()[w];
}

inline bool Engine::still_there(std::uint32_t slot) const noexcept {
  if (slot >= current_->legs.size()) return false;
  return (same_word(slot / 64) >> (slot % 64) & 1) != 0;
}

inline Engine::View Engine::row_now(std::uint32_t index) const noexcept {
  return {active_, active_->rows.data() + index, index < current_->legs.size() ? index : nowhere};
}

inline Engine::View Engine::row_before(std::uint32_t index) const noexcept {
  if (mixed_routing_ == nullptr) return {};
  const std::size_t slots = current_->legs.size();
  if (index < slots) {
    if (!still_there(index)) return {};
    return {mixed_routing_, mixed_routing_->rows.data() + index, index};
  }
  const std::uint32_t before = mixed_plan_->ear_row(current_->ears.data()[index - slots]);
  if (before == nowhere) return {};
  return {mixed_routing_, mixed_routing_->rows.data() + before, nowhere};
}

Engine::Change Engine::change_of(std::uint32_t index) const noexcept {
  Change change;
  change.now = row_now(index);
  change.before = row_before(index);
  const View &now = change.now, &before = change.before;
  for (std::uint32_t w = 0; w < active_->words; ++w) {
    change.is[w] = now.word(w);
    change.was[w] = before.word(w) & same_word(w);
    change.differs |= change.is[w] != change.was[w];
  }
  change.weighed = now.spec->edges != 0 || (before.spec != nullptr && before.spec->edges != 0);
  if (!change.weighed || change.differs) return change;
  const auto is_new = [&](const Edge& edge) { return !stays(edge, change); };
  const auto is_gone = [&](const Edge& edge) {
    return still_there(edge.speaker) && now.edge(edge.speaker) == nullptr;
  };
  change.differs = std::any_of(now.edges_begin(), now.edges_end(), is_new) ||
                   std::any_of(before.edges_begin(), before.edges_end(), is_gone);
  return change;
}

bool Engine::stays(const Edge& edge, const Change& change) const noexcept {
  return still_there(edge.speaker) && same_weight(edge, change.before.edge(edge.speaker));
}

/// What a row is made of while it changes. An edge that goes from one gain to another closes at the
/// one and opens at the other.
mix::RowSources Engine::changing_sources(const Change& change) const noexcept {
  const View &now = change.now, &before = change.before;
  const RowSpec& row = *now.spec;
  const std::uint32_t words = active_->words;
  const Sample* const* const frames = current_->frames.data();
  const Sample** frame = current_->gathered.data();
  mix::Term* term = current_->terms.data();
  const auto add_frame = [&](std::uint32_t slot) {
    if (frames[slot] != nullptr) *frame++ = frames[slot];
  };
  const auto add_term = [&](std::uint32_t slot, mix::Weight weight) {
    if (frames[slot] != nullptr) *term++ = {frames[slot], weight};
  };
  const auto add_unit = [&](std::uint32_t slot) { add_term(slot, {}); };
  const auto frames_since = [&](const Sample** first) -> mix::Frames {
    return {first, static_cast<std::size_t>(frame - first)};
  };
  const auto terms_since = [&](mix::Term* first) -> mix::Terms {
    return {first, static_cast<std::size_t>(term - first)};
  };
  mix::RowSources made;

  // A row without a bus lists who goes on being heard; of one with a bus, who opens is taken off.
  if (row.bus == no_bus) {
    for (std::uint32_t w = 0; w < words; ++w)
      for_each_slot(change.is[w] & change.was[w], w, add_frame);
    made.plus = frames_since(current_->gathered.data());
  } else {
    made.bus = bus(row.bus).total;
    const std::uint32_t* const slots = active_->slots.data() + row.first;
    std::for_each(slots, slots + row.plus, add_frame);
    made.plus = frames_since(current_->gathered.data());
    const Sample** const minus = frame;
    std::for_each(slots + row.plus, slots + row.plus + row.minus, add_frame);
    for (std::uint32_t w = 0; w < words; ++w)
      for_each_slot(change.is[w] & ~change.was[w], w, add_frame);
    made.minus = frames_since(minus);
  }
  const Edge *edges = nullptr, *edges_end = nullptr;
  if (change.weighed) edges = now.edges_begin(), edges_end = now.edges_end();
  for (const Edge* edge = edges; edge != edges_end; ++edge) {
    if (stays(*edge, change)) add_term(edge->speaker, edge->weight);
  }
  made.weighted = terms_since(current_->terms.data());

  mix::Term* const opening = term;
  for (std::uint32_t w = 0; w < words; ++w)
    for_each_slot(change.is[w] & ~change.was[w], w, add_unit);
  for (const Edge* edge = edges; edge != edges_end; ++edge) {
    if (!stays(*edge, change)) add_term(edge->speaker, edge->weight);
  }
  made.opening = terms_since(opening);

  mix::Term* const closing = term;
  for (std::uint32_t w = 0; w < words; ++w)
    for_each_slot(change.was[w] & ~change.is[w], w, add_unit);
  if (change.weighed) edges = before.edges_begin(), edges_end = before.edges_end();
  for (const Edge* edge = edges; edge != edges_end; ++edge) {
    const bool goes = still_there(edge->speaker) && !same_weight(*edge, now.edge(edge->speaker));
    if (goes) add_term(edge->speaker, edge->weight);
  }
  made.closing = terms_since(closing);
  return made;
}

}  // namespace barge::media
