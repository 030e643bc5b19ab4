// SPDX-License-Identifier: Apache-2.0
// What happens along a path, for people.
#pragma once

#include <string>
#include <vector>

#include "alphabet.hpp"

namespace barge::explore {

/// A line for each action, with what the bridge answered, reported and recorded; at the end, who
/// hears whom in a steady tick.
std::vector<std::string> retell(const Slice& slice, const std::vector<Action>& path);

}  // namespace barge::explore
