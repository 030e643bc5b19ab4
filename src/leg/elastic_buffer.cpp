// SPDX-License-Identifier: Apache-2.0
#include "leg/elastic_buffer.hpp"

#include <algorithm>

#include "leg/splice.hpp"
#include "mix/rows.hpp"

namespace barge::leg {
namespace {

using Drift = signal::DriftResampler;

constexpr std::size_t pieces_of_frame = 4;  // while the rate changes, it does so in small steps
constexpr std::size_t spare_samples = 8;    // each of these may use up one more than it gives

constexpr std::uint32_t ms(const Pace& pace, std::uint32_t count) noexcept {
  return pace.rate / 1000 * count;
}

std::size_t capacity(const Pace& pace) noexcept {
  return pace.target + pace.read + std::max(pace.read, pace.written) + ms(pace, 200);
}

std::size_t room(const Pace& pace) noexcept {
  return Drift::history + Drift::needed(pace.read) + spare_samples + ms(pace, 15);
}

}  // namespace

ElasticBuffer::ElasticBuffer(const Pace& pace)
    : pace_(pace),
      ramp_(std::min(pace.rate / 200, pace.read / 2)),
      span_(ms(pace, 3)),
      rising_(mix::rising_window(ramp_)),
      ring_(capacity(pace)),
      control_(pace),
      line_(room(pace)),
      shares_(room(pace)),
      kept_(Drift::history),
      spare_(room(pace)),
      spare_shares_(room(pace)) {}

// ── Writer ──────────────────────────────────────────────────────────────────────────────────────

bool ElasticBuffer::write(Frame piece) noexcept {
  if (!ring_.write(piece)) {
    overflows_.add(1);
    return false;
  }
  pieces_.add(1);
  samples_.add(piece.size());
  return true;
}

bool ElasticBuffer::write_gap(std::size_t samples) noexcept {
  if (!ring_.write_gap(samples)) {
    overflows_.add(1);
    return false;
  }
  lost_.add(samples);
  return true;
}

// ── Reader ──────────────────────────────────────────────────────────────────────────────────────

Frame ElasticBuffer::read(MutableFrame out) noexcept {
  end_ = ring_.end();
  drop_used();
  append(Drift::needed(out.size()) + spare_samples - kept_);
  used_ = resample(out);
  const auto level = static_cast<std::int64_t>(end_ - position_);
  if (playing_) control_.observe(level);
  // relaxed: for counters, each right by itself.
  level_.store(level, std::memory_order_relaxed);
  drift_ppb_.store(control_.drift_ppb(), std::memory_order_relaxed);
  const Frame shares = shares_of_frame();
  count(shares);
  return shares;
}

bool ElasticBuffer::take(MutableFrame out) noexcept {
  end_ = ring_.end();
  if (end_ - position_ < out.size()) return false;
  const Stretch to{out, {shares_.data(), out.size()}};
  const std::size_t behind = end_ - position_ - out.size();
  const bool stood_still = behind > pace_.written + ms(pace_, 100);
  const Edge edge = play(to, stood_still ? static_cast<std::int64_t>(behind) : 0, 0);
  level_.store(static_cast<std::int64_t>(end_ - position_), std::memory_order_relaxed);
  count(edge == Edge::faded ? Frame(to.shares) : Frame());
  return true;
}

void ElasticBuffer::append(std::size_t count) noexcept {
  const Stretch to{{line_.data() + kept_, count}, {shares_.data() + kept_, count}};
  if (!playing_) start(count);
  Edge edge = Edge::faded;
  if (!playing_) {
    std::fill(to.samples.begin(), to.samples.end(), Sample{0});
    std::fill(to.shares.begin(), to.shares.end(), Sample{0});
  } else if (end_ - position_ < count + ramp_) {
    edge = run_dry(to);
  } else {
    const auto behind = static_cast<std::int64_t>(end_ - position_ - count);
    edge = play(to, control_.excess(behind), ramp_);
  }
  if (edge == Edge::faded) {
    if (faded_ < kept_) std::fill_n(shares_.data() + faded_, kept_ - faded_, whole);
    faded_ = kept_ + count;
  }
  kept_ += count;
}

void ElasticBuffer::start(std::size_t count) noexcept {
  if (end_ - position_ < pace_.target + count) return;
  const Position from = end_ - pace_.target - count;
  skipped_.add(from - position_);
  before_start_ = {0, from};
  fades_in_ = playing_ = true;
  advance(from);
  control_.start();
  drift_.reset();
}

ElasticBuffer::Edge ElasticBuffer::play(Stretch to, std::int64_t excess,
                                        std::size_t reserve) noexcept {
  const std::size_t count = to.samples.size();
  const std::size_t most = end_ - position_ - count - reserve;
  Edge edge = load(position_, to);
  std::size_t skip = 0;
  if (excess > static_cast<std::int64_t>(span_) && most > span_) {
    skip = best_skip({to.samples.data(), ramp_}, excess, most);
    edge = splice(to, skip, edge);
    control_.spliced();
    splices_.add(1);
    skipped_.add(skip);
  }
  advance(position_ + skip + count);
  return edge;
}

ElasticBuffer::Edge ElasticBuffer::run_dry(Stretch to) noexcept {
  const std::size_t left = std::min<std::size_t>(end_ - position_, to.samples.size());
  Edge edge = load(position_, {to.samples.first(left), to.shares.first(left)});
  std::fill_n(to.samples.data() + left, to.samples.size() - left, Sample{0});
  std::fill_n(to.shares.data() + left, to.samples.size() - left, Sample{0});
  edge = fade(position_, to, {position_ + left, UINT64_MAX}, edge);
  playing_ = false;
  underruns_.add(1);
  advance(position_ + left);
  return edge;
}

// Goes over from what was loaded to what lies `skip` samples behind it.
ElasticBuffer::Edge ElasticBuffer::splice(Stretch to, std::size_t skip, Edge edge) noexcept {
  const std::size_t count = to.samples.size();
  const Stretch other{{spare_.data(), count}, {spare_shares_.data(), count}};
  const Edge other_edge = load(position_ + skip, other);
  if (edge != other_edge) {
    const MutableFrame complete = edge == Edge::complete ? to.shares : other.shares;
    std::fill(complete.begin(), complete.end(), whole);
  }
  for (std::size_t i = 0; i < ramp_; ++i) {
    const std::int32_t rising = rising_[i];
    const std::int32_t sum = to.samples[i] * ((1 << 15) - rising) + other.samples[i] * rising;
    to.samples[i] = static_cast<Sample>((sum + (1 << 14)) >> 15);
    to.shares[i] = std::min(to.shares[i], other.shares[i]);
  }
  std::copy_n(other.samples.data() + ramp_, count - ramp_, to.samples.data() + ramp_);
  std::copy_n(other.shares.data() + ramp_, count - ramp_, to.shares.data() + ramp_);
  return edge == Edge::complete ? other_edge : Edge::faded;
}

std::size_t ElasticBuffer::best_skip(Frame played, std::int64_t excess, std::size_t most) noexcept {
  const std::size_t wanted = std::min(static_cast<std::size_t>(excess), most);
  const std::size_t least = wanted - std::min(wanted, span_);
  const std::size_t offsets = std::min(wanted + span_, most) - least;
  const MutableFrame area(spare_.data(), offsets + played.size());
  ring_.copy(position_ + least, area);
  return least + best_match(played, area, std::max(pace_.rate / 16'000, 1U));
}

ElasticBuffer::Edge ElasticBuffer::load(Position from, Stretch to) const noexcept {
  ring_.copy(from, to.samples);
  Edge edge = Edge::complete;
  if (fades_in_) edge = fade(from, to, before_start_, edge);
  const Position until = from + to.samples.size() + ramp_;
  for (std::size_t i = 0;; ++i) {
    const Gap* const gap = ring_.gap(i);
    if (gap == nullptr || gap->begin >= until) return edge;
    if (gap->end + ramp_ > from) edge = fade(from, to, *gap, edge);
  }
}

ElasticBuffer::Edge ElasticBuffer::fade(Position from, Stretch to, Gap gap,
                                        Edge edge) const noexcept {
  if (edge == Edge::complete) std::fill(to.shares.begin(), to.shares.end(), whole);
  const Position end = from + to.samples.size();
  const Position first = std::max(from, gap.begin - std::min<Position>(gap.begin, ramp_));
  const Position last = gap.end >= end ? end : std::min(end, gap.end + ramp_);
  for (Position at = first; at < last; ++at) {
    Sample share = 0;
    if (at < gap.begin) share = rising_[gap.begin - at - 1];
    if (at >= gap.end) share = rising_[at - gap.end];
    Sample& sample = to.samples[at - from];
    sample = static_cast<Sample>((sample * share + (1 << 14)) >> 15);
    to.shares[at - from] = std::min(to.shares[at - from], share);
  }
  return Edge::faded;
}

void ElasticBuffer::advance(Position position) noexcept {
  position_ = position;
  ring_.release(position);
  if (position >= before_start_.end + ramp_) fades_in_ = false;
  for (const Gap* gap = ring_.gap(0); gap != nullptr && gap->end + ramp_ <= position;
       gap = ring_.gap(0)) {
    ring_.drop_gap();
  }
}

std::size_t ElasticBuffer::resample(MutableFrame out) noexcept {
  const std::size_t pieces = control_.is_steady() ? 1 : pieces_of_frame;
  std::size_t used = 0;
  std::size_t done = 0;
  for (std::size_t piece = 1; piece <= pieces; ++piece) {
    const std::size_t length = out.size() * piece / pieces - done;
    const std::int32_t ppb = control_.next_ppb(static_cast<std::uint32_t>(length));
    used += drift_.process({line_.data() + used, kept_ - used}, out.subspan(done, length), ppb);
    done += length;
  }
  return used;
}

void ElasticBuffer::drop_used() noexcept {
  if (used_ == 0) return;
  kept_ -= used_;
  std::copy_n(line_.data() + used_, kept_, line_.data());
  if (faded_ > used_) std::copy_n(shares_.data() + used_, faded_ - used_, shares_.data());
  faded_ -= std::min(faded_, used_);
  used_ = 0;
}

Frame ElasticBuffer::shares_of_frame() noexcept {
  if (faded_ <= Drift::history) return {};
  const std::size_t end = Drift::history + pace_.read;
  if (faded_ < end) std::fill_n(shares_.data() + faded_, end - faded_, whole);
  const Frame shares(shares_.data() + Drift::history, pace_.read);
  const bool complete =
      std::all_of(shares.begin(), shares.end(), [](Sample share) { return share == whole; });
  return complete ? Frame() : shares;
}

void ElasticBuffer::count(Frame shares) noexcept {
  frames_.add(1);
  if (shares.empty()) return;
  missing_.add(1);
  concealed_.add(static_cast<std::uint64_t>(
      std::count_if(shares.begin(), shares.end(), [](Sample share) { return share != whole; })));
}

LegFlow ElasticBuffer::flow() const noexcept {
  LegFlow flow;
  flow.pieces = pieces_.get();
  flow.samples = samples_.get();
  flow.overflows = overflows_.get();
  flow.lost = lost_.get();
  flow.frames = frames_.get();
  flow.missing = missing_.get();
  flow.concealed = concealed_.get();
  flow.underruns = underruns_.get();
  flow.splices = splices_.get();
  flow.skipped = skipped_.get();
  const std::int64_t level = level_.load(std::memory_order_relaxed);
  flow.delay = std::chrono::microseconds(level * 1'000'000 / pace_.rate);
  flow.drift_ppb = drift_ppb_.load(std::memory_order_relaxed);
  return flow;
}

}  // namespace barge::leg
