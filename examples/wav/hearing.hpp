// SPDX-License-Identifier: Apache-2.0
// Who heard whom, measured: what a listener got is taken apart into what the others said.
#pragma once

#include <cstddef>
#include <vector>

#include "simulation.hpp"

namespace wav {

inline constexpr double silence_db = -120;
/// What is weaker is not heard.
inline constexpr double audible_db = -60;

/// What each speaker contributed to what each listener got, in dBFS (a full-scale square wave is
/// 0), frame by frame. Nothing is silence_db.
class Hearing {
 public:
  Hearing(const std::vector<Samples>& voices, const std::vector<Samples>& heard,
          std::size_t frame_samples);

  std::size_t parties() const { return parties_; }
  std::size_t frames() const { return frames_; }
  std::size_t frame_samples() const { return frame_samples_; }

  double level(std::size_t listener, std::size_t speaker, std::size_t frame) const;
  bool is_audible(std::size_t listener, std::size_t speaker, std::size_t frame) const {
    return level(listener, speaker, frame) > audible_db;
  }
  /// The mean power of the frames [from, to).
  double level(std::size_t listener, std::size_t speaker, std::size_t from, std::size_t to) const;

 private:
  std::size_t at(std::size_t listener, std::size_t speaker, std::size_t frame) const {
    return (frame * parties_ + listener) * parties_ + speaker;
  }
  std::size_t parties_;
  std::size_t frames_ = 0;
  std::size_t frame_samples_;
  std::vector<double> powers_;
};

}  // namespace wav
