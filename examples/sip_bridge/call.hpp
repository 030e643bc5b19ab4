// SPDX-License-Identifier: Apache-2.0
// One call: a barge::Bridge, the phones on it, and the clock that drives it.
//
// Everything here runs on the thread of the io_context: control and media of a call take turns, so
// the bridge is never asked two things at once. Only the SIP stack and the audit log have threads
// of their own, and both come back through the io_context.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <barge/audit.hpp>
#include <barge/bridge.hpp>
#include <barge/clip.hpp>
#include <barge/policy.hpp>

#include "config.hpp"
#include "leg.hpp"
#include "signalling.hpp"
#include "tick_clock.hpp"

namespace sip_bridge {

/// What all calls share. It outlives them.
struct Services {
  boost::asio::io_context& io;
  const Config& config;
  Signalling& signalling;
  barge::Authorizer& authorizer;
  barge::AuditSink& audit;
  PortRange& ports;
  std::shared_ptr<const barge::Announcements> announcements;
};

/// What a supervisor asks for by dialling in.
struct Supervision {
  barge::Mode mode = barge::Mode::monitor;
  std::string agent;  ///< the extension dialled: the session is bound to this agent
};

class Call : public std::enable_shared_from_this<Call> {
 public:
  /// Called once, when nobody is left: forget the call.
  using Over = std::function<void(const Call&)>;

  Call(Services& services, unsigned number, Over over);

  /// Lets the agent's phone ring for the customer. Fails when no port for RTP is free.
  barge::Status ring(const Account& customer, const Invited& invited, const Account& agent,
                     const std::string& agent_contact);

  /// A supervisor dials in. The phone is answered once the mode is in force, refused if it is
  /// denied.
  void supervise(const Account& supervisor, const Invited& invited, const Supervision& wanted);

  /// Another agent dials in, and is on the call at once: a conference.
  void add_agent(const Account& agent, const Invited& invited);

  /// What the phones do. The dialog is one of this call.
  void on_ringing(DialogId dialog);
  void on_answered(DialogId dialog, const RemoteMedia& media);
  void on_media_changed(DialogId dialog, const RemoteMedia& media);
  void on_alive(DialogId dialog);
  void on_ended(DialogId dialog, unsigned status);

  /// Takes up what the audit log, the media or the time has brought about.
  void poll();

  /// Ends the call for everybody.
  void hang_up(const std::string& why);

  bool has(DialogId dialog) const;
  bool has(const std::string& extension) const;

  /// Whether customer and agent are connected.
  bool is_live() const noexcept { return bridge_.has_value() && !is_over_; }

 private:
  struct Party {
    const Account* account = nullptr;
    DialogId dialog{};
    std::unique_ptr<Leg> leg;
    barge::Joined joined;
    std::string supervises;               // an agent's extension
    barge::Mode mode = barge::Mode::off;  // in force
    bool answered = false;
    bool holds = false;  // has put us on hold
    bool lost = false;   // the media say so; the bridge's event follows
    std::optional<Leg::Clock::time_point> asked_for_life;
    std::vector<barge::Sample> heard_from;  // one frame in
    std::vector<barge::Sample> hears;       // one frame out
  };

  struct EncodedRow {
    std::uint32_t row;
    Codec codec;
    Payload payload;
  };

  barge::Result<Party*> add_party(const Account& account, DialogId dialog);
  template <class Condition>
  Party* find_if(Condition condition) const {
    const auto found = std::find_if(parties_.begin(), parties_.end(),
                                    [&](const auto& party) { return condition(*party); });
    return found == parties_.end() ? nullptr : found->get();
  }
  Party* find(DialogId dialog) const;
  Party* find(barge::ParticipantId id) const;
  Party* first(barge::Role role) const;
  barge::Status connect();
  barge::Status join(Party& party);
  void answer(Party& party);
  void leave(Party& party);
  void end_dialog(const Party& party, unsigned status_if_unanswered);
  void request(Party& supervisor, barge::Mode mode);
  void press(Party& supervisor, char digit);
  void take_up_hold(Party& party, bool holds);

  void tick();
  void receive();
  void mix();
  const Payload& encode_once(std::uint32_t row, Codec codec, barge::Frame samples);
  void look_for_life(Party& party);
  void give_up_if_unattended();

  void on(const barge::ModeApplied& applied);
  void on(const barge::RequestDenied& denied);
  void on(const barge::RequestCancelled& cancelled);
  void on(const barge::ObligationDue& due);
  void on(const barge::DropAgent& drop);
  void on(const barge::LegLost& lost);
  void on(const barge::SpeechChanged&) {}  // this bridge measures no speech
  void on(const barge::CustomerUnattended& unattended);
  void on(const barge::UnattendedBarge& unattended);
  void on(const barge::EdgeReopened& reopened);
  void on(const barge::NoticePlayed& played);
  void on(const barge::ClipFinished&) {}  // this bridge plays no clips by itself
  void on(const barge::Marker& marker);
  void on(const barge::MediaFlow& flow);
  void on(const barge::SessionEnded& ended);
  void on(const barge::Anchor& anchor);
  void on(const barge::Fault& fault);

  void log(const Party* party, const std::string& what) const;

  Services& services_;
  std::string name_;    // in the log
  barge::CallGid gid_;  // everywhere else
  Over over_;
  bool is_over_ = false;
  std::vector<std::unique_ptr<Party>> parties_;
  std::optional<barge::Bridge> bridge_;  // once the agent has answered
  std::optional<barge::MediaPort> port_;
  boost::asio::steady_timer ringing_;
  TickClock clock_;
  std::optional<barge::SteadyTime> unattended_until_;  // as the bridge has said last
  std::vector<EncodedRow> encoded_;                    // of this tick
};

}  // namespace sip_bridge
