// SPDX-License-Identifier: Apache-2.0
// Version, visibility and the few macros of barge.
#pragma once

#define BARGE_VERSION_MAJOR 0
#define BARGE_VERSION_MINOR 1
#define BARGE_VERSION_PATCH 0

// Everything lives in barge::v0: two incompatible versions in one process do not mix silently.
#define BARGE_NAMESPACE_BEGIN \
  namespace barge {           \
  inline namespace v0 {
#define BARGE_NAMESPACE_END \
  }                         \
  }

#if defined(__GNUC__) || defined(__clang__)
#define BARGE_API __attribute__((visibility("default")))
#define BARGE_LOCAL __attribute__((visibility("hidden")))
#else
#define BARGE_API
#define BARGE_LOCAL
#endif

// Marks what the media thread may call: no allocation, lock, system call, clock or exception.
#if defined(__clang__) && __clang_major__ >= 20
#define BARGE_REALTIME noexcept [[clang::nonblocking]]
#else
#define BARGE_REALTIME noexcept
#endif
