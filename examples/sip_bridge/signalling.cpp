// SPDX-License-Identifier: Apache-2.0
// The signalling thread and its call dialogs.
#include "signalling.hpp"

#include <array>
#include <cerrno>

#include "signalling_impl.hpp"

#define DEBUG_MODULE "sip_bridge"
#define DEBUG_LEVEL 0
#include <re/re_dbg.h>

namespace sip_bridge {
namespace {

constexpr std::uint64_t farewell_ms = 2000;

Owned<mbuf> buffer(const std::string& content) {
  Owned<mbuf> made(mbuf_alloc(content.size()));
  mbuf_write_str(made.get(), content.c_str());
  mbuf_set_pos(made.get(), 0);
  return made;
}

}  // namespace

// ── The thread ──────────────────────────────────────────────────────────────────────────────────

barge::Status Signalling::Impl::start() {
  std::promise<int> opened;
  std::future<int> outcome = opened.get_future();
  thread_ = std::thread([this, &opened] { run(std::move(opened)); });
  const int error = outcome.get();
  if (error == 0) return barge::Ok{};
  thread_.join();
  std::array<char, 128> why{};
  str_error(error, why.data(), why.size());
  return barge::Error{barge::Errc::io, "cannot listen on `" + config_.address + ":" +
                                           std::to_string(config_.port) + "`: " + why.data()};
}

int Signalling::Impl::open() {
  if (const int error = libre_init()) return error;
  dbg_init(DBG_EMERG, DBG_NONE);
  const auto leave = [](void*) { re_cancel(); };
  sa local{};
  int error = sa_set_str(&local, config_.address.c_str(), config_.port);
  sip* stack = nullptr;
  if (error == 0) error = sip_alloc(&stack, nullptr, 64, 64, 64, "barge-sip-bridge", leave, this);
  sip_.reset(stack);
  if (error == 0) error = sip_transp_add(stack, SIP_TRANSP_UDP, &local);
  if (error == 0) error = sip_transp_laddr(stack, &local, SIP_TRANSP_UDP, nullptr);
  if (error != 0) return error;
  port_ = sa_port(&local);

  // Listeners are asked in order: first what the session layer must not see.
  const auto request = [](const sip_msg* message, void* arg) -> bool {
    return static_cast<Impl*>(arg)->on_request(message);
  };
  const auto invite = [](const sip_msg* message, void* arg) {
    static_cast<Impl*>(arg)->on_invite(message);
  };
  const auto stray_response = [](const sip_msg*, void*) -> bool { return true; };
  const auto command = [](int, void* data, void*) {
    const std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()>*>(data));
    (*owned)();
  };
  error = sip_listen(nullptr, stack, true, request, this);
  sipsess_sock* sessions = nullptr;
  if (error == 0) error = sipsess_listen(&sessions, stack, 64, invite, this);
  sessions_.reset(sessions);
  if (error == 0) error = sip_listen(nullptr, stack, false, stray_response, this);
  return error != 0 ? error : mqueue_alloc(&queue_, command, this);
}

void Signalling::Impl::run(std::promise<int> opened) {
  const int error = open();
  opened.set_value(error);
  if (error == 0) re_main(nullptr);
  tmr_cancel(&farewell_);
  sip_close(sip_.get(), true);
  sessions_.reset();
  sip_.reset();
  mem_deref(queue_);
  libre_close();
}

void Signalling::Impl::stop() {
  if (!thread_.joinable()) return;
  post([this] {
    tmr_start(
        &farewell_, farewell_ms, [](void*) { re_cancel(); }, nullptr);
    closing_ = true;
    dialogs_.clear();
    sessions_.reset();
    sip_close(sip_.get(), false);  // ends the loop once the last session is gone
  });
  thread_.join();
}

// ── Dialogs ─────────────────────────────────────────────────────────────────────────────────────

Signalling::Impl::Dialog* Signalling::Impl::find(DialogId id) {
  const auto found = dialogs_.find(id);
  return found == dialogs_.end() ? nullptr : found->second.get();
}

void Signalling::Impl::end(Dialog* dialog, unsigned status) {
  const DialogId id = dialog->id;
  dialogs_.erase(id);
  handler_(Ended{id, status});
}

bool Signalling::Impl::accept(Dialog* dialog, std::uint16_t status, const std::string& sdp) {
  const auto description = buffer(sdp);
  mbuf* content = sdp.empty() ? nullptr : description.get();
  if (dialog->session != nullptr) {
    return sipsess_answer(dialog->session.get(), status, "OK", content, nullptr) == 0;
  }
  dialog->transaction = static_cast<sip_strans*>(mem_deref(dialog->transaction));
  const std::string user = text(dialog->invitation->to.uri.user);
  sipsess* session = nullptr;
  const int error = sipsess_accept(&session, sessions_.get(), dialog->invitation.get(), status,
                                   status < 200 ? "Ringing" : "OK", user.c_str(), "application/sdp",
                                   content, nullptr, nullptr, false, on_offer, on_answer,
                                   on_established, nullptr, nullptr, on_close, dialog, nullptr);
  dialog->session.reset(session);
  return error == 0;
}

void Signalling::Impl::ring(DialogId id) {
  Dialog* dialog = find(id);
  if (dialog == nullptr || dialog->session != nullptr) return;
  if (!accept(dialog, 180, "")) end(dialog, 500);
}

void Signalling::Impl::answer(DialogId id, LocalMedia media) {
  Dialog* dialog = find(id);
  if (dialog == nullptr) return;
  dialog->local = std::move(media);
  if (!accept(dialog, 200, make_answer(dialog->local, dialog->offer))) end(dialog, 500);
}

