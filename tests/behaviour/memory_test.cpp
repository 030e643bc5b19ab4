// SPDX-License-Identifier: Apache-2.0
// Memory that the host lends: frames for a tick, and the place where the media state lives.
#include <memory_resource>

#include <gtest/gtest.h>

#include "support/call.hpp"

namespace barge::test {
namespace {

TEST(BorrowedFrames, OfALargeBridgeRefuseAnOutputOnlyWhereItTouchesOne) {
  Call call;
  constexpr std::size_t frame = Call::frame, legs = 40, step = 2 * frame + 24;
  std::vector<LegId> ids;
  for (std::size_t i = 0; i < legs; ++i)
    ids.push_back(call.agent(std::to_string(i)).ids.leg);
  call.tick();
  std::vector<Sample> memory(legs * step + 2 * frame);
  for (int round = 0; round < 2; ++round) {
    Tick tick = call.port->begin_tick();
    for (std::size_t i = 0; i < legs; ++i)
      ASSERT_EQ(tick.push(ids[i], {memory.data() + i * step, frame}), PushStatus::ok);
    const MixedTick mixed = std::move(tick).mix();
    for (std::size_t at = 0; at < legs * step; ++at) {
      const std::size_t within = at % step;
      const bool touches = within < frame || within + frame > step;
      const bool is_last = at / step == legs - 1 && within >= frame;
      if (within % 7 > 2 && within > 2 && within < step - frame - 2) continue;
      ASSERT_EQ(mixed.pull(ids[0], {memory.data() + at, frame}),
                touches && !is_last ? PullStatus::aliases_input : PullStatus::ok)
          << at;
    }
  }
}

/// Counts what is out.
class CountingMemory final : public std::pmr::memory_resource {
 public:
  std::size_t taken = 0, bytes_out = 0;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    ++taken, bytes_out += bytes;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
    bytes_out -= bytes;
    std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(MediaMemory, IsTheHostsAndIsGivenBackWithTheLastOfBridgeAndPort) {
  CountingMemory memory;
  {
    BridgeConfig config = Call::config();
    config.media_memory = &memory;
    Call call(config);
    call.customer();
    call.agent();
    call.supervisor();
    for (int i = 0; i < 20; ++i)
      call.agent(std::to_string(i)), call.tick();
    EXPECT_GT(memory.taken, 20U);
    call.bridge.reset();
    EXPECT_GT(memory.bytes_out, 0U) << "the port is there";
    call.tick();
  }
  EXPECT_EQ(memory.bytes_out, 0U);
}

TEST(MediaMemory, HasToBeOne) {
  ScriptedAuthorizer authorizer;
  MemorySink sink;
  BridgeConfig config = Call::config();
  config.media_memory = nullptr;
  EXPECT_EQ(Bridge::create(config, authorizer, sink).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace barge::test
