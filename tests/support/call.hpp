// SPDX-License-Identifier: Apache-2.0
// A call on a bridge whose parties each say a constant of their own, a distinct power of two, so
// that the last sample of what a listener gets tells whom it hears.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <barge/barge.hpp>

namespace barge::test {

using namespace std::chrono_literals;

class FakeClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(1'800'000'000s) + passed_; }
  SteadyTime steady() const override {
    if (on_steady) on_steady();
    return SteadyTime(1000s) + passed_;
  }
  void advance(std::chrono::milliseconds time) { passed_ += time; }

  /// What happens while a control call runs, such as a tick of the media thread.
  std::function<void()> on_steady;

 private:
  std::chrono::milliseconds passed_{0};
};

/// Answers as the test says; by default it permits everything at once.
class ScriptedAuthorizer final : public Authorizer {
 public:
  std::function<std::optional<Decision>(const AccessRequest&)> answer = [](const AccessRequest&) {
    return permit();
  };
  std::vector<AccessRequest> asked;

  static Decision permit(Obligations obligations = {}) {
    Decision decision;
    decision.effect = Effect::permit;
    decision.code = DecisionCode::permitted;
    decision.winner = "permit";
    decision.obligations = std::move(obligations);
    return decision;
  }
  static Decision deny(DecisionCode code = DecisionCode::forbidden) {
    Decision decision;
    decision.code = code;
    return decision;
  }

  AuthorizerTicket ask(const AccessRequest& request) override {
    asked.push_back(request);
    return AuthorizerTicket{asked.size()};
  }
  std::optional<Decision> take_answer(AuthorizerTicket ticket) override {
    return answer(asked[static_cast<std::size_t>(ticket) - 1]);
  }
  void forget(AuthorizerTicket) override { ++forgotten; }
  int forgotten = 0;
};

struct Party {
  std::string name;
  Role role = Role::customer;
  Joined ids;
  Sample voice = 0;
  bool connected = true;
  bool pushes = true, pulls = true;  ///< what a tick does for it
  std::vector<Sample> in, out;
  std::vector<Sample> heard;  ///< by sample index, where the call keeps what is heard
  PullStatus pulled = PullStatus::closed;
};

class Call {
 public:
  static constexpr std::uint32_t frame = 160;  // 10 ms at 16 kHz

  static BridgeConfig config(ObligationKinds can = {}) {
    BridgeConfig config;
    config.call = CallGid("call-1");
    config.queue = "sales";
    config.format = {SampleRate::hz_16000, frame};
    config.dischargeable = can;
    return config;
  }

  explicit Call(MemorySink::Ack ack = MemorySink::Ack::at_once, ObligationKinds can = {})
      : Call(config(can), ack) {}
  explicit Call(const BridgeConfig& config, MemorySink::Ack ack = MemorySink::Ack::at_once)
      : sink(ack) {
    bridge.emplace(Bridge::create(config, authorizer, sink, clock).value());
    port.emplace(bridge->media_port());
  }

  Party& join(Role role, const std::string& name, Ears ears = Ears::mono) {
    Person person;
    person.role = role;
    person.id = PersonGid(name);
    person.roles = {"team_lead"};
    return add(role, name, bridge->join(person, ears).value());
  }
  /// A party that came to the bridge in another way than by joining.
  Party& add(Role role, const std::string& name, const Joined& ids) {
    auto party = std::make_unique<Party>();
    party->name = name;
    party->role = role;
    party->ids = ids;
    constexpr std::size_t voices = 15;  // whoever comes later says nothing
    if (parties.size() < voices) party->voice = static_cast<Sample>(1 << parties.size());
    party->in.assign(frame, party->voice);
    party->out.assign(frame, -1);
    parties.push_back(std::move(party));
    return *parties.back();
  }
  Party& customer(const std::string& name = "customer") { return join(Role::customer, name); }
  Party& agent(const std::string& name = "agent") { return join(Role::agent, name); }
  Party& supervisor(const std::string& name = "supervisor") { return join(Role::supervisor, name); }

  void leave(Party& party) {
    static_cast<void>(bridge->leave(party.ids.participant).value());
    party.connected = false;
  }

  /// One tick of media, and the time that it takes.
  void tick() {
    auto tick = port->begin_tick();
    for (auto& party : parties) {
      if (party->connected && party->pushes) tick.push(party->ids.leg, party->in);
    }
    const auto mixed = std::move(tick).mix();
    for (auto& party : parties) {
      if (party->pulls) party->pulled = mixed.pull(party->ids.leg, party->out);
      if (!keeps_heard) continue;
      party->heard.resize(static_cast<std::size_t>(mixed.start().samples()));
      party->heard.insert(party->heard.end(), party->out.begin(), party->out.end());
    }
    if (also_pull) also_pull(mixed);
    position = mixed.start() + frame;
    clock.advance(10ms);
  }

  void poll() {
    for (Event& event : bridge->poll())
      events.push_back(std::move(event));
  }

  /// Long enough for a permitted raise to be heard in full.
  void settle() {
    for (int i = 0; i < 3; ++i) {
      poll();
      tick();
    }
    poll();
  }

  Requested ask(const Party& party, const ModeRequest& request) {
    return bridge->request(party.ids.participant, request).value();
  }
  void enter(const Party& party, const ModeRequest& request) {
    static_cast<void>(ask(party, request));
    settle();
  }

  bool hears(const Party& listener, const Party& speaker) const {
    return (listener.out.back() & speaker.voice) != 0;
  }
  /// Whom the listener hears, by name, in order of joining: "agent customer".
  std::string heard_by(const Party& listener) const {
    std::string names;
    for (const auto& speaker : parties) {
      if (!hears(listener, *speaker)) continue;
      if (!names.empty()) names += ' ';
      names += speaker->name;
    }
    return names;
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Event& event : events) {
      if (const T* match = std::get_if<T>(&event)) found.push_back(*match);
    }
    return found;
  }
  template <class T>
  T last() const {
    return all<T>().back();
  }

  std::vector<std::string> record_types() const {
    std::vector<std::string> types;
    for (const AuditRecord& record : sink.records())
      types.emplace_back(name(record.type));
    return types;
  }
  std::optional<std::size_t> index_of(RecordType type) const {
    const auto& records = sink.records();
    const auto found = std::find_if(records.begin(), records.end(),
                                    [&](const AuditRecord& record) { return record.type == type; });
    if (found == records.end()) return std::nullopt;
    return static_cast<std::size_t>(found - records.begin());
  }

  FakeClock clock;
  ScriptedAuthorizer authorizer;
  MemorySink sink;
  std::optional<Bridge> bridge;
  std::optional<MediaPort> port;
  std::vector<std::unique_ptr<Party>> parties;
  std::vector<Event> events;
  SampleIndex position;
  bool keeps_heard = false;
  std::function<void(const MixedTick&)> also_pull;  ///< at the end of each tick
};

/// The value of a record's field as text, or "".
inline std::string field(const AuditRecord& record, const std::string& key) {
  for (const AuditField& field : record.data) {
    if (field.key != key) continue;
    if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
  }
  return {};
}

}  // namespace barge::test
