// SPDX-License-Identifier: Apache-2.0
// What is fixed for a bridge's life.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>

#include <barge/audio.hpp>
#include <barge/call_attributes.hpp>
#include <barge/clip.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/ids.hpp>
#include <barge/level.hpp>
#include <barge/usage.hpp>

BARGE_NAMESPACE_BEGIN

struct BridgeConfig {
  CallGid call{};       ///< required
  std::string queue{};  ///< the queue that the call came through, for the policy
  Format format{};      ///< fixed for the bridge's life
  /// What the host will do when an ObligationDue asks for it. Tones of the tone table and phrases
  /// of `announcements` the bridge plays by itself.
  ObligationKinds dischargeable{};
  CallAttributes attributes{};                    ///< what is known of the call from the beginning
  std::uint32_t max_legs = 1024;                  ///< at most 4096
  std::chrono::milliseconds audit_deadline{250};  ///< a record durable later than this denies
  std::chrono::milliseconds authorizer_deadline{2000};
  std::chrono::milliseconds obligation_deadline{30000};
  /// How long a raise may be pending in all, however often it has to be judged again.
  std::chrono::milliseconds raise_deadline{90000};
  std::chrono::milliseconds drop_after{3000};  ///< from a takeover that drops to DropAgent
  /// How long a customer without anybody may wait before the host has to act.
  std::chrono::milliseconds unattended_deadline{30000};
  std::chrono::milliseconds park_limit{120000};  ///< sessions of a parked call end then
  /// From the end of a hold to the supervisor's voice reaching the party that was held.
  std::chrono::milliseconds resume_delay{300};
  /// A leg whose frames are not pushed, or not pulled, for so long while a session is in force is
  /// reported: MediaFlow; 0: never.
  std::chrono::milliseconds media_missing_after{5000};
  Overload overload = Overload::saturate;
  /// Measures levels and reports who speaks; absent: neither costs anything.
  std::optional<SpeechDetection> speech{};
  /// Where the media thread's state of this bridge lives. With thousands of bridges, a pool on huge
  /// pages keeps them from waiting for memory. It is used by the bridge's control thread, and by
  /// whoever drops the bridge's last port; if those are several threads it has to be synchronised.
  /// It must outlive bridge and ports, and must not fail.
  std::pmr::memory_resource* media_memory = std::pmr::new_delete_resource();
  /// Phrases and hold music that the bridge plays by itself; may be null.
  std::shared_ptr<const Announcements> announcements{};
  /// Where uses are counted for caps across calls; null: this bridge knows no caps, and denies
  /// where a decision sets one. It must outlive the bridge.
  UsageCounts* usage = nullptr;
  /// The gain of the customers in an agent's ear while a supervisor whispers to that agent.
  Gain whisper_duck{};
};

BARGE_NAMESPACE_END
