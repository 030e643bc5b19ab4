// SPDX-License-Identifier: Apache-2.0
// The mixing kernel that this process runs on.
#pragma once

#include <string_view>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// The instruction set of the kernel that was chosen for this CPU, such as "AVX2", "NEON" or
/// "scalar". All kernels compute the same samples, bit for bit.
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view kernel_name() noexcept;

BARGE_NAMESPACE_END
