// SPDX-License-Identifier: Apache-2.0
// Requests outside of dialogs: what is malformed, who asks, registrations, invitations.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "signalling_impl.hpp"

namespace sip_bridge {
namespace {

constexpr std::chrono::seconds longest_registration{3600};

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

}  // namespace sip_bridge
