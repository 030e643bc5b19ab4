// SPDX-License-Identifier: Apache-2.0
// Definitions of the C library's own functions: the program's come before the library's, also for
// operator new, the streams and everything else that is linked.
#include "rt/realtime_guard.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);
}

namespace {

thread_local bool inside_media_call = false;

void check(const char* function) noexcept {
  if (!inside_media_call) return;
  inside_media_call = false;  // what follows may allocate
  const auto say = [](const char* text) {
    if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
  };
  say(function);
  say(" inside a media call\n");
  std::abort();
}

/// The library's own function behind one of ours.
template <class Function>
Function next(std::atomic<Function>& known, const char* name) noexcept {
  // relaxed: whoever looks it up finds the same address.
  Function function = known.load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    known.store(function, std::memory_order_relaxed);
  }
  return function;
}

}  // namespace

namespace barge::test {

MediaCall::MediaCall() noexcept {
  inside_media_call = true;
}
MediaCall::~MediaCall() {
  inside_media_call = false;
}

}  // namespace barge::test

// NOLINTBEGIN: the signatures are the C library's.
extern "C" {

void* malloc(size_t size) {
  check("malloc");
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  check("calloc");
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  check("realloc");
  return __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  check("aligned_alloc");
  return __libc_memalign(alignment, size);
}
void* memalign(size_t alignment, size_t size) {
  check("memalign");
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  check("posix_memalign");
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
  check("free");
  __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  check("pthread_mutex_lock");
  static std::atomic<int (*)(pthread_mutex_t*)> known{nullptr};
  return next(known, "pthread_mutex_lock")(mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  check("pthread_mutex_trylock");
  static std::atomic<int (*)(pthread_mutex_t*)> known{nullptr};
  return next(known, "pthread_mutex_trylock")(mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  check("pthread_rwlock_rdlock");
  static std::atomic<int (*)(pthread_rwlock_t*)> known{nullptr};
  return next(known, "pthread_rwlock_rdlock")(lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  check("pthread_rwlock_wrlock");
  static std::atomic<int (*)(pthread_rwlock_t*)> known{nullptr};
  return next(known, "pthread_rwlock_wrlock")(lock);
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  check("pthread_cond_wait");
  static std::atomic<int (*)(pthread_cond_t*, pthread_mutex_t*)> known{nullptr};
  return next(known, "pthread_cond_wait")(condition, mutex);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  check("pthread_cond_timedwait");
  static std::atomic<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)> known{nullptr};
  return next(known, "pthread_cond_timedwait")(condition, mutex, until);
}
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  check("clock_gettime");
  static std::atomic<int (*)(clockid_t, timespec*)> known{nullptr};
  return next(known, "clock_gettime")(clock, time);
}
int nanosleep(const timespec* time, timespec* left) {
  check("nanosleep");
  static std::atomic<int (*)(const timespec*, timespec*)> known{nullptr};
  return next(known, "nanosleep")(time, left);
}

}  // extern "C"
// NOLINTEND
