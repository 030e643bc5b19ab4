// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <barge/tone_generator.hpp>

#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::hours(24);
constexpr std::size_t longest_edge = ramp_samples(SampleRate::hz_48000);

bool is_length(milliseconds length) {
  return length.count() >= 0 && length <= longest;
}

Error invalid(const std::string& message) {
  return {Errc::invalid_argument, message};
}

Status check(gsl::span<const ToneSegment> segments, SampleRate rate) {
  for (const ToneSegment& segment : segments) {
    if (segment.hertz * 2U >= hertz(rate))
      return invalid("`" + std::to_string(segment.hertz) + "` Hz needs a higher sampling rate");
    if (!is_length(segment.length)) return invalid("a segment lasts from 0 ms to a day");
  }
  return Ok{};
}

Status check(const Tone& tone, SampleRate rate) {
  if (!is_valid({rate, ramp_samples(rate)})) return invalid("unknown sampling rate");
  if (const Status status = check(tone.segments, rate); !status) return status;
  if (const Status status = check(tone.lead, rate); !status) return status;
  if (!is_length(tone.repeat)) return invalid("a tone repeats after 0 ms to a day");
  if (tone.level_dbm0 < -60 || tone.level_dbm0 > 3) return invalid("a level is -60 to 3 dBm0");
  return Ok{};
}

}  // namespace

class ToneGenerator::Impl {
 public:
  Impl(const Tone& tone, SampleRate rate, const mix::Kernels& kernels);

  void fill(MutableFrame out) noexcept;
  bool finished() const noexcept { return segment_ == segments_.size(); }
  void rewind() noexcept;

 private:
  struct Segment {
    std::uint32_t step;  // of the phase; 0 is silence
    milliseconds end;    // since the tone's start, when it is played first
  };

  std::uint64_t samples_at(milliseconds time) const noexcept {
    return static_cast<std::uint64_t>(time.count()) * rate_ / 1000;
  }
  void add_playing(gsl::span<const ToneSegment> segments);
  void enter_segment() noexcept;
  void play(MutableFrame out) noexcept;
  void fade(MutableFrame out, std::uint64_t begin, std::uint64_t edge, bool rises) noexcept;

  const std::uint64_t rate_;
  const std::uint64_t edge_;
  const float amplitude_;
  decltype(mix::ToneKernels::sine) const sine_;
  milliseconds repeat_;
  std::vector<Segment> segments_;  // end to end: the lead if there is one, then one playing
  std::size_t again_ = 0;          // the segment with which that playing begins

  milliseconds later_{0};  // than when it was played first
  std::size_t segment_ = 0;
  std::uint64_t position_ = 0;  // since the tone's start, as the two below
  std::uint64_t begin_ = 0;     // of the segment
  std::uint64_t end_ = 0;
};

ToneGenerator::Impl::Impl(const Tone& tone, SampleRate rate, const mix::Kernels& kernels)
    : rate_(hertz(rate)),
      edge_(ramp_samples(rate)),
      amplitude_(static_cast<float>(32768.0 * std::pow(10.0, (tone.level_dbm0 - 3.14) / 20.0))),
      sine_(kernels.tone.sine),
      repeat_(tone.repeat) {
  if (!tone.lead.empty()) add_playing(tone.lead);
  again_ = segments_.size();
  if (tone.lead.empty() || repeat_.count() > 0) add_playing(tone.segments);
  rewind();
}

// Appends one playing of these segments, with the silence up to its interval's end.
void ToneGenerator::Impl::add_playing(gsl::span<const ToneSegment> segments) {
  milliseconds end = segments_.empty() ? milliseconds{0} : segments_.back().end;
  const milliseconds next = end + repeat_;
  const auto add = [&](std::uint16_t frequency, milliseconds length) {
    if (repeat_.count() > 0) length = std::min(length, next - end);
    if (length.count() == 0) return;
    end += length;
    const std::uint64_t step = ((std::uint64_t{frequency} << 32) + rate_ / 2) / rate_;
    segments_.push_back({static_cast<std::uint32_t>(step), end});
  };
  for (const ToneSegment& segment : segments)
    add(segment.hertz, segment.length);
  if (repeat_.count() > 0) add(0, repeat_);
}

