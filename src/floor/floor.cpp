// SPDX-License-Identifier: Apache-2.0
#include <barge/floor.hpp>

#include "floor/impl.hpp"

BARGE_NAMESPACE_BEGIN

namespace {

/// Holds a floor for one control call, or finds it held by another.
class Turn {
 public:
  // acquire and release: a call sees all that the one before it did, whatever thread that ran on.
  explicit Turn(std::atomic<bool>& busy)
      : busy_(busy), held_(!busy.exchange(true, std::memory_order_acquire)) {}
  ~Turn() {
    if (held_) busy_.store(false, std::memory_order_release);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  explicit operator bool() const noexcept { return held_; }

 private:
  std::atomic<bool>& busy_;
  const bool held_;
};

Error overlap() {
  return {Errc::concurrent_control, "another control call is running on this floor"};
}

/// Runs one control call of the floor, unless another one is running.
template <class T, class Impl, class Run>
Result<T> alone(Impl& impl, const Run& run) {
  const Turn turn(impl.busy);
  if (!turn) return overlap();
  return run(impl);
}

}  // namespace

Result<Floor> Floor::create(FloorConfig config, Authorizer& authorizer, AuditSink& sink,
                            const Clock& clock) {
  if (config.authorizer_deadline.count() < 0) {
    return Error{Errc::invalid_argument, "the authorizer's deadline has to be at least 0"};
  }
  return Floor(std::make_unique<Impl>(config, authorizer, sink, clock));
}

Floor::Floor(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Floor::Floor(Floor&&) noexcept = default;
Floor& Floor::operator=(Floor&&) noexcept = default;
Floor::~Floor() = default;

Result<CallId> Floor::open(BridgeConfig config) {
  return alone<CallId>(*impl_, [&](Impl& impl) { return impl.open(std::move(config)); });
}

Status Floor::close(CallId call) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.close(call); });
}

Result<Bridge*> Floor::bridge(CallId call) {
  return alone<Bridge*>(*impl_, [&](Impl& impl) { return impl.bridge(call); });
}

Result<CallId> Floor::find(const CallGid& call) const {
  return alone<CallId>(*impl_, [&](Impl& impl) { return impl.find(call); });
}

Result<std::vector<CallId>> Floor::calls_of(const PersonGid& person) const {
  return alone<std::vector<CallId>>(*impl_, [&](Impl& impl) { return impl.calls_of(person); });
}

Result<std::vector<CallId>> Floor::calls_at(const std::string& extension) const {
  return alone<std::vector<CallId>>(*impl_, [&](Impl& impl) { return impl.calls_at(extension); });
}

Result<CallId> Floor::pick(const Selection& selection) {
  return alone<CallId>(*impl_, [&](Impl& impl) { return impl.pick(selection); });
}

std::vector<FloorEvent> Floor::poll_ready() {
  const Turn turn(impl_->busy);
  if (!turn) return {FloorEvent{{}, {}, Fault{overlap().code, overlap().message}}};
  return impl_->poll_ready();
}

std::optional<SteadyTime> Floor::next_deadline() const {
  const Turn turn(impl_->busy);
  if (!turn) return std::nullopt;
  return impl_->next_deadline();
}

Result<std::vector<LiveCall>> Floor::calls() const {
  return alone<std::vector<LiveCall>>(*impl_, [](Impl& impl) { return impl.calls(); });
}

Result<std::vector<LiveAgent>> Floor::agents() const {
  return alone<std::vector<LiveAgent>>(*impl_, [](Impl& impl) { return impl.agents(); });
}

Result<std::vector<Supervision>> Floor::sessions() const {
  return alone<std::vector<Supervision>>(*impl_, [](Impl& impl) { return impl.sessions(); });
}

Result<FloorCounters> Floor::counters() const {
  return alone<FloorCounters>(*impl_, [](Impl& impl) { return impl.counters(); });
}

Status Floor::set_policy(Authorizer& authorizer) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.set_policy(authorizer); });
}

Status Floor::sign_on(Person supervisor) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.sign_on(std::move(supervisor)); });
}

Status Floor::sign_off(const PersonGid& supervisor) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.sign_off(supervisor); });
}

Status Floor::follow(Following following) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.follow(std::move(following)); });
}

Status Floor::unfollow(const PersonGid& supervisor) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.unfollow(supervisor); });
}

Result<std::vector<Following>> Floor::followings() const {
  return alone<std::vector<Following>>(*impl_, [](Impl& impl) { return impl.followings(); });
}

Result<HelpId> Floor::request_help(CallId call, HelpRequest request) {
  return alone<HelpId>(*impl_,
                       [&](Impl& impl) { return impl.request_help(call, std::move(request)); });
}

Status Floor::cancel_help(HelpId help) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.cancel_help(help); });
}

Status Floor::accept_help(HelpId help, const PersonGid& supervisor) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.accept_help(help, supervisor); });
}

Result<std::vector<OpenHelp>> Floor::open_help() const {
  return alone<std::vector<OpenHelp>>(*impl_, [](Impl& impl) { return impl.open_help(); });
}

Status Floor::flag_risk(CallId call, RiskFlag flag) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.flag_risk(call, std::move(flag)); });
}

Status Floor::note_guidance(CallId call, Guidance guidance) {
  return alone<Ok>(*impl_,
                   [&](Impl& impl) { return impl.note_guidance(call, std::move(guidance)); });
}

Status Floor::record_wrapup(const CallGid& call, Wrapup wrapup) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.record_wrapup(call, std::move(wrapup)); });
}

Status Floor::record_satisfaction(const CallGid& call, const Satisfaction& satisfaction) {
  return alone<Ok>(*impl_,
                   [&](Impl& impl) { return impl.record_satisfaction(call, satisfaction); });
}

Status Floor::note_coaching(const CallGid& call, const CoachingNote& note) {
  return alone<Ok>(*impl_, [&](Impl& impl) { return impl.note_coaching(call, note); });
}

BARGE_NAMESPACE_END
