// SPDX-License-Identifier: Apache-2.0
// The mixing kernels that this process runs on.
#pragma once

#include <string_view>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// The instruction set of the kernels that this process runs on, such as "AVX3" (AVX-512), "AVX2",
/// "NEON" or "scalar": the best one of this CPU, or the one that the environment variable
/// BARGE_FORCE_KERNEL names. "none" when it names one that this CPU does not run; no bridge can be
/// created then. The variable is read once. All kernels compute the same samples, bit for bit.
/// Thread: any. Realtime-safe: no.
BARGE_API std::string_view kernel_name() noexcept;

BARGE_NAMESPACE_END