void ToneGenerator::Impl::rewind() noexcept {
  later_ = milliseconds{0};
  segment_ = 0;
  position_ = 0;
  enter_segment();
}

void ToneGenerator::Impl::enter_segment() noexcept {
  begin_ = position_;
  if (finished() && repeat_.count() > 0) {
    later_ += repeat_;
    segment_ = again_;
  }
  if (!finished()) end_ = samples_at(later_ + segments_[segment_].end);
}

void ToneGenerator::Impl::fill(MutableFrame out) noexcept {
  while (!out.empty() && !finished()) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), end_ - position_));
    play(out.first(count));
    out = out.subspan(count);
    position_ += count;
    if (position_ == end_) {
      ++segment_;
      enter_segment();
    }
  }
  std::fill_n(out.data(), out.size(), Sample{0});
}

// The samples from position_ on, all in one segment.
void ToneGenerator::Impl::play(MutableFrame out) noexcept {
  const std::uint32_t step = segments_[segment_].step;
  if (step == 0) {
    std::fill_n(out.data(), out.size(), Sample{0});
    return;
  }
  const std::uint64_t first = position_ - begin_;
  const mix::Sine sine{static_cast<std::uint32_t>(first) * step, step, amplitude_,
                       static_cast<std::uint32_t>(position_)};
  sine_(sine, out.size(), out.data());

  const std::uint64_t length = end_ - begin_;
  const std::uint64_t edge = std::min(edge_, length / 2);
  fade(out, 0, edge, true);
  fade(out, length - edge, edge, false);
}

// Fades what `out` has of the edge that begins at `begin` in the segment. Its weights are a sine
// too, from trough to peak or back: strictly between 0 and 1.
void ToneGenerator::Impl::fade(MutableFrame out, std::uint64_t begin, std::uint64_t edge,
                               bool rises) noexcept {
  const std::uint64_t first = position_ - begin_;
  const std::uint64_t from = std::max(first, begin);
  const std::uint64_t to = std::min(first + out.size(), begin + edge);
  if (from >= to) return;

  constexpr std::uint32_t trough = 3U << 30, peak = 1U << 30;
  const auto step = static_cast<std::uint32_t>((std::uint64_t{1} << 31) / (edge + 1));
  const auto steps = static_cast<std::uint32_t>(from - begin + 1);
  const mix::Sine weight{(rises ? trough : peak) + steps * step, step, 16382.0F, steps};
  std::array<Sample, longest_edge> weights;
  const auto count = static_cast<std::size_t>(to - from);
  sine_(weight, count, weights.data());
  Sample* const samples = out.data() + (from - first);
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = static_cast<Sample>((samples[i] * (weights[i] + 16384) + (1 << 14)) >> 15);
}

Result<ToneGenerator> ToneGenerator::create(const Tone& tone, SampleRate rate) {
  if (const Status status = check(tone, rate); !status) return status.error();
  const Result<mix::Kernels>& kernels = mix::chosen_kernels();
  if (!kernels) return kernels.error();
  return ToneGenerator(std::make_unique<Impl>(tone, rate, kernels.value()));
}

ToneGenerator::ToneGenerator(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
ToneGenerator::ToneGenerator(ToneGenerator&&) noexcept = default;
ToneGenerator& ToneGenerator::operator=(ToneGenerator&&) noexcept = default;
ToneGenerator::~ToneGenerator() = default;

void ToneGenerator::fill(MutableFrame out) noexcept {
  impl_->fill(out);
}
bool ToneGenerator::finished() const noexcept {
  return impl_->finished();
}
void ToneGenerator::rewind() noexcept {
  impl_->rewind();
}

BARGE_NAMESPACE_END
