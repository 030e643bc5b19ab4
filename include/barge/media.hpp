// SPDX-License-Identifier: Apache-2.0
// The media thread's side of a bridge. One tick:
//
//   auto tick = port.begin_tick();
//   for (auto& leg : legs) tick.push(leg.id, leg.in);
//   const auto mixed = std::move(tick).mix();
//   for (auto& leg : legs) mixed.pull(leg.id, leg.out);
//
// Frames are borrowed: a pushed frame must stay unchanged until the tick's last pull. Every
// function here is wait-free: no allocation, lock, system call, clock or exception.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <barge/audio.hpp>
#include <barge/config.hpp>
#include <barge/ids.hpp>
#include <barge/level.hpp>

BARGE_NAMESPACE_BEGIN

namespace media {
class Engine;
}

enum class PushStatus : std::uint8_t {
  ok,
  unknown_leg,  ///< the id is none of this tick's legs, or its leg has left
  bad_frame,    ///< not exactly one frame long
  repeated,     ///< the leg was pushed in this tick already; the first frame counts
  lost,         ///< the leg was reported lost; its frame is ignored
  closed        ///< the bridge is closed
};

enum class PullStatus : std::uint8_t {
  ok,
  unknown_leg,
  bad_frame,
  aliases_input,  ///< the output overlaps a pushed frame
  closed
};

/// What a listener's row is made of.
enum class RowKind : std::uint8_t {
  silence,  ///< nobody is heard
  copy,     ///< exactly the frame of the leg `source`
  shared,   ///< a mix, or a sound of the bridge, that another listener gets as well
  own       ///< the same for this listener alone
};

/// Rows of one tick with equal ids hold equal samples: encode them once. Id 0 is silence. A row
/// that changes in this tick, or that Overload::limit may turn down, has an id of its own.
struct Row {
  RowKind kind = RowKind::silence;
  std::uint32_t id = 0;
  LegId source;
};

/// A tick whose mix is ready to be pulled.
class BARGE_API MixedTick {
 public:
  MixedTick(MixedTick&&) noexcept = default;
  MixedTick& operator=(MixedTick&&) noexcept = default;

  /// Writes what the leg hears into `out` (one frame), or silence when it returns anything but ok.
  /// `out` must not overlap a pushed frame. A stereo listener pulls its right ear as well, and a
  /// recorder its taps. Where rows are limited, each is to be pulled once a tick. A notice that a
  /// leg has to hear starts again when its row was not pulled: pull every row in every tick.
  /// Thread: media. Realtime-safe: yes.
  PullStatus pull(LegId ear, MutableFrame out) const BARGE_REALTIME;

  /// What the row of a leg, right ear or tap is; silence for one that is none of this tick's.
  /// Thread: media. Realtime-safe: yes.
  Row row(LegId ear) const BARGE_REALTIME;

  /// How loud the leg's frame is; nothing where the bridge measures no speech.
  /// Thread: media. Realtime-safe: yes.
  Level level(LegId leg) const BARGE_REALTIME;

  /// The media sample index of the tick's first sample.
  /// Thread: media. Realtime-safe: yes.
  SampleIndex start() const BARGE_REALTIME;

 private:
  friend class Tick;
  explicit MixedTick(media::Engine* engine) noexcept : engine_(engine) {}
  media::Engine* engine_;  ///< never null
};

/// A tick that takes frames.
class BARGE_API Tick {
 public:
  Tick(Tick&&) noexcept = default;
  Tick& operator=(Tick&&) noexcept = default;

  /// Lends the leg's frame (one frame, mono) to this tick. A leg that is not pushed is silent.
  /// Thread: media. Realtime-safe: yes.
  PushStatus push(LegId leg, Frame frame) BARGE_REALTIME;

  /// Ends the pushing and starts the pulling.
  /// Thread: media. Realtime-safe: yes.
  MixedTick mix() && BARGE_REALTIME;

 private:
  friend class MediaPort;
  explicit Tick(media::Engine* engine) noexcept : engine_(engine) {}
  media::Engine* engine_;  ///< never null
};

/// The handle that a bridge gives to the media thread. It may outlive the bridge: its ticks are
/// then closed and silent, and the last one of both to go frees the memory. It may move between
/// threads from tick to tick if the host orders them.
class BARGE_API MediaPort {
 public:
  MediaPort(MediaPort&&) noexcept = default;
  MediaPort& operator=(MediaPort&&) noexcept = default;

  /// Begins a tick under one routing plan: changes made meanwhile wait for the next tick.
  /// Thread: media. Realtime-safe: yes.
  Tick begin_tick() BARGE_REALTIME;

  /// Reports that a leg is dead (its transport failed; silence alone is not death). From the next
  /// tick on its frames are ignored, and an agent whom it had replaced is back in the call.
  /// Returns false for an id that is no leg of the latest tick; a leg that has just joined is one
  /// after the next begin_tick().
  /// Thread: media. Realtime-safe: yes.
  bool leg_lost(LegId leg) BARGE_REALTIME;

 private:
  friend class media::Engine;
  explicit MediaPort(std::shared_ptr<media::Engine> engine) noexcept : engine_(std::move(engine)) {}
  std::shared_ptr<media::Engine> engine_;
};

BARGE_NAMESPACE_END
