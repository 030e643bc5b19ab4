// SPDX-License-Identifier: Apache-2.0
// Samples and gaps go through the ring as fast as two threads can. The reader checks each of them.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

#if BARGE_TEST_RELAXED
// The ring itself, with its orders taken away. What it includes was included above.
#include <algorithm>
#include <array>
#include <cstddef>

#include <barge/audio.hpp>
#define memory_order_acquire memory_order_relaxed
#define memory_order_release memory_order_relaxed
#endif
#include "leg/sample_ring.hpp"
#if BARGE_TEST_RELAXED
#undef memory_order_acquire
#undef memory_order_release
#endif

namespace {

using barge::MutableFrame;
using barge::Sample;
using barge::leg::Gap;
using barge::leg::Position;
using barge::leg::SampleRing;

constexpr Position enough = 4'000'000;  // samples

Sample at(Position position) {
  return static_cast<Sample>(position * 40503 >> 3 | 1);  // never that of a gap
}

void write(SampleRing& ring) {
  std::vector<Sample> piece;
  for (Position written = 0, turn = 0; written < enough; ++turn) {
    const std::size_t length = 1 + turn % 97;
    bool fits = false;
    if (turn % 11 == 0) {
      fits = ring.write_gap(length);
    } else {
      piece.resize(length);
      for (std::size_t i = 0; i < length; ++i)
        piece[i] = at(written + i);
      fits = ring.write(piece);
    }
    if (fits) written += length;
    if (!fits) std::this_thread::yield();  // on a machine with one free core the other has to run
  }
}

struct Reader {
  SampleRing& ring;
  Position position = 0;
  std::uint64_t wrong = 0, gaps = 0, tears = 0;

  void read() {
    const Position end = ring.end();
    std::vector<Sample> out(static_cast<std::size_t>(std::min<Position>(end - position, 160)));
    if (out.empty()) return std::this_thread::yield();
    ring.copy(position, out);
    const Position read_until = position + out.size();
    for (const Sample sample : out) {
      const bool missing = is_missing();
      if (sample != (missing ? 0 : at(position))) ++wrong;
      ++position;
    }
    ring.release(read_until);
  }

  bool is_missing() {
    for (const Gap* gap = ring.gap(0); gap != nullptr && gap->begin <= position;
         gap = ring.gap(0)) {
      if (position < gap->end) return true;
      ++(gap->begin == gap->end ? tears : gaps);
      ring.drop_gap();
    }
    return false;
  }
};

}  // namespace

int main() {
  SampleRing ring(1024);
  std::thread writer([&] { write(ring); });
  Reader reader{ring};
  while (reader.position < enough)
    reader.read();
  writer.join();
  std::printf("%llu samples, %llu wrong, %llu gaps, %llu tears\n",
              static_cast<unsigned long long>(reader.position),
              static_cast<unsigned long long>(reader.wrong),
              static_cast<unsigned long long>(reader.gaps),
              static_cast<unsigned long long>(reader.tears));
  return reader.wrong == 0 && reader.gaps > 0 ? 0 : 1;
}
