// SPDX-License-Identifier: Apache-2.0
// The kernel calls that a tick needs, with nothing around them.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "call.hpp"
#include "mix/kernels.hpp"

namespace barge::bench {

inline const mix::Kernels& kernels() {
  return mix::chosen_kernels().value();
}

/// Who is heard by each leg of a call of three: 0 the customer, 1 the agent, 2 the supervisor.
using Heard = std::array<std::vector<std::size_t>, 3>;

inline Heard heard_in(Mode mode) {
  switch (mode) {
    case Mode::off:
      return {{{1}, {0}, {}}};
    case Mode::monitor:
      return {{{1}, {0}, {0, 1}}};
    case Mode::whisper:
      return {{{1}, {0, 2}, {0, 1}}};
    case Mode::barge:
      return {{{1, 2}, {0, 2}, {0, 1}}};
    case Mode::takeover:
      return {{{2}, {0, 2}, {0}}};
  }
  return {};
}

/// The samples of one row in one range.
class BareRow {
 public:
  BareRow(const Frames& frames, std::size_t listener, const std::vector<std::size_t>& heard,
          mix::Range range)
      : range_(range), out_(frames.out(listener)) {
    for (const std::size_t speaker : heard)
      plus_.push_back(frames.in(speaker));
  }
  BareRow(const Frames& frames, std::size_t listener, const std::vector<std::size_t>& heard,
          const Gains& gains)
      : range_{0, frames.samples()}, out_(frames.out(listener)) {
    for (const std::size_t speaker : heard) {
      const Gain gain = Gain::linear(gains[listener][speaker]);
      terms_.push_back({frames.in(speaker), mix::weight_of(gain)});
    }
  }

  void write(const mix::RowKernels& rows) const {
    const std::size_t bytes = (range_.end - range_.begin) * sizeof(Sample);
    if (!terms_.empty()) return rows.weigh(terms_, range_, out_);
    if (plus_.size() > 1) return rows.sum(plus_, range_, out_);
    if (plus_.empty())
      std::memset(out_ + range_.begin, 0, bytes);
    else
      std::memcpy(out_ + range_.begin, plus_[0] + range_.begin, bytes);
  }

 private:
  std::vector<const Sample*> plus_;
  std::vector<mix::Term> terms_;
  mix::Range range_;
  Sample* out_;
};

/// Ends the program unless `bare` writes what the call's tick does: what is compared has to be the
/// same work.
template <class Tick, class Bare>
void expect_same_rows(const Frames& frames, const Tick& tick, const Bare& bare,
                      const std::string& what) {
  const std::size_t count = frames.legs() * frames.samples();
  tick();
  const std::vector<Sample> expected(frames.out(0), frames.out(0) + count);
  std::fill_n(frames.out(0), count, Sample{1});
  bare();
  if (!std::equal(expected.begin(), expected.end(), frames.out(0))) {
    fail("the bare kernels of `" + what + "` do not write what its tick does");
  }
}

}  // namespace barge::bench
