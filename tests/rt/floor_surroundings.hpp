// SPDX-License-Identifier: Apache-2.0
// What surrounds a floor that is used at random: a policy, a log, and threads of media.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <barge/barge.hpp>

namespace barge::test {

using namespace std::chrono_literals;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool one_in(std::size_t chances) { return below(chances) == 0; }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// Answers at once, later, or never; permits most, under all kinds of obligations.
class RandomAuthorizer final : public Authorizer {
 public:
  RandomAuthorizer(Dice& dice, const Clock& clock) : dice_(dice), clock_(clock) {}

  AuthorizerTicket ask(const AccessRequest& request) override {
    const AuthorizerTicket ticket{++asked_};
    SteadyTime at = clock_.steady();
    if (!calm_ && dice_.one_in(4)) at += std::chrono::milliseconds(dice_.below(200));
    if (!calm_ && dice_.one_in(100)) at += 1h;
    open_.emplace(ticket, Answer{decide(request), at});
    return ticket;
  }
  std::optional<Decision> take_answer(AuthorizerTicket ticket) override {
    const auto found = open_.find(ticket);
    if (found == open_.end() || found->second.at > clock_.steady()) return std::nullopt;
    Decision decision = std::move(found->second.decision);
    open_.erase(found);
    return decision;
  }
  void forget(AuthorizerTicket ticket) override { open_.erase(ticket); }
  std::size_t open() const { return open_.size(); }
  /// From now on it permits or denies at once, for good and without obligations; or not any more.
  void be_calm(bool calm) { calm_ = calm; }

 private:
  struct Answer {
    Decision decision;
    SteadyTime at;
  };

  Decision decide(const AccessRequest& request) {
    Decision decision;
    if (dice_.one_in(8)) return decision;
    decision.effect = Effect::permit;
    decision.code = DecisionCode::permitted;
    if (calm_) return decision;
    Obligations& obligations = decision.obligations;
    if (dice_.one_in(8)) obligations.visual = Obliged<VisualObligation>{{true, true}, "visual"};
    if (dice_.one_in(8)) {
      obligations.tones.push_back({{"monitor_beep", NoticeTo::both, dice_.one_in(2), 0ms}, "tone"});
    }
    if (dice_.one_in(8)) obligations.max_session = Obliged<std::chrono::seconds>{20s, "limit"};
    if (dice_.one_in(8)) obligations.max_whisper = Obliged<std::chrono::seconds>{3s, "budget"};
    if (dice_.one_in(8)) obligations.max_concurrent = Obliged<std::uint32_t>{8, "cap"};
    if (dice_.one_in(8)) obligations.max_per_agent_per_hour = Obliged<std::uint32_t>{9, "cap"};
    if (dice_.one_in(8)) decision.valid_until = request.environment.now + 5s;
    if (dice_.one_in(4)) decision.on_revoke.downgrade_to = Mode::monitor;
    if (dice_.one_in(8)) decision.on_revoke.grace = 500ms;
    decision.terms.agent_may_listen = dice_.one_in(2);
    decision.terms.without_consent = dice_.one_in(2) ? Mode::takeover : Mode::off;
    decision.terms.card_data = dice_.one_in(4) ? CardData::end : CardData::silence;
    decision.terms.internal_calls = dice_.one_in(2);
    return decision;
  }

  Dice& dice_;
  const Clock& clock_;
  std::unordered_map<AuthorizerTicket, Answer> open_;
  std::uint64_t asked_ = 0;
  bool calm_ = false;
};

/// Looks at the order and the number of records of each session.
class Auditor final : public AuditSink {
 public:
  Result<AuditTicket> append(AuditRecord record) override {
    ++taken_;
    if (!record.session.empty()) check(record);
    return AuditTicket{taken_};
  }
  Durability durability(AuditTicket ticket) const override {
    return static_cast<std::uint64_t>(ticket) <= durable_ ? Durability::durable
                                                          : Durability::pending;
  }
  /// What has been taken so far is durable.
  void sync() { durable_ = taken_; }

  /// Sessions that were in force and have not ended.
  std::size_t running() const { return running_; }
  std::size_t sessions() const { return sessions_; }
  std::uint64_t records() const { return taken_; }
  const std::vector<std::string>& faults() const { return faults_; }
  void forget() { states_.clear(); }

 private:
  struct State {
    std::uint64_t sequence = 0;
    bool joined = false;
    bool left = false;
  };

  void check(const AuditRecord& record) {
    State& state = states_[record.session.text()];
    const auto wrong = [&](const std::string& what) {
      if (faults_.size() < 10) {
        faults_.push_back(record.session.text() + ": " + std::string(name(record.type)) + what);
      }
    };
    if (record.session_sequence != ++state.sequence) wrong(" out of sequence");
    if (record.type == RecordType::session_joined) {
      if (state.joined) wrong(" twice");
      state.joined = true;
      ++running_, ++sessions_;
    }
    if (record.type != RecordType::session_left) return;
    if (!state.joined || state.left) wrong(state.left ? " twice" : " without session.joined");
    if (state.joined && !state.left) --running_;
    state.left = true;
  }

