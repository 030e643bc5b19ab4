// SPDX-License-Identifier: Apache-2.0
// The clock that drives one call's media: absolute deadlines, so that lateness never adds up.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace sip_bridge {

class TickClock {
 public:
  TickClock(boost::asio::io_context& io, std::chrono::milliseconds period);
  ~TickClock();

  /// Calls `tick` once a period until stop(), which `tick` itself may call. After a stall it
  /// catches up by a few ticks at once and lets the others go: a burst helps nobody's ear.
  void start(std::function<void()> tick);
  void stop();

  /// Ticks that were let go.
  std::uint64_t skipped() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;  // outlives the clock while its timer is under way
};

}  // namespace sip_bridge
