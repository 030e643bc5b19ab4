// SPDX-License-Identifier: Apache-2.0
#include "bridge/routing.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <tuple>

namespace barge {
namespace {

using media::BusSpec;
using media::Edge;
using media::RowSpec;

// What rows cost, in frames that are read: a row from a bus reads the bus twice and takes the
// listener off again; what differs is added in 32 bits, which costs about double.
constexpr std::size_t cost_from_bus = 3;
constexpr std::size_t cost_of_difference = 2;

std::size_t count(const SpeakerSet& set) {
  return std::accumulate(set.begin(), set.end(), std::size_t{0}, [](std::size_t n, auto word) {
    return n + static_cast<std::size_t>(__builtin_popcountll(word));
  });
}

std::size_t count_differences(const SpeakerSet& a, const SpeakerSet& b) {
  std::size_t n = 0;
  for (std::size_t w = 0; w < a.size(); ++w)
    n += static_cast<std::size_t>(__builtin_popcountll(a[w] ^ b[w]));
  return n;
}

class RoutingCompiler {
 public:
  RoutingCompiler(const Hearing& hearing, media::Plan& plan, media::Routing& routing)
      : hearing_(hearing), plan_(plan), routing_(routing) {}

  void run() {
    choose_buses();
    for (const Hearing::Row& row : hearing_.rows)
      add_row(row);
    name_rows();
    routing_.rows = plan_.keep(rows_);
    routing_.slots = plan_.keep(slots_);
    routing_.edges = plan_.keep(edges_);
    routing_.buses = plan_.keep(buses_);
    routing_.words = media::words_for(hearing_.slots);
    std::vector<media::SetWord> words;
    for (const SpeakerSet& set : sets_)
      words.insert(words.end(), set.begin(), set.end());
    routing_.sets = plan_.keep(words);
  }

 private:
  /// A bus for every set whose listeners are cheaper with one of their own: the sets with most to
  /// add up come first, and the others may differ a little from those.
  void choose_buses() {
    std::vector<std::size_t> listeners(hearing_.sets.size());
    for (const Hearing::Row& row : hearing_.rows)
      ++listeners[row.set];
    std::vector<std::size_t> order(hearing_.sets.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto work = [&](std::size_t set) { return listeners[set] * count(hearing_.sets[set]); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return work(a) != work(b) ? work(a) > work(b) : a < b;
    });
    for (const std::size_t set : order) {
      const std::size_t size = count(hearing_.sets[set]);
      const std::size_t with_bus = size + listeners[set] * cost_from_bus;
      std::size_t without = work(set);
      for (const std::size_t bus : bus_sets_) {
        const std::size_t differences =
            count_differences(hearing_.sets[set], hearing_.sets[bus]) * cost_of_difference;
        without = std::min(without, listeners[set] * (cost_from_bus + differences));
      }
      if (with_bus < without) add_bus(set);
    }
  }

  void add_bus(std::size_t set) {
    bus_sets_.push_back(set);
    buses_.push_back({static_cast<std::uint32_t>(slots_.size()),
                      static_cast<std::uint32_t>(count(hearing_.sets[set]))});
    add_slots(hearing_.sets[set]);
  }

  std::uint32_t add_slots(const SpeakerSet& set) {
    const std::size_t before = slots_.size();
    for (std::uint32_t w = 0; w < set.size(); ++w)
      media::for_each_slot(set[w], w, [&](std::uint32_t slot) { slots_.push_back(slot); });
    return static_cast<std::uint32_t>(slots_.size() - before);
  }

  void add_row(const Hearing::Row& row) {
    SpeakerSet units = hearing_.sets[row.set];
    const bool is_further_ear = rows_.size() >= hearing_.slots;
    if (is_further_ear && row.owner != Hearing::no_owner) remove(units, row.owner);
    RowSpec spec;
    spec.first_edge = static_cast<std::uint32_t>(edges_.size());
    for (const auto& [speaker, gain] : row.gains) {
      if (!has(units, speaker) || speaker == row.owner) continue;
      remove(units, speaker);
      if (gain.q14() != 0) edges_.push_back({speaker, mix::weight_of(gain)});
    }
    spec.edges = static_cast<std::uint32_t>(edges_.size()) - spec.first_edge;
    spec.set = intern(units);

    SpeakerSet heard = units;
    if (row.owner != Hearing::no_owner) remove(heard, row.owner);
    const std::size_t size = count(heard);
    std::size_t cost = size;
    for (std::size_t bus = 0; bus < bus_sets_.size(); ++bus) {
      const SpeakerSet& members = hearing_.sets[bus_sets_[bus]];
      std::size_t differences = count_differences(heard, members);
      // The listener is taken off the bus for nothing.
      if (row.owner != Hearing::no_owner && has(members, row.owner)) --differences;
      const std::size_t with_bus = cost_from_bus + differences * cost_of_difference;
      if (with_bus >= cost) continue;
      cost = with_bus;
      spec.bus = static_cast<std::uint32_t>(bus);
    }
    spec.first = static_cast<std::uint32_t>(slots_.size());
    add_terms(spec, heard);
    spec.shape = shape_of(spec);
    rows_.push_back(spec);
    heard_.push_back(std::move(heard));
  }

