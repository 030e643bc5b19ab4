// SPDX-License-Identifier: Apache-2.0
// From who-hears-whom to rows that cost little.
#pragma once

#include "bridge/hearing.hpp"
#include "media/plan.hpp"

namespace barge {

/// Fills the routing, in the plan's memory: the rows of a small bridge list their speakers; those
/// of a large one share buses and list what is different. Equal rows get equal ids.
void compile_routing(const Hearing& hearing, media::Plan& plan, media::Routing& routing);

}  // namespace barge
