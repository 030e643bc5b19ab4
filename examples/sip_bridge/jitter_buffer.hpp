// SPDX-License-Identifier: Apache-2.0
// Turns packets that arrive when they like into frames that are taken at a steady pace.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <barge/audio.hpp>

#include "rtp.hpp"

namespace sip_bridge {

/// Samples by RTP timestamp, so that a packet may have any length and frames may have another one.
///
/// It plays once `target` samples have come, and waits for as many again after it ran dry: a packet
/// that is merely late costs delay, not samples. What is missing is concealed: the last 20 ms again
/// and again, fading out within 60 ms. Never allocates.
class JitterBuffer {
 public:
  struct Counters {
    std::uint64_t duplicates = 0;  ///< packets that had come before
    std::uint64_t late = 0;        ///< packets whose time to be played had passed
    std::uint64_t resyncs = 0;     ///< new source, or a jump of its clock
    std::uint64_t overruns = 0;    ///< more delay than allowed; the oldest was skipped
    std::uint64_t underruns = 0;   ///< ran dry
  };

  /// Lengths are samples. Beyond `limit` of buffered samples the delay is cut back to `target`.
  explicit JitterBuffer(std::uint32_t target, std::uint32_t limit) noexcept
      : target_(target), limit_(limit) {}

  /// Keeps the decoded samples of a packet.
  void put(const RtpHeader& header, barge::Frame samples) noexcept;

  /// Fills the frame with what is to be played now. Returns false where there is nothing, not even
  /// something to conceal.
  bool take(barge::MutableFrame frame) noexcept;

  const Counters& counters() const noexcept { return counters_; }

 private:
  static constexpr std::uint32_t capacity = 8192;  // about a second at 8 kHz
  static constexpr std::uint32_t longest_packet = 1024;
  static constexpr std::uint32_t repeated = 160;       // samples that concealment repeats
  static constexpr std::uint32_t faded_out = 480;      // samples until concealment is silent
  static constexpr unsigned believable_lateness = 10;  // packets; more is a source that restarted

  struct Source {
    std::uint32_t ssrc;
    std::uint16_t sequence;  // the highest seen
    unsigned late_in_a_row;
  };

  // Whether the packet's time to be played is still to come.
  bool place(const RtpHeader& header, std::uint32_t length) noexcept;
  void restart(const RtpHeader& header) noexcept;
  barge::Sample next_sample() noexcept;
  barge::Sample conceal() noexcept;
  void discard_until(std::uint32_t timestamp) noexcept;
  std::uint32_t depth() const noexcept { return newest_ - next_; }

  std::uint32_t target_;
  std::uint32_t limit_;
  std::optional<Source> source_;
  bool playing_ = false;
  bool fresh_ = false;        // nothing of this source has been played
  std::uint32_t next_ = 0;    // timestamp of the next sample to be played
  std::uint32_t newest_ = 0;  // timestamp behind the newest sample
  std::array<barge::Sample, capacity> samples_{};
  std::bitset<capacity> present_;
  std::array<barge::Sample, repeated> last_played_{};
  std::uint32_t place_ = 0;      // in last_played_
  std::uint32_t concealed_ = 0;  // samples in a row
  Counters counters_;
};

}  // namespace sip_bridge
