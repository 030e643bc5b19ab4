// SPDX-License-Identifier: Apache-2.0
#include "hold_source.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include <barge/tone_generator.hpp>

namespace sip_bridge {

barge::Result<std::shared_ptr<const barge::Announcements>> make_announcements() {
  using std::chrono::milliseconds;
  constexpr auto rate = barge::SampleRate::hz_8000;
  constexpr std::size_t period = 16000;
  const barge::ToneSegment beeps[] = {
      {500, milliseconds(200)}, {0, milliseconds(200)}, {500, milliseconds(200)}};
  auto tone = barge::ToneGenerator::create({"hold", beeps, milliseconds(0), -24}, rate);
  if (!tone) return tone.error();
  auto samples = std::make_shared<std::vector<barge::Sample>>(period);
  tone.value().fill(*samples);
  auto announcements = std::make_shared<barge::Announcements>();
  announcements->hold_source = {rate, std::move(samples)};
  return std::shared_ptr<const barge::Announcements>(std::move(announcements));
}

}  // namespace sip_bridge
