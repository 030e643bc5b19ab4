// SPDX-License-Identifier: Apache-2.0
#include <barge/bridge.hpp>

#include "bridge/impl.hpp"
#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

namespace {

/// Holds a bridge for one control call, or finds it held by another.
class Hold {
 public:
  // acquire and release: a call sees all that the one before it did, whatever thread that ran on.
  explicit Hold(std::atomic<bool>& busy)
      : busy_(busy), held_(!busy.exchange(true, std::memory_order_acquire)) {}
  ~Hold() {
    if (held_) busy_.store(false, std::memory_order_release);
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  explicit operator bool() const noexcept { return held_; }

 private:
  std::atomic<bool>& busy_;
  bool held_;
};

Error overlap() {
  return {Errc::concurrent_control, "another control call is running on this bridge"};
}

Status check_speech(const BridgeConfig& config) {
  if (!config.speech) return Ok{};
  const auto& [threshold, onset, hangover] = *config.speech;
  const bool good = threshold >= -80 && threshold <= -10 && onset.count() >= 0 &&
                    onset.count() <= 1000 && hangover.count() >= 0 && hangover.count() <= 10000;
  if (good) return Ok{};
  return Error{
      Errc::invalid_argument,
      "speech detection takes a threshold of -80 to -10 dBFS, an onset of at most 1 s and a "
      "hangover of at most 10 s"};
}

}  // namespace

Result<Bridge> Bridge::create(BridgeConfig config, Authorizer& authorizer, AuditSink& sink,
                              const Clock& clock) {
  if (config.call.empty()) return Error{Errc::invalid_argument, "the bridge needs a call id"};
  if (!is_valid(config.format)) {
    return Error{Errc::invalid_argument, "a frame has to be 5 ms to 60 ms at a known rate"};
  }
  if (const Status status = check_speech(config); !status) return status.error();
  if (config.media_memory == nullptr) {
    return Error{Errc::invalid_argument, "media_memory has to be a memory resource"};
  }
  if (config.max_legs == 0 || config.max_legs > media::most_legs) {
    return Error{Errc::invalid_argument, "max_legs has to be from 1 to 4096"};
  }
  if (const auto& kernels = mix::chosen_kernels(); !kernels) return kernels.error();
  return Bridge(std::make_unique<Impl>(std::move(config), authorizer, sink, clock));
}

Bridge::Bridge(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Bridge::Bridge(Bridge&&) noexcept = default;
Bridge& Bridge::operator=(Bridge&& other) noexcept {
  if (this != &other) {
    if (impl_) static_cast<void>(impl_->close());
    impl_ = std::move(other.impl_);
  }
  return *this;
}
Bridge::~Bridge() {
  if (impl_) static_cast<void>(impl_->close());
}

MediaPort Bridge::media_port() const {
  return MediaPort(impl_->engine());
}

Result<Joined> Bridge::join(Person person, Ears ears) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->join(std::move(person), ears);
}

Status Bridge::leave(ParticipantId participant) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->leave(participant);
}

Status Bridge::set_muted(ParticipantId participant, bool muted) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->set_muted(participant, muted);
}

Status Bridge::set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->set_edge_muted(listener, speaker, muted);
}

Status Bridge::set_gain(ParticipantId listener, ParticipantId speaker, Gain gain) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->set_gain(listener, speaker, gain);
}

Result<Requested> Bridge::request(ParticipantId supervisor, const ModeRequest& request) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->request(supervisor, request);
}

Status Bridge::force(ParticipantId supervisor, Mode mode, std::string reason) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->force(supervisor, mode, std::move(reason));
}

Status Bridge::set_policy(Authorizer& authorizer) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->set_policy(authorizer);
}

Status Bridge::complete(ObligationId obligation, Fulfilment fulfilment) {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->complete(obligation, fulfilment);
}

std::vector<Event> Bridge::poll() {
  const Hold hold(impl_->busy);
  if (!hold) return {Fault{overlap().code, overlap().message}};
  return impl_->poll();
}

std::optional<SteadyTime> Bridge::next_deadline() const {
  const Hold hold(impl_->busy);
  if (!hold) return std::nullopt;
  return impl_->next_deadline();
}

Result<std::vector<ParticipantInfo>> Bridge::participants() const {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->participants();
}

MediaCounters Bridge::media_counters() const {
  return {impl_->engine()->ticks(), impl_->engine()->refused()};
}

Status Bridge::close() {
  const Hold hold(impl_->busy);
  if (!hold) return overlap();
  return impl_->close();
}

BARGE_NAMESPACE_END
