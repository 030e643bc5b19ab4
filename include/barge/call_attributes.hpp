// SPDX-License-Identifier: Apache-2.0
// What is known of a call besides who is on it.
#pragma once

#include <cstdint>
#include <string_view>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// What the customer has said to being supervised.
enum class Consent : std::uint8_t {
  unknown,
  notice,  ///< told, and stayed
  implied,
  given,
  refused,
  withdrawn
};

/// The stable name of a state of consent.
/// Thread: any. Realtime-safe: yes.
constexpr std::string_view name(Consent consent) noexcept {
  switch (consent) {
    case Consent::unknown:
      return "unknown";
    case Consent::notice:
      return "notice";
    case Consent::implied:
      return "implied";
    case Consent::given:
      return "given";
    case Consent::refused:
      return "refused";
    case Consent::withdrawn:
      return "withdrawn";
  }
  return "?";
}

struct CallAttributes {
  Consent consent = Consent::unknown;
  bool card_data = false;    ///< card data is being spoken
  bool health_data = false;  ///< health data is being spoken
  bool personal = false;     ///< the call has proved to be personal
  bool internal = false;     ///< between colleagues
};

/// Thread: any. Realtime-safe: yes.
constexpr bool operator==(const CallAttributes& a, const CallAttributes& b) noexcept {
  return a.consent == b.consent && a.card_data == b.card_data && a.health_data == b.health_data &&
         a.personal == b.personal && a.internal == b.internal;
}

BARGE_NAMESPACE_END
