// SPDX-License-Identifier: Apache-2.0
// Where one stretch of a signal continues another one with the least that can be heard.
#pragma once

#include <cstddef>

#include <barge/audio.hpp>
#include <barge/config.hpp>

namespace barge::leg {

/// The offset in `area` at which it differs least from `pattern`, by the sum of squares; of equally
/// good ones the one nearest to the middle. Every `stride`th sample and offset is looked at, then
/// every one around the best.
std::size_t best_match(Frame pattern, Frame area, std::size_t stride) BARGE_REALTIME;

}  // namespace barge::leg
