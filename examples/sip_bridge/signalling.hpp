// SPDX-License-Identifier: Apache-2.0
// SIP: registrar, digest authentication and call dialogs, on a thread of its own.
//
// Commands may come from any thread; events are values, handed to one function on the signalling
// thread. Nothing of the SIP stack shows here: signalling.cpp is the only file that knows it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <barge/result.hpp>

#include "sdp.hpp"

namespace sip_bridge {

/// Names one call dialog. Never used twice.
enum class DialogId : std::uint64_t {};

/// A phone has told where it can be reached, or, with a contact that is empty, that it cannot.
struct Registered {
  std::string extension;
  std::string contact;
  std::chrono::seconds expires{0};
};

/// A phone calls. The extension is the account that authenticated, whatever From says.
struct Invited {
  DialogId dialog{};
  std::string extension;
  std::string dialled;
  RemoteMedia media;
};

/// The phone that we called is ringing.
struct Ringing {
  DialogId dialog{};
};

/// The phone that we called has answered.
struct Answered {
  DialogId dialog{};
  RemoteMedia media;
};

/// A phone has renegotiated its media within the call.
struct MediaChanged {
  DialogId dialog{};
  RemoteMedia media;
};

/// The phone is there: it answered probe().
struct ProbeAnswered {
  DialogId dialog{};
};

/// The other side ended the dialog, refused it (status is that of its answer) or is out of reach
/// (status 408). The id is over.
struct Ended {
  DialogId dialog{};
  unsigned status = 0;
};

/// A request was refused before anybody was asked about it.
struct Refused {
  std::string source;  ///< the address that it came from
  std::string request;
  unsigned status = 0;
  std::string why;
};

using SignallingEvent = std::variant<Registered, Invited, Ringing, Answered, MediaChanged,
                                     ProbeAnswered, Ended, Refused>;

struct SignallingAccount {
  std::string extension;
  std::string secret;
};

struct SignallingConfig {
  std::string address;
  std::uint16_t port = 0;  ///< 0: any
  std::string realm;
  std::vector<SignallingAccount> accounts;
};

/// Whom to call, and who calls.
struct Invitation {
  std::string contact;
  std::string caller_extension;
  std::string caller_name;
  LocalMedia media;
};

class Signalling {
 public:
  using Handler = std::function<void(SignallingEvent)>;

  /// Binds the port and starts the thread.
  static barge::Result<std::unique_ptr<Signalling>> start(SignallingConfig config, Handler handler);

  /// Like stop().
  ~Signalling();

  std::uint16_t port() const noexcept;

  /// For an invitation that came in: 180, 200, or any refusal.
  void ring(DialogId dialog);
  void answer(DialogId dialog, LocalMedia media);
  void reject(DialogId dialog, unsigned status);

  /// Calls a phone.
  DialogId invite(Invitation invitation);

  /// Ends a dialog in whatever state it is: BYE, CANCEL, or a refusal. No Ended follows.
  void hang_up(DialogId dialog);

  /// Asks the phone of an established dialog whether it is still there.
  void probe(DialogId dialog);

  /// Ends all dialogs, waits up to two seconds for the answers, and ends the thread.
  void stop();

 private:
  class Impl;
  explicit Signalling(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sip_bridge
