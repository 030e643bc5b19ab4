// SPDX-License-Identifier: Apache-2.0
// What a policy answers: a value that says yes or no, why, and under which obligations.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <barge/clock.hpp>
#include <barge/config.hpp>
#include <barge/mode.hpp>

BARGE_NAMESPACE_BEGIN

enum class Effect : std::uint8_t { deny, permit };

/// Exactly one per decision. All but the first are denials.
enum class DecisionCode : std::uint8_t {
  permitted,
  no_policy,               ///< no valid policy is loaded
  no_rule,                 ///< nothing permits it
  forbidden,               ///< a rule forbids it; rule_code says more where the rule does
  monitor_first,           ///< too little has been heard yet; see retry_after
  too_many_sessions,       ///< a cap on sessions is reached
  whisper_budget,          ///< the whisper time of this call is used up
  cooldown,                ///< the agent was supervised too recently; see retry_after
  four_eyes,               ///< a second person has to approve
  reason_required,         ///< no reason, or not one of the allowed ones
  obligation_conflict,     ///< the obligations of the matched rules exclude each other
  unsupported_obligation,  ///< the host cannot discharge one of the obligations
  authorizer_unavailable,  ///< the authoriser did not answer in time
  audit_unavailable,       ///< the record of the decision did not become durable in time
  notice_undeliverable,    ///< a required notice could not be given
  takeover_in_force,       ///< another supervisor took the agent's place meanwhile
  not_granted              ///< the grant of the session does not allow this transition
};

/// The code's stable name, as written in the audit log.
/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(DecisionCode code) noexcept;

/// A value and the id of the rule that set it.
template <class T>
struct Obliged {
  T value{};
  std::string rule;
};

enum class NoticeTo : std::uint8_t { agent, customer, both };

/// A tone that must be heard by its targets before the supervisor is.
struct ToneObligation {
  std::string id{};
  NoticeTo to = NoticeTo::both;
  bool at_leave = false;  ///< also played when the session ends
  /// From start to start; 0: as the tone itself has it, which may be once.
  std::chrono::milliseconds repeat{0};
};

/// A spoken announcement that must be heard by its targets before the supervisor is.
struct PhraseObligation {
  std::string id{};
  NoticeTo to = NoticeTo::both;
};

/// An indicator on the agent's screen.
struct VisualObligation {
  bool names_supervisor = false;
  bool acknowledged = false;  ///< the agent's screen has to confirm it
};

/// What the permission is bound to. An absent value is no obligation; where several rules set the
/// same one, the strictest has won.
struct Obligations {
  std::vector<Obliged<ToneObligation>> tones{};      ///< all are played, in id order
  std::vector<Obliged<PhraseObligation>> phrases{};  ///< all are played, in id order
  std::optional<Obliged<VisualObligation>> visual{};
  std::optional<Obliged<std::vector<std::string>>>
      reason{};  ///< allowed reasons; empty: any reason
  std::optional<Obliged<std::chrono::seconds>> monitor_first{};
  std::optional<Obliged<std::chrono::seconds>> max_whisper{};
  std::optional<Obliged<std::chrono::seconds>> max_session{};
  std::optional<Obliged<std::uint32_t>> max_concurrent;
  std::optional<Obliged<std::uint32_t>> max_per_agent_per_hour;
  std::optional<Obliged<bool>> recording_required{};
  std::optional<Obliged<bool>> pause_media{};
  std::optional<Obliged<bool>> four_eyes{};
  std::optional<Obliged<std::vector<std::string>>> notify{};  ///< persons or groups to inform
  std::optional<Obliged<std::chrono::seconds>> ttl{};         ///< how long a pending raise may wait
};

/// The kinds of obligation that need the host's hands. A host declares those it can discharge.
enum class ObligationKind : std::uint8_t {
  tone = 1 << 0,
  phrase = 1 << 1,
  visual = 1 << 2,
  recording = 1 << 3,
  pause_media = 1 << 4,
  four_eyes = 1 << 5,
  notify = 1 << 6
};

/// Thread: any. Realtime-safe: yes.
BARGE_API std::string_view name(ObligationKind kind) noexcept;

