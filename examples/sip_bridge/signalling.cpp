// SPDX-License-Identifier: Apache-2.0
// All that knows libre: the signalling thread, call dialogs, and requests outside of dialogs.
#include "signalling.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
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

#define DEBUG_MODULE "sip_bridge"
#define DEBUG_LEVEL 0
#include <re/re_dbg.h>

namespace sip_bridge {
namespace {

constexpr std::uint64_t farewell_ms = 2000;
constexpr std::chrono::seconds longest_registration{3600};
constexpr const char* no_body = "Content-Length: 0\r\n\r\n";

struct Deref {
  void operator()(void* object) const noexcept { mem_deref(object); }
};
// One reference to an object of libre.
template <class T>
using Owned = std::unique_ptr<T, Deref>;

std::string text(const pl& part) {
  return part.p == nullptr ? "" : std::string(part.p, part.l);
}

bool is(const sip_msg* message, const char* method) {
  return pl_strcmp(&message->met, method) == 0;
}

Owned<mbuf> buffer(const std::string& content) {
  Owned<mbuf> made(mbuf_alloc(content.size()));
  mbuf_write_str(made.get(), content.c_str());
  mbuf_set_pos(made.get(), 0);
  return made;
}

// The body, as long as Content-Length says.
std::string_view body(const sip_msg* message) {
  const std::string_view rest(reinterpret_cast<const char*>(mbuf_buf(message->mb)),
                              mbuf_get_left(message->mb));
  return message->clen.p == nullptr ? rest : rest.substr(0, pl_u32(&message->clen));
}

const char* reason_phrase(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 416:
      return "Unsupported URI Scheme";
    case 480:
      return "Temporarily Unavailable";
    case 483:
      return "Too Many Hops";
    case 486:
      return "Busy Here";
    case 488:
      return "Not Acceptable Here";
    case 503:
      return "Service Unavailable";
    case 603:
      return "Decline";
    default:
      return "Refused";
  }
}

// The number at the beginning of a header, or nothing where there is none or it is absurdly long.
std::optional<std::uint64_t> leading_number(const pl& value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.p, value.p + value.l, number);
  if (error != std::errc{} || end == value.p) return std::nullopt;
  return number;
}

// What is wrong with a request that the stack lets pass although RFC 3261 does not; 0: nothing.
unsigned fault_in(const sip_msg* message) {
  constexpr std::uint64_t highest_cseq = 0x7FFFFFFF;
  const sip_hdr* const cseq = sip_msg_hdr(message, SIP_HDR_CSEQ);
  const auto number = cseq == nullptr ? std::nullopt : leading_number(cseq->val);
  if (!number || *number > highest_cseq) return 400;
  if (pl_cmp(&message->cseq.met, &message->met) != 0) return 400;
  if (message->clen.p != nullptr) {
    const auto length = leading_number(message->clen);
    if (!length || *length > mbuf_get_left(message->mb)) return 400;
  }
  if (pl_strcasecmp(&message->uri.scheme, "sip") != 0) return 416;
  if (message->maxfwd.p != nullptr && pl_strcmp(&message->maxfwd, "0") == 0) return 483;
  if (is(message, "ACK") || is(message, "CANCEL")) return 0;
  return sip_msg_hdr(message, SIP_HDR_REQUIRE) != nullptr ? 420 : 0;
}

}  // namespace

// Everything here, but for post() and the two ends of the thread's life, runs on the signalling
// thread.
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

// ── Requests outside of dialogs
// ───────────────────────────────────────────────────────────────────

void Signalling::Impl::refuse(const sip_msg* message, unsigned status, const char* why) {
  sip_treply(nullptr, sip_.get(), message, static_cast<std::uint16_t>(status),
             reason_phrase(status));
  std::array<char, 64> source{};
  re_snprintf(source.data(), source.size(), "%J", &message->src);
  handler_(Refused{source.data(), text(message->met), status, why});
}

bool Signalling::Impl::on_request(const sip_msg* message) {
  if (const unsigned fault = fault_in(message)) {
    if (is(message, "ACK")) return true;
    if (fault == 420) {
      sip_treplyf(nullptr, nullptr, sip_.get(), message, false, 420, "Bad Extension",
                  "Unsupported: %r\r\n%s", &sip_msg_hdr(message, SIP_HDR_REQUIRE)->val, no_body);
    } else {
      refuse(message, fault, "malformed");
    }
    return true;
  }
  for (const char* method : {"INVITE", "ACK", "BYE", "INFO"}) {
    if (is(message, method)) return false;
  }
  if (is(message, "REGISTER")) {
    on_register(message);
  } else if (is(message, "OPTIONS")) {
    sip_treplyf(
        nullptr, nullptr, sip_.get(), message, false, 200, "OK",
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER\r\nAccept: application/sdp\r\n%s",
        no_body);
  } else if (is(message, "CANCEL")) {
    sip_reply(sip_.get(), message, 481, "Transaction Does Not Exist");
  } else {
    sip_reply(sip_.get(), message, 501, "Not Implemented");
  }
  return true;
}

