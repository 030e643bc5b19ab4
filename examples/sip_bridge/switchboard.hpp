// SPDX-License-Identifier: Apache-2.0
// Who is where: registrations, calls, and what a dialled number means.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "call.hpp"
#include "config.hpp"
#include "signalling.hpp"

namespace sip_bridge {

class Switchboard {
 public:
  explicit Switchboard(Services services);

  /// What the SIP stack reports.
  void handle(const SignallingEvent& event);

  /// The audit log has news for the calls.
  void poll();

  /// Ends all calls.
  void hang_up_all();

 private:
  struct Registration {
    std::string contact;
    std::chrono::steady_clock::time_point expires;
  };
  // Where a dialled service code leads.
  struct Target {
    std::optional<barge::Mode> mode;
    std::string extension;
  };

  void on(const Registered& registered);
  void on(const Invited& invited);
  void on(const Ringing& ringing);
  void on(const Answered& answered);
  void on(const MediaChanged& changed);
  void on(const ProbeAnswered& answered);
  void on(const Ended& ended);
  void on(const Refused& refused);

  void call_agent(const Account& caller, const Invited& invited);
  void supervise(const Account& caller, const Invited& invited, const Target& target);
  void join(const Account& caller, const Invited& invited, const std::string& extension);
  void refuse(const Invited& invited, unsigned status, const std::string& why);
  void refuse_supervision(const Invited& invited, unsigned status, const std::string& why);

  std::optional<Target> service(const std::string& dialled) const;
  const Account* agent(const std::string& extension) const;
  std::optional<std::string> contact(const std::string& extension) const;
  std::shared_ptr<Call> call_with(DialogId dialog) const;
  std::shared_ptr<Call> call_with(const std::string& extension) const;

  Services services_;
  std::unordered_map<std::string, Registration> registrations_;
  std::vector<std::shared_ptr<Call>> calls_;
  unsigned calls_made_ = 0;
};

}  // namespace sip_bridge
