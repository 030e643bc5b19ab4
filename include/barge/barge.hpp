// SPDX-License-Identifier: Apache-2.0
// Everything of barge::barge.
#pragma once

#include <barge/audio.hpp>
#include <barge/audit.hpp>
#include <barge/bridge.hpp>
#include <barge/bridge_config.hpp>
#include <barge/call_attributes.hpp>
#include <barge/clip.hpp>
#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/decision.hpp>
#include <barge/desk.hpp>
#include <barge/events.hpp>
#include <barge/floor.hpp>
#include <barge/g711.hpp>
#include <barge/ids.hpp>
#include <barge/kernel.hpp>
#include <barge/leg.hpp>
#include <barge/level.hpp>
#include <barge/media.hpp>
#include <barge/memory_sink.hpp>
#include <barge/mode.hpp>
#include <barge/participant.hpp>
#include <barge/policy.hpp>
#include <barge/resampler.hpp>
#include <barge/result.hpp>
#include <barge/supervision.hpp>
#include <barge/tone.hpp>
#include <barge/tone_generator.hpp>
#include <barge/usage.hpp>
