// SPDX-License-Identifier: Apache-2.0
#include <barge/clock.hpp>

BARGE_NAMESPACE_BEGIN

namespace {

class SystemClock final : public Clock {
 public:
  WallTime wall() const override { return std::chrono::system_clock::now(); }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& system_clock() noexcept {
  static const SystemClock clock;
  return clock;
}

BARGE_NAMESPACE_END
