// SPDX-License-Identifier: Apache-2.0
// Mono WAV files of 16-bit linear PCM.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <barge/audio.hpp>
#include <barge/result.hpp>

namespace wav {

/// The samples of a file. Fails with io, or with bad_document when it is not mono 16-bit PCM at
/// this rate.
barge::Result<std::vector<barge::Sample>> read(const std::string& path, std::uint32_t rate);

/// Writes a file, or fails with io.
barge::Status write(const std::string& path, std::uint32_t rate,
                    const std::vector<barge::Sample>& samples);

}  // namespace wav
