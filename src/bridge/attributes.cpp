// SPDX-License-Identifier: Apache-2.0
// What becomes known of a call: consent, card data, that it is internal.
#include <algorithm>

#include "bridge/impl.hpp"

namespace barge {

bool Bridge::Impl::refuses_consent() const noexcept {
  return config_.attributes.consent == Consent::refused ||
         config_.attributes.consent == Consent::withdrawn;
}

Status Bridge::Impl::set_attributes(const CallAttributes& attributes) {
  if (closed_) return Error{Errc::closed, "the bridge is closed"};
  catch_up();
  const CallAttributes before = std::exchange(config_.attributes, attributes);
  if (before == attributes) return Ok{};
  record_attributes(before);
  follow_attributes();
  replan();
  if (before.card_data != attributes.card_data) {
    const auto kind = attributes.card_data ? Marker::Kind::shielded : Marker::Kind::unshielded;
    awaited_.push_back({next_revision(), Marker{kind, {}}});
  }
  watch_customers();
  judge_all_again();
  sweep();
  return Ok{};
}

void Bridge::Impl::record_attributes(const CallAttributes& before) {
  const CallAttributes& now = config_.attributes;
  if (before.consent != now.consent) {
    journal_.append(RecordType::consent_changed, {{"from", std::string(name(before.consent))},
                                                  {"to", std::string(name(now.consent))}});
  }
  const auto record = [&](const char* attribute, bool was, bool is) {
    if (was == is) return;
    journal_.append(RecordType::call_attribute_changed,
                    {{"attribute", std::string(attribute)}, {"to", is}});
  };
  record("card_data", before.card_data, now.card_data);
  record("health_data", before.health_data, now.health_data);
  record("personal", before.personal, now.personal);
  record("internal", before.internal, now.internal);
}

/// Another call with attributes of its own becomes one with this: what protects more counts.
void Bridge::Impl::combine_attributes(const CallAttributes& others) {
  CallAttributes both = config_.attributes;
  const bool refused = others.consent == Consent::refused || others.consent == Consent::withdrawn;
  if (refused) both.consent = others.consent;
  both.card_data |= others.card_data;
  both.health_data |= others.health_data;
  both.personal |= others.personal;
  both.internal &= others.internal;
  static_cast<void>(set_attributes(both));
}

void Bridge::Impl::follow_attributes() {
  const CallAttributes& now = config_.attributes;
  if (!refuses_consent() && !now.card_data && !now.internal) return;
  for (Session& session : sessions_) {
    if (session.in_force()) follow_attributes(session);
  }
}

/// What the terms of the session in force say about the call as it is now. Whoever is all that the
/// customer has stays.
void Bridge::Impl::follow_attributes(Session& session) {
  const CallAttributes& now = config_.attributes;
  if (attends_alone(session)) {
    const bool listens =
        session.now.mode == Mode::takeover && session.now.disposition == Disposition::listen;
    if (!refuses_consent() || !listens) return;
    session.now.disposition = Disposition::hold;
    return replan();
  }
  if (now.internal && !session.terms.internal_calls) {
    lower_to(session, Mode::off, Cause::revoked);
  } else if (refuses_consent() && session.terms.without_consent < session.now.mode) {
    lower_to(session, session.terms.without_consent, Cause::consent);
  } else if (now.card_data && session.terms.card_data == CardData::end) {
    lower_to(session, Mode::off, Cause::card_data);
  }
}

}  // namespace barge
