// SPDX-License-Identifier: Apache-2.0
#include "jitter_buffer.hpp"

namespace sip_bridge {

void JitterBuffer::restart(const RtpHeader& header) noexcept {
  present_.reset();
  playing_ = false;
  fresh_ = true;
  next_ = newest_ = header.timestamp;
  source_ = Source{header.ssrc, header.sequence, 0};
}

void JitterBuffer::put(const RtpHeader& header, barge::Frame samples) noexcept {
  if (samples.empty() || samples.size() > longest_packet) return;
  const auto length = static_cast<std::uint32_t>(samples.size());

  if (!source_) {
    restart(header);
  } else if (!place(header, length)) {
    ++counters_.late;
    return;
  }

  if (present_.test(header.timestamp % capacity)) {
    ++counters_.duplicates;
    return;
  }
  for (std::uint32_t i = 0; i < length; ++i) {
    const std::uint32_t slot = (header.timestamp + i) % capacity;
    samples_[slot] = samples[i];
    present_.set(slot);
  }
  const std::uint32_t end = header.timestamp + length;
  if (distance(end, newest_) > 0) newest_ = end;
}

bool JitterBuffer::place(const RtpHeader& header, std::uint32_t length) noexcept {
  const bool in_order = distance(header.sequence, source_->sequence) > 0;
  const bool same_source = header.ssrc == source_->ssrc;
  const std::int32_t ahead = distance(header.timestamp, next_);
  if (same_source && !in_order && ahead < 0 && ++source_->late_in_a_row <= believable_lateness) {
    return false;
  }
  const bool fits = ahead >= 0 && static_cast<std::uint32_t>(ahead) + length <= capacity;
  if (!same_source || !fits) {
    ++counters_.resyncs;
    restart(header);
    return true;
  }
  if (in_order) {
    source_->sequence = header.sequence;
    // A pause of the speaker is not played: it has passed.
    if (!playing_ && depth() == 0) next_ = newest_ = header.timestamp;
  }
  source_->late_in_a_row = 0;
  return true;
}

bool JitterBuffer::take(barge::MutableFrame frame) noexcept {
  const bool was_silent = concealed_ == faded_out;
  if (!playing_ && depth() >= target_ && depth() != 0) {
    playing_ = true;
    if (fresh_) discard_until(newest_ - target_);  // what piled up before the first frame
    fresh_ = false;
  }
  if (playing_ && depth() > limit_) {
    ++counters_.overruns;
    discard_until(newest_ - target_);
  }
  for (barge::Sample& sample : frame)
    sample = next_sample();
  if (playing_ && depth() == 0) {
    ++counters_.underruns;
    playing_ = false;
  }
  return !was_silent || concealed_ != faded_out;
}

barge::Sample JitterBuffer::next_sample() noexcept {
  place_ = (place_ + 1) % repeated;
  if (!playing_ || depth() == 0) return conceal();
  const std::uint32_t slot = next_++ % capacity;
  if (!present_.test(slot)) return conceal();
  present_.reset(slot);
  concealed_ = 0;
  return last_played_[place_] = samples_[slot];
}

barge::Sample JitterBuffer::conceal() noexcept {
  if (concealed_ == faded_out) return 0;
  const auto left = static_cast<std::int32_t>(faded_out - ++concealed_);
  return static_cast<barge::Sample>(last_played_[place_] * left /
                                    static_cast<std::int32_t>(faded_out));
}

void JitterBuffer::discard_until(std::uint32_t timestamp) noexcept {
  for (; next_ != timestamp; ++next_)
    present_.reset(next_ % capacity);
}

}  // namespace sip_bridge