  std::unordered_map<std::string, State> states_;
  std::uint64_t taken_ = 0, durable_ = 0;
  std::size_t running_ = 0, sessions_ = 0;
  std::vector<std::string> faults_;
};

/// Knows which sessions are counted now.
class WatchedUsage final : public UsageCounts {
 public:
  bool has_room(const Use& use, const UseLimits& limits) const override {
    return counts_.has_room(use, limits);
  }
  bool begin(const Use& use, const UseLimits& limits) override {
    const bool begun = counts_.begin(use, limits);
    if (begun) running_.insert(use.session);
    return begun;
  }
  void end(const SessionGid& session) override {
    running_.erase(session);
    counts_.end(session);
  }
  std::size_t running() const { return running_.size(); }

 private:
  MemoryUsage counts_;
  std::set<SessionGid> running_;
};

/// Ticks all calls on threads of their own, as fast as they can. Nothing orders them and control
/// but the handing over of a port: what the library needs beyond that it has to bring itself.
class MediaThreads {
 public:
  static constexpr std::size_t most_legs = 8;

  MediaThreads(std::size_t calls, std::size_t threads) : places_(calls) {
    for (std::size_t i = 0; i < threads; ++i)
      threads_.emplace_back([this, i, threads] { run(i, threads); });
  }
  ~MediaThreads() {
    stop_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_)
      thread.join();
    for (Place& place : places_)
      delete place.incoming.load(std::memory_order_relaxed);
  }

  void give(std::size_t call, MediaPort port) {
    // acq_rel: hands the port over, with all that control did before.
    delete places_[call].incoming.exchange(new MediaPort(std::move(port)),
                                           std::memory_order_acq_rel);
  }
  /// Who is on the call; without any order towards the threads.
  void seat(std::size_t call, const std::vector<ParticipantInfo>& parties) {
    for (std::size_t i = 0; i < most_legs; ++i) {
      const LegId leg = i < parties.size() ? parties[i].leg : LegId();
      const std::uint64_t bits = std::uint64_t{leg.slot()} << 32 | leg.generation();
      places_[call].legs[i].store(bits, std::memory_order_relaxed);
    }
  }
  /// How often all calls have been ticked.
  std::uint64_t rounds() const { return rounds_.load(std::memory_order_relaxed); }
  void lose_legs(bool may) { may_lose_.store(may, std::memory_order_relaxed); }

 private:
  struct Place {
    std::atomic<MediaPort*> incoming{nullptr};
    std::array<std::atomic<std::uint64_t>, most_legs> legs{};
    std::unique_ptr<MediaPort> port;  ///< its thread's
  };

  void run(std::size_t first, std::size_t step) {
    Dice dice(first);
    std::vector<Sample> in(160, 1000), out(160);
    while (!stop_.load(std::memory_order_relaxed)) {
      for (std::size_t call = first; call < places_.size(); call += step)
        tick(places_[call], dice, in, out);
      if (first == 0) rounds_.fetch_add(1, std::memory_order_relaxed);
      std::this_thread::yield();
    }
    for (std::size_t call = first; call < places_.size(); call += step)
      places_[call].port.reset();
  }
  void tick(Place& place, Dice& dice, const std::vector<Sample>& in, std::vector<Sample>& out) {
    if (MediaPort* const port = place.incoming.exchange(nullptr, std::memory_order_acq_rel)) {
      place.port.reset(port);  // its partner is give()
    }
    if (!place.port) return;
    std::array<LegId, most_legs> legs;
    Tick tick = place.port->begin_tick();
    for (std::size_t i = 0; i < most_legs; ++i) {
      const std::uint64_t bits = place.legs[i].load(std::memory_order_relaxed);
      legs[i] = LegId(static_cast<std::uint32_t>(bits >> 32), static_cast<std::uint32_t>(bits));
      if (legs[i]) tick.push(legs[i], in);
    }
    const MixedTick mixed = std::move(tick).mix();
    for (const LegId leg : legs) {
      if (leg) mixed.pull(leg, out);
    }
    const bool loses = may_lose_.load(std::memory_order_relaxed) && dice.one_in(20'000);
    if (loses) place.port->leg_lost(legs[dice.below(4)]);
  }

  std::vector<Place> places_;
  std::atomic<bool> stop_{false}, may_lose_{true};
  std::atomic<std::uint64_t> rounds_{0};
  std::vector<std::thread> threads_;
};

}  // namespace barge::test
