// SPDX-License-Identifier: Apache-2.0
// Many calls of three in barge mode on one media thread, one after the other, so that the state of
// each has left the near caches when its next tick comes.
#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include <barge/g711.hpp>

#include "call.hpp"
#include "huge_pages.hpp"
#include "measure.hpp"

namespace barge::bench {
namespace {

constexpr std::size_t most = 40000;

/// What a media thread keeps of one call.
struct MediaSide {
  MediaPort port;
  std::array<LegId, 3> legs;
};

/// Where the bridges' media state lives.
enum class Memory { pooled, scattered };

struct Switchboard {
  Switchboard(Format format, std::size_t count, Memory memory) : scratch(3, format.frame_samples) {
    controls.reserve(count);
    sides.reserve(count);
    BridgeConfig config = bridge_config(format);
    if (memory == Memory::pooled) config.media_memory = &pool;
    for (std::size_t i = 0; i < count; ++i) {
      Call call(config, three);
      call.enter(Mode::barge, scratch);
      sides.push_back({std::move(call.port()), {call.legs()[0], call.legs()[1], call.legs()[2]}});
      controls.push_back(std::move(call.bridge()));
    }
  }
  void tick(std::size_t i, const Frames& frames) {
    run_tick(sides[i].port, sides[i].legs, frames);
    benchmark::ClobberMemory();
  }
  HugePages pages;
  // A block for each size that bridges ask for, large enough to fill pages.
  std::pmr::unsynchronized_pool_resource pool{{2048, 16384}, &pages};
  Frames scratch;  ///< works for one call after the other
  std::vector<Bridge> controls;
  std::vector<MediaSide> sides;
};

using Packet = std::array<std::uint8_t, 160>;

/// The packets that came for the legs of one call, and those that go.
struct Packets {
  std::array<Packet, 3> in{}, out{};
};

void g711_tick(const G711& codec, Switchboard& board, std::size_t i, Packets& packets) {
  const Frames& frames = board.scratch;
  for (std::size_t leg = 0; leg < 3; ++leg)
    codec.decode(packets.in[leg], {frames.in(leg), frames.samples()});
  board.tick(i, frames);
  for (std::size_t leg = 0; leg < 3; ++leg)
    codec.encode({frames.out(leg), frames.samples()}, packets.out[leg]);
}

template <class Board>
void register_scratch(const std::string& path, std::size_t count, const Board& wide) {
  const auto times = static_cast<double>(count);
  measure(
      path,
      [=] {
        Switchboard& board = *(*wide)();
        return [&board, count] {
          for (std::size_t i = 0; i < count; ++i)
            board.tick(i, board.scratch);
        };
      },
      times);
}

/// Frames of its own for each call.
template <class Board, class Lazy>
void register_cold_frames(const std::string& path, std::size_t count, const Board& wide,
                          const Lazy& memory) {
  const auto times = static_cast<double>(count);
  measure(
      path + "/own_frames_ns",
      [=] {
        Switchboard& board = *(*wide)();
        std::vector<Frames>& frames = (*memory)();
        return [&board, &frames, count] {
          for (std::size_t i = 0; i < count; ++i)
            board.tick(i, frames[i]);
        };
      },
      times);
  measure(
      path + "/own_frames_memcpy_ns",
      [=] {
        std::vector<Frames>& frames = (*memory)();
        return [&frames, count] {
          for (std::size_t i = 0; i < count; ++i)
            copy_all(frames[i]);
        };
      },
      times);
}

/// Decoding, the tick and encoding, call by call; with packets that stay near, and with packets of
/// its own for each call.
template <class Board, class Lazy>
void register_g711_bridges(const std::string& path, std::size_t count, const Board& narrow,
                           const Lazy& memory) {
  const auto times = static_cast<double>(count);
  const G711 codec(G711::Law::a);
  measure(
      path + "/g711_ns",
      [=] {
        Switchboard& board = *(*narrow)();
        const auto packets = std::make_shared<Packets>();
        return [&board, codec, packets, count] {
          for (std::size_t i = 0; i < count; ++i)
            g711_tick(codec, board, i, *packets);
        };
      },
      times);
  measure(
      path + "/g711_own_packets_ns",
      [=] {
        Switchboard& board = *(*narrow)();
        std::vector<Packets>& packets = (*memory)();
        return [&board, &packets, codec, count] {
          for (std::size_t i = 0; i < count; ++i)
            g711_tick(codec, board, i, packets[i]);
        };
      },
      times);
}

}  // namespace

void register_bridges() {
  constexpr Format narrow_format{SampleRate::hz_8000, 160}, wide_format{SampleRate::hz_16000, 320};
  const auto wide =
      lazily([=] { return std::make_unique<Switchboard>(wide_format, most, Memory::pooled); });
  const auto narrow =
      lazily([=] { return std::make_unique<Switchboard>(narrow_format, most, Memory::pooled); });
  const auto frames = lazily([=] {
    std::vector<Frames> all;
    all.reserve(most);
    for (std::size_t i = 0; i < most; ++i)
      all.emplace_back(3, wide_format.frame_samples);
    return all;
  });
  const auto packets = lazily([] { return std::vector<Packets>(most); });
  for (const std::size_t count : {1U, 1000U, 10000U, 40000U}) {
    const std::string path = "mixer/bridges/" + std::to_string(count);
    register_scratch(path + "/ns_per_bridge", count, wide);
    register_cold_frames(path, count, wide, frames);
    register_g711_bridges(path, count, narrow, packets);
  }
  constexpr std::size_t some = 10000;
  const auto scattered =
      lazily([=] { return std::make_unique<Switchboard>(wide_format, some, Memory::scattered); });
  register_scratch("mixer/bridges/" + std::to_string(some) + "/scattered_ns", some, scattered);
}

}  // namespace barge::bench
