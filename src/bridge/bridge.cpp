// SPDX-License-Identifier: Apache-2.0
#include <barge/bridge.hpp>

#include "bridge/impl.hpp"
#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

namespace {

/// Holds a bridge for one control call, or finds it held by another.
class Exclusive {
 public:
  // acquire and release: a call sees all that the one before it did, whatever thread that ran on.
  explicit Exclusive(std::atomic<bool>& busy)
      : busy_(busy), held_(!busy.exchange(true, std::memory_order_acquire)) {}
  ~Exclusive() {
    if (held_) busy_.store(false, std::memory_order_release);
  }
  Exclusive(const Exclusive&) = delete;
  Exclusive& operator=(const Exclusive&) = delete;
  explicit operator bool() const noexcept { return held_; }

 private:
  std::atomic<bool>& busy_;
  bool held_;
};

Error overlap() {
  return {Errc::concurrent_control, "another control call is running on this bridge"};
}

/// Does the work of one control call, unless another one is running.
template <class Impl, class Work>
auto exclusively(Impl& impl, const Work& work) -> decltype(work()) {
  const Exclusive hold(impl.busy);
  if (!hold) return overlap();
  auto outcome = work();
  impl.publish();
  return outcome;
}

Status check_announcements(const BridgeConfig& config) {
  if (config.announcements == nullptr) return Ok{};
  const auto fits = [&](const Clip& clip) {
    return clip.samples == nullptr || clip.rate == config.format.rate;
  };
  for (const Phrase& phrase : config.announcements->phrases) {
    if (phrase.clip.samples == nullptr || phrase.clip.samples->empty()) {
      return Error{Errc::invalid_argument, "phrase `" + phrase.id + "` has no samples"};
    }
    if (!fits(phrase.clip)) {
      return Error{Errc::wrong_format, "phrase `" + phrase.id + "` is not at the bridge's rate"};
    }
  }
  if (fits(config.announcements->hold_source)) return Ok{};
  return Error{Errc::wrong_format, "the hold source is not at the bridge's rate"};
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
  if (const Status status = check_announcements(config); !status) return status.error();
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
  return media::Engine::port(impl_->engine());
}

MediaCounters Bridge::media_counters() const {
  return {impl_->engine()->ticks(), impl_->engine()->refused()};
}

Result<Joined> Bridge::join(Person person, Ears ears) {
  return exclusively(*impl_,
                     [&]() -> Result<Joined> { return impl_->join(std::move(person), ears); });
}

Status Bridge::leave(ParticipantId participant) {
  return exclusively(*impl_, [&]() -> Status { return impl_->leave(participant); });
}

Status Bridge::set_muted(ParticipantId participant, bool muted) {
  return exclusively(*impl_, [&]() -> Status { return impl_->set_muted(participant, muted); });
}

Status Bridge::set_edge_muted(ParticipantId listener, ParticipantId speaker, bool muted) {
  return exclusively(*impl_,
                     [&]() -> Status { return impl_->set_edge_muted(listener, speaker, muted); });
}

Status Bridge::set_gain(ParticipantId listener, ParticipantId speaker, Gain gain) {
  return exclusively(*impl_, [&]() -> Status { return impl_->set_gain(listener, speaker, gain); });
}

Result<Requested> Bridge::request(ParticipantId supervisor, const ModeRequest& request) {
  return exclusively(*impl_,
                     [&]() -> Result<Requested> { return impl_->request(supervisor, request); });
}

Status Bridge::hand_back(ParticipantId supervisor, Mode to) {
  return exclusively(*impl_, [&]() -> Status { return impl_->hand_back(supervisor, to); });
}

Status Bridge::set_talking(ParticipantId supervisor, bool talking) {
  return exclusively(*impl_, [&]() -> Status { return impl_->set_talking(supervisor, talking); });
}

Status Bridge::force(ParticipantId supervisor, Mode mode, std::string reason) {
  return exclusively(*impl_,
                     [&]() -> Status { return impl_->force(supervisor, mode, std::move(reason)); });
}

Status Bridge::hold(ParticipantId participant, Hold kind) {
  return exclusively(*impl_, [&]() -> Status { return impl_->hold(participant, kind); });
}

Status Bridge::resume(ParticipantId participant) {
  return exclusively(*impl_, [&]() -> Status { return impl_->resume(participant); });
}

Result<Joined> Bridge::replace_leg(ParticipantId participant) {
  return exclusively(*impl_, [&]() -> Result<Joined> { return impl_->replace_leg(participant); });
}

Result<Joined> Bridge::transfer(const Transfer& transfer) {
  return exclusively(*impl_, [&]() -> Result<Joined> { return impl_->transfer(transfer); });
}

Result<Consultation> Bridge::consult(ParticipantId party, const Party& with) {
  return exclusively(*impl_, [&]() -> Result<Consultation> { return impl_->consult(party, with); });
}

Status Bridge::end_consult(ConversationId conversation) {
  return exclusively(*impl_, [&]() -> Status { return impl_->end_consult(conversation); });
}

Status Bridge::park() {
  return exclusively(*impl_, [&]() -> Status { return impl_->park(); });
}

Status Bridge::retrieve() {
  return exclusively(*impl_, [&]() -> Status { return impl_->retrieve(); });
}

Status Bridge::set_attributes(const CallAttributes& attributes) {
  return exclusively(*impl_, [&]() -> Status { return impl_->set_attributes(attributes); });
}

Result<PlaybackId> Bridge::play(const Playback& playback) {
  return exclusively(*impl_, [&]() -> Result<PlaybackId> { return impl_->play(playback); });
}

Status Bridge::stop(PlaybackId playback) {
  return exclusively(*impl_, [&]() -> Status { return impl_->stop(playback); });
}

Result<LegId> Bridge::tap(ParticipantId participant, Track track) {
  return exclusively(*impl_, [&]() -> Result<LegId> { return impl_->tap(participant, track); });
}

Status Bridge::untap(LegId tap) {
  return exclusively(*impl_, [&]() -> Status { return impl_->untap(tap); });
}

Status Bridge::set_policy(Authorizer& authorizer) {
  return exclusively(*impl_, [&]() -> Status { return impl_->set_policy(authorizer); });
}

Status Bridge::complete(ObligationId obligation, Fulfilment fulfilment) {
  return exclusively(*impl_, [&]() -> Status { return impl_->complete(obligation, fulfilment); });
}

Result<std::vector<Moved>> Bridge::merge(Bridge& other) {
  if (&other == this) return Error{Errc::invalid_argument, "a bridge cannot be merged with itself"};
  using Outcome = Result<std::vector<Moved>>;
  return exclusively(*impl_, [&]() -> Outcome {
    return exclusively(*other.impl_, [&]() -> Outcome { return impl_->merge(*other.impl_); });
  });
}

std::vector<Event> Bridge::poll() {
  const Exclusive hold(impl_->busy);
  if (!hold) return {Fault{overlap().code, overlap().message}};
  auto events = impl_->poll();
  impl_->publish();
  return events;
}

std::optional<SteadyTime> Bridge::next_deadline() const {
  const Exclusive hold(impl_->busy);
  if (!hold) return std::nullopt;
  return impl_->next_deadline();
}

Result<std::vector<ParticipantInfo>> Bridge::participants() const {
  return exclusively(
      *impl_, [&]() -> Result<std::vector<ParticipantInfo>> { return impl_->participants(); });
}

Result<std::vector<ParticipantInfo>> Bridge::roster(ParticipantId asker) const {
  return exclusively(
      *impl_, [&]() -> Result<std::vector<ParticipantInfo>> { return impl_->roster(asker); });
}

Status Bridge::close() {
  return exclusively(*impl_, [&]() -> Status { return impl_->close(); });
}

BARGE_NAMESPACE_END
