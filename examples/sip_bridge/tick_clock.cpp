// SPDX-License-Identifier: Apache-2.0
#include "tick_clock.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace sip_bridge {
namespace {

constexpr int most_at_once = 3;

}  // namespace

struct TickClock::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& io, std::chrono::milliseconds length)
      : timer(io), period(length) {}

  void wait() {
    timer.expires_at(due);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->wake();
    });
  }

  void wake() {
    for (int done = 0; running && due <= std::chrono::steady_clock::now(); due += period) {
      if (done++ < most_at_once) {
        tick();
      } else {
        ++skipped;
      }
    }
    if (running) wait();
  }

  boost::asio::steady_timer timer;
  std::chrono::milliseconds period;
  std::chrono::steady_clock::time_point due;
  std::function<void()> tick;
  bool running = false;
  std::uint64_t skipped = 0;
};

TickClock::TickClock(boost::asio::io_context& io, std::chrono::milliseconds period)
    : state_(std::make_shared<State>(io, period)) {}

TickClock::~TickClock() {
  stop();
}

void TickClock::start(std::function<void()> tick) {
  state_->tick = std::move(tick);
  state_->running = true;
  state_->due = std::chrono::steady_clock::now() + state_->period;
  state_->wait();
}

void TickClock::stop() {
  state_->running = false;
  state_->timer.cancel();
}

std::uint64_t TickClock::skipped() const noexcept {
  return state_->skipped;
}

}  // namespace sip_bridge
