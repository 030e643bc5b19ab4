// SPDX-License-Identifier: Apache-2.0
// How the media threads of many bridges tell one control thread which of them have news, so that it
// need not look at all. A queue for many producers and one consumer, after Dmitry Vyukov's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <barge/media.hpp>  // this namespace is declared there

namespace barge::media {

class ReadyList;

/// One bridge's entry in the list. Its owner may go while it is queued.
class ReadyFlag {
 public:
  /// Tells the consumer; once, until it has looked. Any thread that keeps the flag.
  void raise() BARGE_REALTIME;

 private:
  friend class ReadyList;
  ReadyFlag() = default;
  ReadyFlag(ReadyList& list, std::uint64_t tag) : list_(&list), tag_(tag) {}

  /// Ends a use of the flag: its owner's, or the queue's.
  void release() noexcept {
    // acq_rel: whoever frees it has seen all that the other one did.
    if (uses_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  ReadyList* list_ = nullptr;
  std::uint64_t tag_ = 0;
  std::atomic<ReadyFlag*> next_{nullptr};
  std::atomic<bool> queued_{false};
  std::atomic<std::uint32_t> uses_{1};
};

/// The flags that are raised. It lives until its consumer and all flags' owners have gone.
class ReadyList {
 public:
  ReadyList() = default;
  ReadyList(const ReadyList&) = delete;
  ReadyList& operator=(const ReadyList&) = delete;
  ~ReadyList() {
    visit([](std::uint64_t) {});
  }

  /// A flag that visit() knows by this tag. Any thread.
  static std::shared_ptr<ReadyFlag> make_flag(std::shared_ptr<ReadyList> list, std::uint64_t tag) {
    auto* const flag = new ReadyFlag(*list, tag);
    return {flag, [kept = std::move(list)](ReadyFlag* owned) { owned->release(); }};
  }

  /// Calls visitor(tag) for every flag that has been raised. What was stored before a flag was
  /// raised is seen from its visit on; a flag raised from then on is visited the next time. One
  /// thread at a time.
  template <class Visitor>
  void visit(const Visitor& visitor) {
    ReadyFlag* flag = take_all();
    while (flag != nullptr) {
      ReadyFlag* const next = flag->next_.load(std::memory_order_relaxed);
      const std::uint64_t tag = flag->tag_;
      // acq_rel: pairs with raise(), also where that found the flag queued.
      flag->queued_.exchange(false, std::memory_order_acq_rel);
      flag->release();
      visitor(tag);
      flag = next;
    }
  }

 private:
  friend class ReadyFlag;

  void push(ReadyFlag* flag) noexcept {
    flag->next_.store(nullptr, std::memory_order_relaxed);
    // acq_rel: hands the flag before on from the thread that pushed it.
    ReadyFlag* const before = newest_.exchange(flag, std::memory_order_acq_rel);
    before->next_.store(flag, std::memory_order_release);  // pairs with take()
  }

  /// The oldest flag, or null where there is none or its push is not through yet.
  ReadyFlag* take() noexcept {
    ReadyFlag* oldest = oldest_;
    ReadyFlag* next = oldest->next_.load(std::memory_order_acquire);  // pairs with push()
    if (oldest == &stub_) {
      if (next == nullptr) return nullptr;
      oldest_ = oldest = next;
      next = oldest->next_.load(std::memory_order_acquire);
    }
    if (next == nullptr) {
      // The last one leaves once the stub stands behind it.
      if (oldest != newest_.load(std::memory_order_acquire)) return nullptr;
      push(&stub_);
      next = oldest->next_.load(std::memory_order_acquire);
      if (next == nullptr) return nullptr;
    }
    oldest_ = next;
    return oldest;
  }

  /// The queue's content as a list of its own. No flag comes twice: until its visit it is queued.
  ReadyFlag* take_all() noexcept {
    ReadyFlag first;
    ReadyFlag* latest = &first;
    while (ReadyFlag* const flag = take()) {
      latest->next_.store(flag, std::memory_order_relaxed);
      latest = flag;
    }
    latest->next_.store(nullptr, std::memory_order_relaxed);
    return first.next_.load(std::memory_order_relaxed);
  }

  ReadyFlag stub_;
  std::atomic<ReadyFlag*> newest_{&stub_};
  ReadyFlag* oldest_ = &stub_;  ///< the consumer's
};

inline void ReadyFlag::raise() noexcept {
  // acq_rel: pairs with visit().
  if (queued_.exchange(true, std::memory_order_acq_rel)) return;
  uses_.fetch_add(1, std::memory_order_relaxed);  // the caller keeps it meanwhile
  list_->push(this);
}

}  // namespace barge::media
