// SPDX-License-Identifier: Apache-2.0
// A leg whose audio comes and goes on its own: a WebRTC stack at 48 kHz in 10 ms pieces, an RTP leg
// at 8 kHz in 30 ms packets. A Leg stands between the leg's network thread and the bridge's media
// thread and adapts rate, packet length, clock drift and lateness, so that a tick always has a
// frame:
//
//   auto tick = port.begin_tick();                        // media thread, once per frame
//   for (auto& party : parties) {
//     party.leg.read(party.in);
//     tick.push(party.id, party.in);
//   }
//   const auto mixed = std::move(tick).mix();
//   for (auto& party : parties) {
//     mixed.pull(party.id, party.out);
//     party.leg.write(party.out);
//   }
//
//   leg.receive(decode(packet));                          // network thread, when a packet has come
//   while (leg.send(outgoing) == SendStatus::ok) transmit(encode(outgoing));
//
// Each direction is a queue of its own with one writer and one reader; nobody waits for anybody. A
// leg reads no clock: the media thread's reads are its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <barge/audio.hpp>
#include <barge/config.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

/// Replaces what is missing; the host's packet loss concealment. Each Leg::read() that gives a
/// frame calls one of the two, so that time goes on evenly. Samples are at the bridge's rate. An
/// instance serves one leg and must outlive it.
class BARGE_API Concealment {
 public:
  virtual ~Concealment() = default;

  /// A frame in which nothing was missing.
  /// Thread: media. Realtime-safe: yes.
  virtual void heard(Frame) BARGE_REALTIME {}

  /// Fills a frame of which a part or all is missing. Edges to what is there are cross-faded.
  /// Thread: media. Realtime-safe: yes.
  virtual void conceal(MutableFrame out) BARGE_REALTIME = 0;
};

struct LegConfig {
  SampleRate rate = SampleRate::hz_8000;  ///< of what receive() takes and send() gives
  Format bridge{};
  std::chrono::milliseconds packet{20};  ///< what send() gives and receive() mostly takes: 10 to 60

  /// What remains behind a frame when it is read, and so the delay against late packets (29 samples
  /// more are needed to follow drift): at least packet + 15 ms, at most 500 ms. 0: packet + tick,
  /// or packet + 15 ms where that is more.
  std::chrono::milliseconds target{0};

  /// 0: packets leave on the bridge's clock, as soon as they are whole. More: send() is called on
  /// the leg's own clock, once per packet, and gives one every time; this much is kept for that,
  /// at least tick + 15 ms, at most 500 ms.
  std::chrono::milliseconds send_target{0};

  Concealment* concealment = nullptr;  ///< null: what is missing is silence
};

enum class ReceiveStatus : std::uint8_t {
  ok,
  overflow,   ///< nobody read for too long; the packet was dropped
  bad_packet  ///< empty, or longer than 60 ms
};

/// What a frame that was read is made of.
enum class ReadStatus : std::uint8_t {
  audio,      ///< the leg's samples alone
  concealed,  ///< in part or wholly from the host's concealment
  silence,    ///< in part or wholly silent
  bad_frame   ///< not one frame long; it was filled with silence
};

enum class WriteStatus : std::uint8_t {
  ok,
  overflow,  ///< nobody sent for too long; the row was dropped
  bad_frame
};

enum class SendStatus : std::uint8_t {
  ok,
  not_yet,    ///< no whole packet is there; nothing was written
  bad_packet  ///< not one packet long
};

/// What happened in one direction. Samples are counted at the bridge's rate.
struct LegFlow {
  std::uint64_t pieces = 0;     ///< packets received, or rows written, that found room
  std::uint64_t samples = 0;    ///< that they brought
  std::uint64_t overflows = 0;  ///< packets or rows that found none and were dropped
  std::uint64_t lost = 0;       ///< samples that lost() reported
  std::uint64_t frames = 0;     ///< frames read, or packets sent
  std::uint64_t missing = 0;    ///< of these, such as were not the source's samples alone
  std::uint64_t concealed = 0;  ///< samples of silence or concealment in them, faded ones included
  std::uint64_t underruns = 0;  ///< times that the queue ran dry
  std::uint64_t splices = 0;    ///< times that delay was cut out
  std::uint64_t skipped = 0;    ///< samples cut out, then or before a start
  std::chrono::microseconds delay{0};  ///< that remained behind the last frame or packet
  std::int32_t drift_ppb = 0;  ///< how much faster the writer's clock is taken to be, in 10⁻⁹
};

struct LegCounters {
  LegFlow in;   ///< from the leg to the bridge
  LegFlow out;  ///< from the bridge to the leg
};

/// Both directions of one leg. Frames are faded into and out of silence over 5 ms, never cut. After
/// a stall of either side the delay is what it was within a second: the excess is spliced out where
/// it is heard least. Drift of up to 200 ppm is followed without dropping or repeating anything; a
/// stall of up to one tick cannot be told from drift, and so goes like it, within two minutes.
/// A leg at the bridge's rate that does not drift is copied bit for bit.
class BARGE_API Leg {
 public:
  /// A leg with all the memory that it will ever need. Fails with invalid_argument.
  /// Thread: control. Realtime-safe: no.
  static Result<Leg> create(const LegConfig& config);

  /// Moving is for the time before and after use.
  Leg(Leg&&) noexcept;
  Leg& operator=(Leg&&) noexcept;
  ~Leg();

  // ── The network thread: one at a time; it may be the media thread ──

  /// Takes the samples of the next packet, in the order in which they were spoken: at the leg's
  /// rate, of any length up to 60 ms. Wait-free.
  /// Thread: any. Realtime-safe: yes.
  ReceiveStatus receive(Frame packet) BARGE_REALTIME;

  /// Says that this many samples, at most 60 ms, will never come: they are missing exactly there.
  /// A loss that is not reported is noticed when the queue runs dry, and its edges are heard.
  /// Thread: any. Realtime-safe: yes.
  ReceiveStatus lost(std::uint32_t samples) BARGE_REALTIME;

  /// Gives the next packet of what the leg hears, at its rate. On the bridge's clock call it until
  /// it says not_yet. Wait-free.
  /// Thread: any. Realtime-safe: yes.
  SendStatus send(MutableFrame packet) BARGE_REALTIME;

  // ── The media thread ──

  /// Gives the next frame of what the leg says, always: what has not come in time is concealed.
  /// Thread: media. Realtime-safe: yes.
  ReadStatus read(MutableFrame out) BARGE_REALTIME;

  /// Takes the row of what the leg hears: one frame.
  /// Thread: media. Realtime-safe: yes.
  WriteStatus write(Frame row) BARGE_REALTIME;

  /// A snapshot; each number is right by itself.
  /// Thread: any. Realtime-safe: yes.
  LegCounters counters() const BARGE_REALTIME;

 private:
  class BARGE_LOCAL Impl;
  explicit Leg(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

BARGE_NAMESPACE_END