void Signalling::Impl::reject(DialogId id, unsigned status) {
  Dialog* dialog = find(id);
  if (dialog == nullptr) return;
  const auto code = static_cast<std::uint16_t>(status);
  if (dialog->session != nullptr) {
    sipsess_reject(dialog->session.get(), code, reason_phrase(status), nullptr);
  } else {
    sip_treply(&dialog->transaction, sip_.get(), dialog->invitation.get(), code,
               reason_phrase(status));
  }
  dialogs_.erase(id);
}

void Signalling::Impl::invite(DialogId id, const Invitation& invitation) {
  Dialog* dialog = dialogs_.emplace(id, std::make_unique<Dialog>()).first->second.get();
  dialog->owner = this;
  dialog->id = id;
  dialog->called_by_us = true;
  dialog->local = invitation.media;
  const std::string caller =
      "sip:" + invitation.caller_extension + "@" + config_.address + ":" + std::to_string(port_);
  const auto description = buffer(make_offer(dialog->local));
  sipsess* session = nullptr;
  const int error = sipsess_connect(
      &session, sessions_.get(), invitation.contact.c_str(), invitation.caller_name.c_str(),
      caller.c_str(), invitation.caller_extension.c_str(), nullptr, 0, "application/sdp",
      description.get(), nullptr, nullptr, false, on_offer, on_answer, on_progress, on_established,
      nullptr, nullptr, on_close, dialog, nullptr);
  dialog->session.reset(session);
  if (error != 0) end(dialog, 480);
}

void Signalling::Impl::probe(DialogId id) {
  Dialog* dialog = find(id);
  if (dialog == nullptr || dialog->session == nullptr || dialog->pending_probe != nullptr) return;
  sip_drequestf(&dialog->pending_probe, sip_.get(), true, "OPTIONS",
                sipsess_dialog(dialog->session.get()), 0, nullptr, nullptr, on_probe_response,
                dialog, "%s", no_body);
}

// ── What libre calls ────────────────────────────────────────────────────────────────────────────

// A new offer within the dialog, or, where the message has none, the request to make one.
int Signalling::Impl::on_offer(mbuf** description, const sip_msg* message, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  if (body(message).empty()) {
    *description = buffer(make_offer(dialog->local)).release();
    return 0;
  }
  auto offer = parse_sdp(body(message));
  if (!offer) return EPROTO;
  dialog->offer = std::move(*offer);
  *description = buffer(make_answer(dialog->local, dialog->offer)).release();
  dialog->owner->handler_(MediaChanged{dialog->id, dialog->offer.media});
  return 0;
}

int Signalling::Impl::on_answer(const sip_msg* message, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  const auto answer = parse_sdp(body(message));
  if (!answer) return EPROTO;
  dialog->answer = answer->media;
  if (dialog->established) dialog->owner->handler_(MediaChanged{dialog->id, answer->media});
  return 0;
}

void Signalling::Impl::on_progress(const sip_msg* message, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  if (message->scode > 100) dialog->owner->handler_(Ringing{dialog->id});
}

void Signalling::Impl::on_established(const sip_msg*, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  dialog->established = true;
  if (dialog->called_by_us) dialog->owner->handler_(Answered{dialog->id, *dialog->answer});
}

void Signalling::Impl::on_close(int error, const sip_msg* message, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  unsigned status = 408;
  if (error == ECONNRESET) status = 0;  // BYE or CANCEL
  if (error == EPROTO) status = 488;
  if (message != nullptr && message->scode >= 300) status = message->scode;
  dialog->owner->end(dialog, status);
}

void Signalling::Impl::on_cancel(void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  sip_treply(&dialog->transaction, dialog->owner->sip_.get(), dialog->invitation.get(), 487,
             "Request Terminated");
  dialog->owner->end(dialog, 0);
}

void Signalling::Impl::on_probe_response(int error, const sip_msg* message, void* arg) {
  auto* dialog = static_cast<Dialog*>(arg);
  // Any answer but "I know no such call" comes from a phone that is still in it.
  if (error != 0 || message->scode == 481 || message->scode == 408) return;
  dialog->owner->handler_(ProbeAnswered{dialog->id});
}

// ── The face ────────────────────────────────────────────────────────────────────────────────────

Signalling::Signalling(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Signalling::~Signalling() {
  stop();
}

barge::Result<std::unique_ptr<Signalling>> Signalling::start(SignallingConfig config,
                                                             Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(config), std::move(handler));
  const barge::Status started = impl->start();
  if (!started) return started.error();
  return std::unique_ptr<Signalling>(new Signalling(std::move(impl)));
}

std::uint16_t Signalling::port() const noexcept {
  return impl_->port();
}

void Signalling::ring(DialogId dialog) {
  impl_->post([impl = impl_.get(), dialog] { impl->ring(dialog); });
}

void Signalling::answer(DialogId dialog, LocalMedia media) {
  impl_->post(
      [impl = impl_.get(), dialog, media = std::move(media)] { impl->answer(dialog, media); });
}

void Signalling::reject(DialogId dialog, unsigned status) {
  impl_->post([impl = impl_.get(), dialog, status] { impl->reject(dialog, status); });
}

DialogId Signalling::invite(Invitation invitation) {
  const DialogId id = impl_->next_id();
  impl_->post([impl = impl_.get(), id, invitation = std::move(invitation)] {
    impl->invite(id, invitation);
  });
  return id;
}

void Signalling::hang_up(DialogId dialog) {
  impl_->post([impl = impl_.get(), dialog] { impl->hang_up(dialog); });
}

void Signalling::probe(DialogId dialog) {
  impl_->post([impl = impl_.get(), dialog] { impl->probe(dialog); });
}

void Signalling::stop() {
  impl_->stop();
}

}  // namespace sip_bridge
