// SPDX-License-Identifier: Apache-2.0
// What a decision asks of the host.
#pragma once

#include <vector>

#include <barge/bridge.hpp>

namespace barge {

/// Whether two sets of obligations ask the host for the same things.
bool same_duties(const Obligations& a, const Obligations& b);

/// Whether all that the one set of obligations asks for has been done with the other.
bool covers(const Obligations& done, const Obligations& asked);
bool covers(const Obligations& done, const ObligationDue& asked);

/// The duties of a set of obligations in the order in which they start, without their ids.
std::vector<ObligationDue> duties_of(const Obligations& obligations);

}  // namespace barge
