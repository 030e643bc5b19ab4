// SPDX-License-Identifier: Apache-2.0
// The picture of a call: who was heard where.
#pragma once

#include <string>

#include "hearing.hpp"
#include "simulation.hpp"
#include "timeline.hpp"

namespace wav {

/// An SVG, 1200 pixels wide: a band of modes for each supervisor, a lane for each listener with a
/// row for each of the others, and a line wherever a mode took effect.
std::string draw(const Timeline& timeline, const Call& call, const Hearing& hearing);

}  // namespace wav
