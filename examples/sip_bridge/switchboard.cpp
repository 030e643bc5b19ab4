// SPDX-License-Identifier: Apache-2.0
#include "switchboard.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "log.hpp"
#include "refusal.hpp"

namespace sip_bridge {

Switchboard::Switchboard(Services services) : services_(services) {}

void Switchboard::handle(const SignallingEvent& event) {
  std::visit([this](const auto& happened) { on(happened); }, event);
}

void Switchboard::poll() {
  const auto calls = calls_;  // one may end
  for (const auto& call : calls)
    call->poll();
}

void Switchboard::hang_up_all() {
  const auto calls = calls_;
  for (const auto& call : calls)
    call->hang_up("the bridge shuts down");
}

// ── Registrations ───────────────────────────────────────────────────────────────────────────────

void Switchboard::on(const Registered& registered) {
  const bool known = contact(registered.extension).has_value();
  if (registered.contact.empty()) {
    if (registrations_.erase(registered.extension) != 0) {
      log_line("", registered.extension, "unregisters");
    }
    return;
  }
  registrations_[registered.extension] = {registered.contact,
                                          std::chrono::steady_clock::now() + registered.expires};
  if (!known) log_line("", registered.extension, "registers " + printable(registered.contact));
}

std::optional<std::string> Switchboard::contact(const std::string& extension) const {
  const auto found = registrations_.find(extension);
  if (found == registrations_.end()) return std::nullopt;
  if (found->second.expires <= std::chrono::steady_clock::now()) return std::nullopt;
  return found->second.contact;
}

// ── Numbers ─────────────────────────────────────────────────────────────────────────────────────

const Account* Switchboard::agent(const std::string& extension) const {
  const Account* const account = services_.config.account(extension);
  return account != nullptr && account->role == barge::Role::agent ? account : nullptr;
}

std::optional<Switchboard::Target> Switchboard::service(const std::string& dialled) const {
  for (const ServiceCode& code : services_.config.service_codes) {
    if (dialled.compare(0, code.prefix.size(), code.prefix) == 0) {
      return Target{code.mode, dialled.substr(code.prefix.size())};
    }
  }
  return std::nullopt;
}

void Switchboard::on(const Invited& invited) {
  const Account* const caller = services_.config.account(invited.extension);
  if (caller == nullptr) return refuse(invited, 403, "no account");
  const auto target = service(invited.dialled);
  if (!target) return call_agent(*caller, invited);
  if (!target->mode) return join(*caller, invited, target->extension);
  supervise(*caller, invited, *target);
}

void Switchboard::call_agent(const Account& caller, const Invited& invited) {
  const Account* const called = agent(invited.dialled);
  if (called == nullptr) return refuse(invited, 404, "no agent has this extension");
  if (caller.role != barge::Role::customer)
    return refuse(invited, 403, "only customers call agents");
  if (call_with(called->extension) != nullptr) return refuse(invited, 486, "the agent is busy");
  const auto reached = contact(called->extension);
  if (!reached) return refuse(invited, 480, "the agent's phone is not registered");

  const auto forget = [this](const Call& over) {
    calls_.erase(std::remove_if(calls_.begin(), calls_.end(),
                                [&over](const auto& call) { return call.get() == &over; }),
                 calls_.end());
  };
  auto call = std::make_shared<Call>(services_, ++calls_made_, forget);
  if (const auto ringing = call->ring(caller, invited, *called, *reached); !ringing) {
    return refuse(invited, 503, ringing.error().message);
  }
  calls_.push_back(std::move(call));
}

void Switchboard::supervise(const Account& caller, const Invited& invited, const Target& target) {
  if (caller.role != barge::Role::supervisor) {
    return refuse_supervision(invited, 403, "only supervisors may dial service codes");
  }
  if (agent(target.extension) == nullptr) {
    return refuse_supervision(invited, 404, "no agent has this extension");
  }
  const auto call = call_with(target.extension);
  if (call == nullptr || !call->is_live()) {
    return refuse_supervision(invited, 480, "the agent is in no call");
  }
  call->supervise(caller, invited, {*target.mode, target.extension});
}

void Switchboard::join(const Account& caller, const Invited& invited,
                       const std::string& extension) {
  if (caller.role != barge::Role::agent) {
    return refuse(invited, 403, "only agents join a colleague's call");
  }
  if (agent(extension) == nullptr) return refuse(invited, 404, "no agent has this extension");
  if (call_with(caller.extension) != nullptr) return refuse(invited, 486, "is in a call");
  const auto call = call_with(extension);
  if (call == nullptr || !call->is_live()) return refuse(invited, 480, "the agent is in no call");
  call->add_agent(caller, invited);
}

void Switchboard::refuse(const Invited& invited, unsigned status, const std::string& why) {
  log_line("", invited.extension,
           "dials " + printable(invited.dialled) + ": " + std::to_string(status) + ", " + why);
  services_.signalling.reject(invited.dialog, status);
}

void Switchboard::refuse_supervision(const Invited& invited, unsigned status,
                                     const std::string& why) {
  record(services_.audit, {invited.extension, invited.dialled, why});
  refuse(invited, status, why);
}

// ── Calls ───────────────────────────────────────────────────────────────────────────────────────

std::shared_ptr<Call> Switchboard::call_with(DialogId dialog) const {
  const auto found = std::find_if(calls_.begin(), calls_.end(),
                                  [&](const auto& call) { return call->has(dialog); });
  return found == calls_.end() ? nullptr : *found;
}

std::shared_ptr<Call> Switchboard::call_with(const std::string& extension) const {
  const auto found = std::find_if(calls_.begin(), calls_.end(),
                                  [&](const auto& call) { return call->has(extension); });
  return found == calls_.end() ? nullptr : *found;
}

void Switchboard::on(const Ringing& ringing) {
  if (const auto call = call_with(ringing.dialog)) call->on_ringing(ringing.dialog);
}

void Switchboard::on(const Answered& answered) {
  if (const auto call = call_with(answered.dialog)) {
    call->on_answered(answered.dialog, answered.media);
  }
}

void Switchboard::on(const MediaChanged& changed) {
  if (const auto call = call_with(changed.dialog)) {
    call->on_media_changed(changed.dialog, changed.media);
  }
}

void Switchboard::on(const ProbeAnswered& answered) {
  if (const auto call = call_with(answered.dialog)) call->on_alive(answered.dialog);
}

void Switchboard::on(const Ended& ended) {
  if (const auto call = call_with(ended.dialog)) call->on_ended(ended.dialog, ended.status);
}

void Switchboard::on(const Refused& refused) {
  log_line("", refused.source,
           printable(refused.request) + " refused: " + std::to_string(refused.status) + ", " +
               refused.why);
}

}  // namespace sip_bridge
