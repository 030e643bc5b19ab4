// SPDX-License-Identifier: Apache-2.0
// While a thread is inside a media call, the functions that could make it wait end the program.
#pragma once

namespace barge::test {

/// Marks the calling thread as inside a media call for as long as it lives.
class MediaCall {
 public:
  MediaCall() noexcept;
  ~MediaCall();
  MediaCall(const MediaCall&) = delete;
  MediaCall& operator=(const MediaCall&) = delete;
};

}  // namespace barge::test
