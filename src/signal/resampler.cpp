// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include <barge/resampler.hpp>

#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

class Resampler::Impl {
 public:
  Impl(const mix::FilterBank* bank, mix::ResampleKernels kernels, std::uint32_t lower_rate)
      : bank_(bank), kernels_(kernels), lower_rate_(lower_rate) {}

  bool process(Frame in, MutableFrame out) noexcept {
    if (!fits(in.size(), out.size())) {
      std::fill_n(out.data(), out.size(), Sample{0});
      return false;
    }
    if (bank_ == nullptr)
      std::copy_n(in.data(), in.size(), out.data());
    else
      convert(in, out);
    return true;
  }

  void reset() noexcept { history_.fill(0); }

  std::chrono::nanoseconds delay() const noexcept {
    using Time = std::chrono::nanoseconds;
    if (bank_ == nullptr) return Time::zero();
    return Time(std::chrono::seconds(mix::resample_reach)) / lower_rate_;
  }

 private:
  bool fits(std::size_t in, std::size_t out) const noexcept {
    if (in == 0 || std::max(in, out) > mix::max_resample_samples) return false;
    if (bank_ == nullptr) return in == out;
    return in % bank_->in_step == 0 && in / bank_->in_step * bank_->out_step == out;
  }

  void convert(Frame in, MutableFrame out) noexcept {
    constexpr std::size_t most = mix::max_resample_history + mix::max_resample_samples;
    Sample samples[most + mix::resample_padding];
    const auto history = history_.begin();
    const auto length = static_cast<std::ptrdiff_t>(bank_->history);
    Sample* const frame = std::copy_n(history, length, samples);
    Sample* const end = std::copy_n(in.data(), in.size(), frame);
    std::fill_n(end, mix::resample_padding, Sample{0});
    kernels_.convert(*bank_, samples, in.size() / bank_->in_step, out.data());
    std::copy_n(end - length, length, history);
  }

  const mix::FilterBank* bank_;  // null at equal rates
  mix::ResampleKernels kernels_;
  std::uint32_t lower_rate_;
  std::array<Sample, mix::max_resample_history> history_{};  // the bank's history of it
};

Result<Resampler> Resampler::create(SampleRate from, SampleRate to) {
  for (const std::uint32_t rate : {hertz(from), hertz(to)}) {
    constexpr std::uint32_t known[] = {8000, 16000, 24000, 32000, 48000};
    if (std::find(std::begin(known), std::end(known), rate) == std::end(known)) {
      return Error{Errc::invalid_argument,
                   "`" + std::to_string(rate) +
                       "` Hz: a resampler knows 8000, 16000, 24000, 32000 and 48000"};
    }
  }
  const Result<mix::Kernels>& kernels = mix::chosen_kernels();
  if (!kernels) return kernels.error();
  return Resampler(std::make_unique<Impl>(mix::filter_bank(hertz(from), hertz(to)),
                                          kernels.value().resample,
                                          std::min(hertz(from), hertz(to))));
}

Resampler::Resampler(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

bool Resampler::process(Frame in, MutableFrame out) noexcept {
  return impl_->process(in, out);
}

void Resampler::reset() noexcept {
  impl_->reset();
}

std::chrono::nanoseconds Resampler::delay() const noexcept {
  return impl_->delay();
}

BARGE_NAMESPACE_END
