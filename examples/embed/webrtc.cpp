// SPDX-License-Identifier: Apache-2.0
// Legs of their own rates on one bridge: an agent and a supervisor in browsers (48 kHz, 10 ms) and
// a customer at a telephone (8 kHz, packets of 20 ms), mixed at 16 kHz. The supervisor whispers to
// the agent. Everybody speaks in turn; the program measures at each phone who is heard, how loud
// and how much later, and fails where that is not as it should be.
//
// A host has a thread for the network, one for media and one for control. Here one loop plays all
// three in virtual time, so that every run measures the same.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <barge/barge.hpp>

using namespace barge;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr Format bridge_format{SampleRate::hz_16000, 320};
constexpr milliseconds tick_length = 20ms;
constexpr milliseconds speech = 500ms;
constexpr double amplitude = 8000;
constexpr double said_dbfs = -12.25;

struct Phone {
  std::string name;
  milliseconds speaks_at;  // for half a second; the others are silent for a second then
  LegConfig config;
  ParticipantId participant;
  LegId id;
  Leg leg;
  std::array<Sample, bridge_format.frame_samples> in{}, out{};
  std::vector<Sample> heard{};  // at the phone's rate, from the beginning of time
};

Phone connect(Bridge& bridge, const Person& person, const LegConfig& config,
              milliseconds speaks_at) {
  const Joined joined = bridge.join(person).value();
  return {person.id.text(),   speaks_at,  config,
          joined.participant, joined.leg, Leg::create(config).value()};
}

// ── The phones ──────────────────────────────────────────────────────────────────────────────────

std::size_t samples(const Phone& phone, milliseconds time) {
  return hertz(phone.config.rate) / 1000 * static_cast<std::size_t>(time.count());
}

/// What the microphone took until now: a tone of 1 kHz while the owner speaks.
std::vector<Sample> microphone(const Phone& phone, milliseconds now) {
  std::vector<Sample> packet(samples(phone, phone.config.packet));
  for (std::size_t i = 0; i < packet.size(); ++i) {
    const std::size_t at = samples(phone, now) - packet.size() + i;
    const std::size_t from = samples(phone, phone.speaks_at);
    if (at < from || at >= from + samples(phone, speech)) continue;
    const double phase = 2 * 3.14159265358979 * 1000 * static_cast<double>(at - from);
    packet[i] =
        static_cast<Sample>(std::lround(amplitude * std::sin(phase / hertz(phone.config.rate))));
  }
  return packet;
}

/// The loudspeaker plays a packet from now on.
void loudspeaker(Phone& phone, milliseconds now, const std::vector<Sample>& packet) {
  phone.heard.resize(samples(phone, now));
  phone.heard.insert(phone.heard.end(), packet.begin(), packet.end());
}

// ── Network and media ───────────────────────────────────────────────────────────────────────────

/// What a WebRTC stack calls every 10 ms, by the clock of its sound card: it brings what was said
/// and wants something to play, every time. LegConfig::send_target is for that.
void on_browser_audio(Phone& phone, milliseconds now) {
  phone.leg.receive(microphone(phone, now));
  std::vector<Sample> packet(samples(phone, phone.config.packet));
  if (phone.leg.send(packet) == SendStatus::ok) loudspeaker(phone, now, packet);
}

/// When an RTP packet has come, and been decoded (see G711).
void on_telephone_packet(Phone& phone, milliseconds now) {
  phone.leg.receive(microphone(phone, now));
}

/// The media thread, every 20 ms.
void tick(MediaPort& port, gsl::span<Phone> phones) {
  auto tick = port.begin_tick();
  for (Phone& phone : phones) {
    phone.leg.read(phone.in);
    tick.push(phone.id, phone.in);
  }
  const auto mixed = std::move(tick).mix();
  for (Phone& phone : phones) {
    mixed.pull(phone.id, phone.out);
    phone.leg.write(phone.out);
  }
}

/// After a tick: whole packets, as soon as there are any.
void send_telephone_packets(Phone& phone, milliseconds now) {
  std::vector<Sample> packet(samples(phone, phone.config.packet));
  while (phone.leg.send(packet) == SendStatus::ok)
    loudspeaker(phone, now, packet);
}

// ── Measuring ───────────────────────────────────────────────────────────────────────────────────

