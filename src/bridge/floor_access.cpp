// SPDX-License-Identifier: Apache-2.0
#include "bridge/floor_access.hpp"

#include <algorithm>

#include "bridge/impl.hpp"

BARGE_NAMESPACE_BEGIN

FloorAccess::FloorAccess(const Bridge& bridge) noexcept
    : bridge_(bridge), held_(!bridge.impl_->busy.exchange(true, std::memory_order_acquire)) {}

FloorAccess::~FloorAccess() {
  if (held_) bridge_.impl_->busy.store(false, std::memory_order_release);
}

const Roster& FloorAccess::roster() const noexcept {
  return bridge_.impl_->roster_;
}

const std::vector<Session>& FloorAccess::sessions() const noexcept {
  return bridge_.impl_->sessions_;
}

const BridgeConfig& FloorAccess::config() const noexcept {
  return bridge_.impl_->config_;
}

std::size_t FloorAccess::unattended_customers() const noexcept {
  return bridge_.impl_->unattended_.size();
}

bool FloorAccess::closed() const noexcept {
  return bridge_.impl_->closed_;
}

bool FloorAccess::waits() const noexcept {
  return std::any_of(sessions().begin(), sessions().end(), [](const Session& session) {
    return session.pending || session.review || session.promotion || !session.late_records.empty();
  });
}

void FloorAccess::report_to(Bridge& bridge, std::shared_ptr<media::ReadyFlag> flag) noexcept {
  bridge.impl_->engine_->report_to(std::move(flag));
}

BARGE_NAMESPACE_END
