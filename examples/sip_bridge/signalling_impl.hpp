// SPDX-License-Identifier: Apache-2.0
// What signalling.cpp and signalling_requests.cpp share. They alone include this, and so libre.
//
// Everything here, but for post() and the two ends of the thread's life, runs on the signalling
// thread.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

extern "C" {
#include <re/re.h>
}

#include "digest.hpp"
#include "signalling.hpp"

namespace sip_bridge {

inline constexpr const char* no_body = "Content-Length: 0\r\n\r\n";

struct Deref {
  void operator()(void* object) const noexcept { mem_deref(object); }
};
/// One reference to an object of libre.
template <class T>
using Owned = std::unique_ptr<T, Deref>;

inline std::string text(const pl& part) {
  return part.p == nullptr ? "" : std::string(part.p, part.l);
}

inline bool is(const sip_msg* message, const char* method) {
  return pl_strcmp(&message->met, method) == 0;
}

/// The body, as long as Content-Length says.
std::string_view body(const sip_msg* message);

const char* reason_phrase(unsigned status);

class Signalling::Impl {
 public:
  Impl(SignallingConfig config, Handler handler)
      : config_(std::move(config)), handler_(std::move(handler)) {}

  barge::Status start();
  void stop();
  std::uint16_t port() const noexcept { return port_; }
  DialogId next_id() noexcept { return DialogId{++last_id_}; }

  void post(std::function<void()> command) {
    if (!thread_.joinable()) return;
    auto owned = std::make_unique<std::function<void()>>(std::move(command));
    if (mqueue_push(queue_, 0, owned.get()) == 0) owned.release();
  }

  void ring(DialogId id);
  void answer(DialogId id, LocalMedia media);
  void reject(DialogId id, unsigned status);
  void invite(DialogId id, const Invitation& invitation);
  void hang_up(DialogId id) { dialogs_.erase(id); }
  void probe(DialogId id);

 private:
  // One call dialog: first a transaction that waits for our decision, then a session.
  struct Dialog {
    Impl* owner = nullptr;
    DialogId id{};
    Owned<sip_msg> invitation;
    sip_strans* transaction = nullptr;
    Owned<sipsess> session;
    struct sip_request* pending_probe = nullptr;  // libre clears it when the request is over
    SessionDescription offer;
    LocalMedia local;
    std::optional<RemoteMedia> answer;
    bool called_by_us = false;
    bool established = false;

    ~Dialog() {
      mem_deref(pending_probe);
      if (transaction != nullptr) {
        sip_treply(&transaction, owner->sip_.get(), invitation.get(), 503, reason_phrase(503));
      }
    }
  };

  int open();
  void run(std::promise<int> opened);
  Dialog* find(DialogId id);
  void end(Dialog* dialog, unsigned status);
  bool accept(Dialog* dialog, std::uint16_t status, const std::string& sdp);
  void refuse(const sip_msg* message, unsigned status, const char* why);

  bool on_request(const sip_msg* message);
  std::optional<std::string> authenticate(const sip_msg* message);
  void challenge(const sip_msg* message, bool stale);
  void on_register(const sip_msg* message);
  void on_invite(const sip_msg* message);

  static int on_offer(mbuf** description, const sip_msg* message, void* arg);
  static int on_answer(const sip_msg* message, void* arg);
  static void on_progress(const sip_msg* message, void* arg);
  static void on_established(const sip_msg* message, void* arg);
  static void on_close(int error, const sip_msg* message, void* arg);
  static void on_cancel(void* arg);
  static void on_probe_response(int error, const sip_msg* message, void* arg);

  SignallingConfig config_;
  Handler handler_;
  NonceStore nonces_{std::chrono::seconds(60)};
  std::thread thread_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> last_id_{0};
  mqueue* queue_ = nullptr;
  tmr farewell_{};
  bool closing_ = false;
  Owned<sip> sip_;
  Owned<sipsess_sock> sessions_;
  std::unordered_map<DialogId, std::unique_ptr<Dialog>> dialogs_;
};

}  // namespace sip_bridge