  static media::Shape shape_of(const RowSpec& row) {
    using media::Shape;
    if (row.bus == media::no_bus && row.edges != 0) {
      return row.plus + row.edges == 2 ? Shape::weighed_pair : Shape::general;
    }
    if (row.edges != 0) return Shape::general;
    if (row.bus == media::no_bus) {
      constexpr Shape small[] = {Shape::silence, Shape::copy, Shape::pair};
      return row.plus < 3 ? small[row.plus] : Shape::general;
    }
    if (row.plus != 0 || row.minus > 1) return Shape::general;
    return row.minus == 0 ? Shape::bus : Shape::bus_without_one;
  }

  void add_terms(RowSpec& spec, const SpeakerSet& heard) {
    if (spec.bus == media::no_bus) {
      spec.plus = add_slots(heard);
      return;
    }
    const SpeakerSet& members = hearing_.sets[bus_sets_[spec.bus]];
    const auto add_if_only_in = [&](const SpeakerSet& set, const SpeakerSet& other) {
      const std::size_t before = slots_.size();
      for (std::uint32_t w = 0; w < set.size(); ++w)
        media::for_each_slot(set[w] & ~other[w], w,
                             [&](std::uint32_t slot) { slots_.push_back(slot); });
      return static_cast<std::uint32_t>(slots_.size() - before);
    };
    spec.plus = add_if_only_in(heard, members);
    spec.minus = add_if_only_in(members, heard);
  }

  std::uint32_t intern(const SpeakerSet& set) {
    auto found = set_ids_.find(set);
    if (found == set_ids_.end()) {
      found = set_ids_.emplace(set, static_cast<std::uint32_t>(sets_.size())).first;
      sets_.push_back(set);
    }
    return found->second;
  }

  /// Negative, zero or positive, as the row sorts before, with or behind the other one.
  int compare(std::size_t a, std::size_t b) const {
    if (heard_[a] != heard_[b]) return heard_[a] < heard_[b] ? -1 : 1;
    const auto key = [](const Edge& edge) {
      return std::make_tuple(edge.speaker, edge.weight.unit, edge.weight.fraction);
    };
    const Edge* const first = edges_.data() + rows_[a].first_edge;
    const Edge* const second = edges_.data() + rows_[b].first_edge;
    for (std::uint32_t i = 0; i < std::min(rows_[a].edges, rows_[b].edges); ++i) {
      if (key(first[i]) != key(second[i])) return key(first[i]) < key(second[i]) ? -1 : 1;
    }
    return static_cast<int>(rows_[a].edges) - static_cast<int>(rows_[b].edges);
  }

  /// Finds equal rows and says what each row is.
  void name_rows() {
    std::vector<std::size_t> order(rows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return compare(a, b) < 0; });
    std::uint32_t id = 0;
    for (auto first = order.begin(), last = first; first != order.end(); first = last) {
      last =
          std::find_if(first, order.end(), [&](std::size_t row) { return compare(*first, row); });
      const std::size_t speakers = count(heard_[*first]), edges = rows_[*first].edges;
      if (speakers + edges == 0) continue;  // silence
      ++id;
      RowKind kind = last - first > 1 ? RowKind::shared : RowKind::own;
      if (speakers == 1 && edges == 0 && !is_sound(heard_[*first])) kind = RowKind::copy;
      std::for_each(first, last, [&](std::size_t row) {
        rows_[row].kind = kind;
        rows_[row].id = id;
      });
    }
  }

  /// Of a set of one.
  bool is_sound(const SpeakerSet& set) const {
    return std::inner_product(set.begin(), set.end(), hearing_.sounds.begin(), media::SetWord{0},
                              std::bit_or<>(), std::bit_and<>()) != 0;
  }

  const Hearing& hearing_;
  media::Plan& plan_;
  media::Routing& routing_;
  std::vector<std::size_t> bus_sets_;
  std::vector<BusSpec> buses_;
  std::vector<std::uint32_t> slots_;
  std::vector<Edge> edges_;
  std::vector<RowSpec> rows_;
  std::vector<SpeakerSet> heard_;
  std::vector<SpeakerSet> sets_;
  std::map<SpeakerSet, std::uint32_t> set_ids_;
};

}  // namespace

void compile_routing(const Hearing& hearing, media::Plan& plan, media::Routing& routing) {
  RoutingCompiler(hearing, plan, routing).run();
}

}  // namespace barge
