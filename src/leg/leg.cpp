// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <barge/leg.hpp>
#include <barge/resampler.hpp>

#include "leg/elastic_buffer.hpp"
#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest_packet{10};
constexpr milliseconds longest_packet{60};
constexpr milliseconds longest_target{500};
constexpr milliseconds margin{15};

std::uint32_t samples(SampleRate rate, milliseconds time) noexcept {
  return static_cast<std::uint32_t>(hertz(rate) * time.count() / 1000);
}

bool is_whole(SampleRate rate, milliseconds time) noexcept {
  return hertz(rate) * time.count() % 1000 == 0;
}

/// Of a tick; up to the next whole one.
milliseconds length(Format format) noexcept {
  const std::uint32_t rate = hertz(format.rate);
  return milliseconds((format.frame_samples * 1000 + rate - 1) / rate);
}

milliseconds target_of(const LegConfig& config) noexcept {
  if (config.target != milliseconds(0)) return config.target;
  return config.packet + std::max(length(config.bridge), margin);
}

Error invalid(std::string message) {
  return {Errc::invalid_argument, std::move(message)};
}

std::optional<Error> check(const LegConfig& config) {
  if (!is_valid(config.bridge)) return invalid("bridge is no valid format");
  if (!is_valid(Format{config.rate, samples(config.rate, shortest_packet)})) {
    return invalid("rate `" + std::to_string(hertz(config.rate)) + "` is unknown");
  }
  if (config.packet < shortest_packet || config.packet > longest_packet) {
    return invalid("packet has to be from 10 ms to 60 ms");
  }
  if (!is_whole(config.rate, config.packet) || !is_whole(config.bridge.rate, config.packet)) {
    return invalid("packet has to be a whole number of samples at both rates");
  }
  const milliseconds target = target_of(config);
  if (target < config.packet + margin || target > longest_target) {
    return invalid("target has to be from packet + 15 ms to 500 ms");
  }
  const milliseconds keep = config.send_target;
  const bool keeps_enough = keep >= length(config.bridge) + margin && keep <= longest_target;
  if (keep != milliseconds(0) && !keeps_enough) {
    return invalid("send_target has to be 0, or from tick + 15 ms to 500 ms");
  }
  return std::nullopt;
}

leg::Pace inwards(const LegConfig& config) noexcept {
  const SampleRate rate = config.bridge.rate;
  return {hertz(rate), samples(rate, config.packet), config.bridge.frame_samples,
          samples(rate, target_of(config))};
}

leg::Pace outwards(const LegConfig& config) noexcept {
  const SampleRate rate = config.bridge.rate;
  return {hertz(rate), config.bridge.frame_samples, samples(rate, config.packet),
          samples(rate, config.send_target)};
}

/// The resamplers of a leg whose rate is not the bridge's.
struct Resamplers {
  Resampler in;
  Resampler out;
};

}  // namespace

// Both queues hold samples at the bridge's rate, so the network thread does all the resampling.
class Leg::Impl {
 public:
  Impl(const LegConfig& config, std::optional<Resamplers> resamplers)
      : config_(config),
        in_(inwards(config)),
        out_(outwards(config)),
        packet_samples_(samples(config.rate, config.packet)),
        longest_(samples(config.rate, longest_packet)),
        resamplers_(std::move(resamplers)),
        concealed_(config.bridge.frame_samples) {
    const std::uint32_t common = std::gcd(hertz(config.rate), hertz(config.bridge.rate));
    unit_ = hertz(config.rate) / common;
    bridge_unit_ = hertz(config.bridge.rate) / common;
    if (!resamplers_) return;
    staged_.resize(unit_ + longest_);
    at_bridge_rate_.resize(staged_.size() / unit_ * bridge_unit_);
  }

  ReceiveStatus receive(Frame packet) noexcept {
    if (packet.empty() || packet.size() > longest_) return ReceiveStatus::bad_packet;
    if (!resamplers_) return status(in_.write(packet));
    std::copy_n(packet.data(), packet.size(), staged_.data() + waiting_);
    const MutableFrame converted = convert(packet.size());
    return status(converted.empty() || in_.write(converted));
  }

  ReceiveStatus lost(std::uint32_t count) noexcept {
    if (count == 0 || count > longest_) return ReceiveStatus::bad_packet;
    if (!resamplers_) return status(in_.write_gap(count));
    std::fill_n(staged_.data() + waiting_, count, Sample{0});
    const MutableFrame converted = convert(count);
    return status(converted.empty() || in_.write_gap(converted.size()));
  }