/// A set of obligation kinds.
/// Thread: any. Realtime-safe: yes.
class ObligationKinds {
 public:
  constexpr ObligationKinds() noexcept = default;
  constexpr ObligationKinds(ObligationKind kind) noexcept  // NOLINT: a kind is a set of one
      : bits_(static_cast<std::uint8_t>(kind)) {}
  constexpr bool has(ObligationKinds kinds) const noexcept {
    return (bits_ & kinds.bits_) == kinds.bits_;
  }
  friend constexpr ObligationKinds operator|(ObligationKinds a, ObligationKinds b) noexcept {
    ObligationKinds both;
    both.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
    return both;
  }
  friend constexpr bool operator==(ObligationKinds a, ObligationKinds b) noexcept {
    return a.bits_ == b.bits_;
  }

 private:
  std::uint8_t bits_ = 0;
};

/// The set of both.
/// Thread: any. Realtime-safe: yes.
constexpr ObligationKinds operator|(ObligationKind a, ObligationKind b) noexcept {
  return ObligationKinds(a) | ObligationKinds(b);
}

/// The kinds that these obligations ask of the host.
/// Thread: any. Realtime-safe: yes.
BARGE_API ObligationKinds required_kinds(const Obligations& obligations) noexcept;

/// What happens to a session in force when a later judgement denies it.
struct Revocation {
  Mode downgrade_to = Mode::off;
  std::chrono::milliseconds grace{0};
};

/// A set of modes.
/// Thread: any. Realtime-safe: yes.
class Modes {
 public:
  constexpr Modes() noexcept = default;
  constexpr Modes(Mode mode) noexcept : bits_(bit(mode)) {}  // NOLINT: a mode is a set of one
  static constexpr Modes all() noexcept {
    return Modes(Mode::off) | Mode::monitor | Mode::whisper | Mode::barge | Mode::takeover;
  }
  constexpr bool has(Mode mode) const noexcept { return (bits_ & bit(mode)) != 0; }
  friend constexpr Modes operator|(Modes a, Modes b) noexcept {
    Modes both;
    both.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
    return both;
  }

 private:
  static constexpr std::uint8_t bit(Mode mode) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(mode));
  }
  std::uint8_t bits_ = 0;
};

/// What becomes of supervisors while card data is spoken.
enum class CardData : std::uint8_t {
  silence,  ///< they neither hear nor are heard
  end       ///< their sessions end
};

/// What a permission says about the session besides yes. The defaults give away least.
struct Terms {
  Modes raises = Modes::all();    ///< the modes that the session may ever be raised to
  bool agent_may_listen = false;  ///< an agent who is taken over from may stay as a listener
  ConsultEar consult = ConsultEar::none;
  CardData card_data = CardData::silence;
  Mode without_consent = Mode::off;     ///< what is left when consent is refused or withdrawn
  bool whisper_on_agent_track = false;  ///< whether the recording as the agent hears it has it
  bool internal_calls = false;          ///< whether it covers calls between colleagues
};

struct PolicyVersion {
  std::string id{};
  std::uint64_t revision = 0;
  std::string
      hash{};  ///< of the document's bytes, in hexadecimal; empty where there is no document
};

struct Fact {
  std::string key;
  std::string value;
};

struct Decision {
  Effect effect = Effect::deny;
  DecisionCode code = DecisionCode::no_policy;
  std::string winner{};                ///< id of the rule that decided; empty for a default deny
  std::string rule_code{};             ///< the winner's own code, such as "pci_pause"
  std::vector<std::string> matched{};  ///< ids of all rules that matched
  Obligations obligations{};
  std::vector<std::string>
      near_misses;  ///< rules that one fact kept from matching, in explain mode
  std::optional<WallTime>
      valid_until{};  ///< when the answer may change by the mere passing of time
  std::optional<std::chrono::seconds> retry_after{};
  Revocation on_revoke{};
  Terms terms{};
  PolicyVersion policy{};
  std::vector<Fact> facts{};  ///< the facts that the decision used

  /// Thread: any. Realtime-safe: yes.
  bool permitted() const noexcept { return effect == Effect::permit; }
};

BARGE_NAMESPACE_END
