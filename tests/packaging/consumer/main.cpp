// SPDX-License-Identifier: Apache-2.0
// A call of two, mixed once: enough to need every part of the library.
#include <vector>

#include <barge/barge.hpp>

// A warning under barge's own flags: an application must not inherit them.
static int narrowed(double x) {
  int y = x;
  return y;
}

int main() {
  barge::PolicyAuthorizer authorizer;
  barge::MemorySink sink;
  barge::BridgeConfig config;
  config.call = barge::CallGid("call-1");
  auto bridge = barge::Bridge::create(config, authorizer, sink);
  if (!bridge) return 1;

  barge::Person carol;
  carol.id = barge::PersonGid("carol");
  barge::Person alex;
  alex.role = barge::Role::agent;
  alex.id = barge::PersonGid("alex");
  const auto customer = bridge->join(carol);
  const auto agent = bridge->join(alex);
  if (!customer || !agent) return 2;

  auto port = bridge->media_port();
  const std::vector<barge::Sample> speech(config.format.frame_samples, 1000);
  std::vector<barge::Sample> heard(config.format.frame_samples);
  auto tick = port.begin_tick();
  tick.push(customer.value().leg, speech);
  const auto mixed = std::move(tick).mix();
  if (mixed.pull(agent.value().leg, heard) != barge::PullStatus::ok) return 3;
  return heard.back() == 1000 && narrowed(2.5) == 2 && !barge::kernel_name().empty() ? 0 : 4;
}