void Signalling::Impl::challenge(const sip_msg* message, bool stale) {
  const std::string nonce = nonces_.issue(std::chrono::steady_clock::now());
  sip_treplyf(
      nullptr, nullptr, sip_.get(), message, false, 401, "Unauthorized",
      "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", qop=\"auth\", algorithm=MD5%s\r\n%s",
      config_.realm.c_str(), nonce.c_str(), stale ? ", stale=true" : "", no_body);
}

// The account whose secret the request was signed with. Otherwise the request has been answered.
std::optional<std::string> Signalling::Impl::authenticate(const sip_msg* message) {
  const sip_hdr* header = sip_msg_hdr(message, SIP_HDR_AUTHORIZATION);
  httpauth_digest_resp response{};
  if (header == nullptr || httpauth_digest_response_decode(&response, &header->val) != 0 ||
      pl_strcmp(&response.realm, config_.realm.c_str()) != 0) {
    challenge(message, false);
    return std::nullopt;
  }
  const std::string user = text(response.username);
  const auto account =
      std::find_if(config_.accounts.begin(), config_.accounts.end(),
                   [&user](const SignallingAccount& a) { return a.extension == user; });
  // An unknown account takes the same way as a wrong secret: nobody learns which accounts exist.
  const bool known = account != config_.accounts.end();
  const std::string secret = known ? account->secret : unguessable();
  std::array<std::uint8_t, MD5_SIZE> ha1{};
  md5_printf(ha1.data(), "%s:%s:%s", user.c_str(), config_.realm.c_str(), secret.c_str());
  const bool signed_right =
      pl_strcasecmp(&response.qop, "auth") == 0 &&
      httpauth_digest_response_auth(&response, &message->met, ha1.data()) == 0;

  const auto now = std::chrono::steady_clock::now();
  if (!nonces_.use(text(response.nonce), pl_x32(&response.nc), now)) {
    challenge(message, true);
    return std::nullopt;
  }
  if (!known || !signed_right) {
    refuse(message, 403, "wrong account or secret");
    return std::nullopt;
  }
  return user;
}

void Signalling::Impl::on_register(const sip_msg* message) {
  const auto extension = authenticate(message);
  if (!extension) return;
  if (pl_strcmp(&message->to.uri.user, extension->c_str()) != 0) {
    return refuse(message, 403, "registers for somebody else");
  }
  std::chrono::seconds expires = longest_registration;
  if (message->expires.p != nullptr) expires = std::chrono::seconds(pl_u32(&message->expires));
  std::string contact;
  if (const sip_hdr* header = sip_msg_hdr(message, SIP_HDR_CONTACT)) {
    sip_addr address{};
    if (pl_strcmp(&header->val, "*") == 0) {
      expires = std::chrono::seconds(0);
    } else if (sip_addr_decode(&address, &header->val) != 0 || address.uri.af != AF_INET ||
               pl_strcasecmp(&address.uri.scheme, "sip") != 0) {
      return refuse(message, 400, "a contact that is no sip address");
    } else {
      contact = text(address.auri);
      pl parameter{};
      if (msg_param_decode(&address.params, "expires", &parameter) == 0) {
        expires = std::chrono::seconds(pl_u32(&parameter));
      }
    }
    expires = std::min(expires, longest_registration);
    if (expires.count() == 0) contact.clear();
    handler_(Registered{*extension, contact, expires});
  }
  const std::string binding =
      contact.empty()
          ? ""
          : "Contact: <" + contact + ">;expires=" + std::to_string(expires.count()) + "\r\n";
  sip_treplyf(nullptr, nullptr, sip_.get(), message, false, 200, "OK", "%s%s", binding.c_str(),
              no_body);
}

void Signalling::Impl::on_invite(const sip_msg* message) {
  if (closing_) return refuse(message, 503, "shutting down");
  const auto extension = authenticate(message);
  if (!extension) return;
  const auto offer = parse_sdp(body(message));
  if (!offer) return refuse(message, 488, "no audio stream that we can take part in");

  auto dialog = std::make_unique<Dialog>();
  dialog->owner = this;
  dialog->id = next_id();
  dialog->offer = *offer;
  dialog->invitation.reset(static_cast<sip_msg*>(mem_ref(const_cast<sip_msg*>(message))));
  if (sip_strans_alloc(&dialog->transaction, sip_.get(), message, on_cancel, dialog.get()) != 0) {
    return refuse(message, 500, "out of memory");
  }
  sip_treply(&dialog->transaction, sip_.get(), message, 100, "Trying");

  char* dialled = nullptr;
  re_sdprintf(&dialled, "%H", uri_user_unescape, &message->uri.user);
  const Owned<char> unescaped(dialled);
  const DialogId id = dialog->id;
  dialogs_.emplace(id, std::move(dialog));
  handler_(Invited{id, *extension, dialled == nullptr ? "" : dialled, offer->media});
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