struct Heard {
  bool anything = false;
  double dbfs = 0;
  double delay_ms = 0;  // from the microphone to the loudspeaker
};

Heard measure(const Phone& listener, const Phone& speaker) {
  const std::size_t spoken = samples(listener, speaker.speaks_at);
  const auto from = listener.heard.begin() + static_cast<std::ptrdiff_t>(spoken);
  const auto to = from + static_cast<std::ptrdiff_t>(samples(listener, 2 * speech));
  if (std::all_of(from, to, [](Sample sample) { return sample == 0; })) return {};
  const auto onset =
      std::find_if(from, to, [](Sample sample) { return std::abs(sample) > amplitude / 2; });
  Level level;  // of the middle of the tone
  const auto middle = from + static_cast<std::ptrdiff_t>(samples(listener, speech / 2));
  for (auto at = middle; at < middle + static_cast<std::ptrdiff_t>(samples(listener, 100ms));
       ++at) {
    level.energy += static_cast<std::uint64_t>(*at * *at);
    ++level.samples;
  }
  return {true, dbfs(level),
          static_cast<double>(onset - from) * 1000 / hertz(listener.config.rate)};
}

/// What a voice waits for on its way: its frame, what remains behind that, and what remains behind
/// the packet that brings it to a browser. The filters of both legs take a few milliseconds more.
bool is_usual_delay(double ms, const Phone& listener, const Phone& speaker) {
  const milliseconds waits = tick_length + speaker.config.target + listener.config.send_target;
  return ms > static_cast<double>(waits.count()) && ms < static_cast<double>(waits.count()) + 10;
}

/// Prints what was heard; whether it is what the modes say.
bool check(const Phone& listener, const Phone& speaker, bool may_hear) {
  const Heard heard = measure(listener, speaker);
  if (heard.anything) {
    std::printf("%8.2f dBFS %5.1f ms", heard.dbfs, heard.delay_ms);
  } else {
    std::printf("%22s", "silence");
  }
  if (heard.anything != may_hear) return false;
  return !may_hear || (std::abs(heard.dbfs - said_dbfs) < 0.1 &&
                       is_usual_delay(heard.delay_ms, listener, speaker));
}

int main() {
  PolicyAuthorizer policy(Policy({"example", 1, {}}, {{"leads", Effect::permit, {"team_lead"}}}));
  MemorySink audit;
  BridgeConfig config;
  config.call = CallGid("call-1");
  config.format = bridge_format;
  Bridge bridge = Bridge::create(config, policy, audit).value();
  MediaPort port = bridge.media_port();

  LegConfig telephone;  // packets leave as soon as they are whole
  telephone.rate = SampleRate::hz_8000;
  telephone.bridge = bridge_format;
  telephone.packet = 20ms;
  telephone.target = 40ms;
  LegConfig browser = telephone;  // packets leave by its own clock
  browser.rate = SampleRate::hz_48000;
  browser.packet = 10ms;
  browser.target = 30ms;
  browser.send_target = 40ms;

  std::array<Phone, 3> phones{
      connect(bridge, {Role::customer, PersonGid("ann")}, telephone, 1s),
      connect(bridge, {Role::agent, PersonGid("bob")}, browser, 2s),
      connect(bridge, {Role::supervisor, PersonGid("sue"), {"team_lead"}}, browser, 3s)};
  auto& [ann, bob, sue] = phones;
  const auto answer = bridge.request(sue.participant, {Mode::whisper, "coaching"});
  if (!answer) return 1;

  for (milliseconds now = 10ms; now < 4s; now += 10ms) {
    on_browser_audio(bob, now);
    on_browser_audio(sue, now);
    if (now % tick_length != 0ms) continue;
    on_telephone_packet(ann, now);
    tick(port, phones);
    send_telephone_packets(ann, now);
    bridge.poll();
  }

  std::printf("%-10s%22s%22s%22s\n", "", "ann hears", "bob hears", "sue hears");
  bool right = true;
  for (const Phone& speaker : phones) {
    std::printf("%s says  ", speaker.name.c_str());
    for (const Phone& listener : phones) {
      // The whole of who-hears-whom while sue whispers to bob.
      const bool heard = &listener != &speaker && (&listener != &ann || &speaker != &sue);
      right = check(listener, speaker, heard) && right;
    }
    std::printf("\n");
  }
  return bridge.close() && right ? 0 : 1;
}
