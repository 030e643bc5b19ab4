// SPDX-License-Identifier: Apache-2.0
// What a customer hears who waits for somebody to speak to.
#pragma once

#include <memory>

#include <barge/clip.hpp>
#include <barge/result.hpp>

namespace sip_bridge {

/// Two soft beeps every two seconds as the hold source, and no phrases. Fails as
/// barge::ToneGenerator::create does.
barge::Result<std::shared_ptr<const barge::Announcements>> make_announcements();

}  // namespace sip_bridge