  SendStatus send(MutableFrame packet) noexcept {
    if (packet.size() != packet_samples_) return SendStatus::bad_packet;
    if (!resamplers_) return take(packet) ? SendStatus::ok : SendStatus::not_yet;
    const MutableFrame taken(to_send_.data(), to_send_.size());
    if (!take(taken)) return SendStatus::not_yet;
    resamplers_->out.process(taken, packet);
    return SendStatus::ok;
  }

  ReadStatus read(MutableFrame out) noexcept {
    if (out.size() != config_.bridge.frame_samples) {
      std::fill_n(out.data(), out.size(), Sample{0});
      return ReadStatus::bad_frame;
    }
    const Frame shares = in_.read(out);
    if (config_.concealment == nullptr) {
      return shares.empty() ? ReadStatus::audio : ReadStatus::silence;
    }
    if (shares.empty()) {
      config_.concealment->heard(out);
      return ReadStatus::audio;
    }
    conceal(shares, out);
    return ReadStatus::concealed;
  }

  WriteStatus write(Frame row) noexcept {
    if (row.size() != config_.bridge.frame_samples) return WriteStatus::bad_frame;
    return out_.write(row) ? WriteStatus::ok : WriteStatus::overflow;
  }

  LegCounters counters() const noexcept { return {in_.flow(), out_.flow()}; }

 private:
  static ReceiveStatus status(bool fits) noexcept {
    return fits ? ReceiveStatus::ok : ReceiveStatus::overflow;
  }

  /// Resamples what is staged, but for a rest that is no whole number of samples afterwards.
  MutableFrame convert(std::size_t added) noexcept {
    const std::size_t staged = waiting_ + added;
    const std::size_t units = staged / unit_;
    const std::size_t taken = units * unit_;
    const MutableFrame converted(at_bridge_rate_.data(), units * bridge_unit_);
    if (units != 0) resamplers_->in.process({staged_.data(), taken}, converted);
    waiting_ = staged - taken;
    std::copy_n(staged_.data() + taken, taken == 0 ? 0 : waiting_, staged_.data());
    return converted;
  }

  bool take(MutableFrame out) noexcept {
    if (config_.send_target == milliseconds(0)) return out_.take(out);
    out_.read(out);
    return true;
  }

  void conceal(Frame shares, MutableFrame out) noexcept {
    config_.concealment->conceal(concealed_);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::int32_t share = leg::ElasticBuffer::whole - shares[i];
      const std::int32_t sum = out[i] + ((concealed_[i] * share + (1 << 14)) >> 15);
      out[i] = static_cast<Sample>(std::clamp<std::int32_t>(sum, INT16_MIN, INT16_MAX));
    }
  }

  const LegConfig config_;
  leg::ElasticBuffer in_;
  leg::ElasticBuffer out_;
  const std::size_t packet_samples_;
  const std::size_t longest_;
  std::optional<Resamplers> resamplers_;
  std::uint32_t unit_ = 1;         ///< so many samples of the leg
  std::uint32_t bridge_unit_ = 1;  ///< are so many of the bridge

  // Network thread only.
  std::vector<Sample> staged_;
  std::size_t waiting_ = 0;  ///< samples in front of the next packet's
  std::vector<Sample> at_bridge_rate_;
  std::vector<Sample> to_send_ = std::vector<Sample>(samples(config_.bridge.rate, config_.packet));

  std::vector<Sample> concealed_;  // media thread only
};

Result<Leg> Leg::create(const LegConfig& config) {
  if (auto error = check(config)) return *std::move(error);
  if (const auto& kernels = mix::chosen_kernels(); !kernels) return kernels.error();
  if (config.rate == config.bridge.rate) {
    return Leg(std::make_unique<Impl>(config, std::nullopt));
  }
  auto in = Resampler::create(config.rate, config.bridge.rate);
  auto out = Resampler::create(config.bridge.rate, config.rate);
  if (!in) return in.error();
  if (!out) return out.error();
  return Leg(
      std::make_unique<Impl>(config, Resamplers{std::move(in).value(), std::move(out).value()}));
}

Leg::Leg(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Leg::Leg(Leg&&) noexcept = default;
Leg& Leg::operator=(Leg&&) noexcept = default;
Leg::~Leg() = default;

ReceiveStatus Leg::receive(Frame packet) noexcept {
  return impl_->receive(packet);
}
ReceiveStatus Leg::lost(std::uint32_t samples) noexcept {
  return impl_->lost(samples);
}
SendStatus Leg::send(MutableFrame packet) noexcept {
  return impl_->send(packet);
}
ReadStatus Leg::read(MutableFrame out) noexcept {
  return impl_->read(out);
}
WriteStatus Leg::write(Frame row) noexcept {
  return impl_->write(row);
}
LegCounters Leg::counters() const noexcept {
  return impl_->counters();
}

BARGE_NAMESPACE_END
