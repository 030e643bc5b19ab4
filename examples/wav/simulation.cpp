// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <barge/barge.hpp>

namespace wav {
namespace {

using namespace std::chrono_literals;
using barge::ParticipantId;

// Time that passes only when a frame does.
class SimulatedClock final : public barge::Clock {
 public:
  barge::WallTime wall() const override { return barge::WallTime(now_); }
  barge::SteadyTime steady() const override { return barge::SteadyTime(now_); }
  std::chrono::milliseconds now() const { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  std::chrono::milliseconds now_ = 0ms;
};

class Simulation {
 public:
  Simulation(const Timeline& timeline, const std::vector<Samples>& voices, barge::Policy policy)
      : timeline_(timeline), voices_(voices), authorizer_(std::move(policy)) {}

  barge::Result<Call> run() {
    barge::BridgeConfig config;
    config.call = barge::CallGid("timeline");
    config.queue = timeline_.queue;
    config.format = timeline_.format;
    auto created = barge::Bridge::create(std::move(config), authorizer_, sink_, clock_);
    if (!created) return created.error();
    bridge_.emplace(std::move(created).value());
    for (const Party& party : timeline_.parties) {
      const barge::Result<barge::Joined> joined = bridge_->join(party.person);
      if (!joined) return joined.error();
      joined_.push_back(joined.value());
    }
    call_.heard.resize(joined_.size());
    play();
    return std::move(call_);
  }

 private:
  void play() {
    std::size_t longest = 0;
    for (const Samples& voice : voices_)
      longest = std::max(longest, voice.size());
    const std::size_t frame = timeline_.format.frame_samples;
    barge::MediaPort port = bridge_->media_port();
    auto change = timeline_.changes.begin();
    for (std::size_t start = 0; start < longest; start += frame) {
      for (; change != timeline_.changes.end() && change->at <= clock_.now(); ++change)
        ask(*change);
      poll();
      tick(port, start);
      clock_.advance(timeline_.frame);
    }
    poll();
  }

  // The media thread's work of one frame.
  void tick(barge::MediaPort& port, std::size_t start) {
    const std::size_t frame = timeline_.format.frame_samples;
    std::vector<Samples> spoken(joined_.size());
    barge::Tick tick = port.begin_tick();
    for (std::size_t i = 0; i < joined_.size(); ++i) {
      const Samples& voice = voices_[i];
      const auto first = voice.begin() + static_cast<std::ptrdiff_t>(std::min(start, voice.size()));
      const auto left = static_cast<std::size_t>(voice.end() - first);
      spoken[i].assign(first, first + static_cast<std::ptrdiff_t>(std::min(frame, left)));
      spoken[i].resize(frame);
      tick.push(joined_[i].leg, spoken[i]);
    }
    const barge::MixedTick mixed = std::move(tick).mix();
    for (std::size_t i = 0; i < joined_.size(); ++i) {
      Samples& heard = call_.heard[i];
      heard.resize(start + frame);
      mixed.pull(joined_[i].leg, barge::MutableFrame(heard).subspan(start));
    }
  }

  void ask(const Change& change) {
    barge::ModeRequest request;
    request.mode = change.mode;
    request.disposition = change.agent_becomes;
    if (change.agent) request.agent = joined_[*change.agent].participant;
    for (const std::size_t target : change.targets)
      request.targets.push_back(joined_[target].participant);
    const auto answer = bridge_->request(joined_[change.supervisor].participant, request);
    if (!answer) refuse(change.supervisor, change.mode, answer.error().message);
  }

  void poll() {
    for (const barge::Event& event : bridge_->poll())
      std::visit([this](const auto& happened) { note(happened); }, event);
  }

  void note(const barge::ModeApplied& applied) {
    call_.applied.push_back({party(applied.supervisor), applied.to, applied.at});
  }
  void note(const barge::RequestDenied& denied) {
    refuse(party(denied.supervisor), denied.mode,
           "denied (" + std::string(name(denied.decision.code)) + ")");
  }
  // A takeover that drops its agent ends that leg.
  void note(const barge::DropAgent& drop) { static_cast<void>(bridge_->leave(drop.agent)); }
  void note(const barge::Fault& fault) { call_.refused.push_back(fault.message); }
  template <class Other>
  void note(const Other&) {}

  void refuse(std::size_t supervisor, barge::Mode mode, const std::string& why) {
    call_.refused.push_back("at " + std::to_string(clock_.now().count()) +
                            " ms: " + timeline_.parties[supervisor].person.id.text() + ": " +
                            std::string(name(mode)) + ": " + why);
  }

  std::size_t party(ParticipantId id) const {
    const auto is_it = [id](const barge::Joined& joined) { return joined.participant == id; };
    return static_cast<std::size_t>(std::find_if(joined_.begin(), joined_.end(), is_it) -
                                    joined_.begin());
  }

  const Timeline& timeline_;
  const std::vector<Samples>& voices_;
  SimulatedClock clock_;
  barge::MemorySink sink_;
  barge::PolicyAuthorizer authorizer_;
  std::optional<barge::Bridge> bridge_;
  std::vector<barge::Joined> joined_;
  Call call_;
};

}  // namespace

barge::Result<Call> simulate(const Timeline& timeline, const std::vector<Samples>& voices,
                             barge::Policy policy) {
  return Simulation(timeline, voices, std::move(policy)).run();
}

}  // namespace wav
