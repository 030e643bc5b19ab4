// SPDX-License-Identifier: Apache-2.0
// The stable names of the library's enumerations, as they stand in logs and records.
#include <barge/audit.hpp>
#include <barge/bridge.hpp>
#include <barge/decision.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN

std::string_view name(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::unknown_id:
      return "unknown_id";
    case Errc::stale_id:
      return "stale_id";
    case Errc::wrong_role:
      return "wrong_role";
    case Errc::already_joined:
      return "already_joined";
    case Errc::too_many_legs:
      return "too_many_legs";
    case Errc::not_a_lowering:
      return "not_a_lowering";
    case Errc::command_reused:
      return "command_reused";
    case Errc::takeover_in_force:
      return "takeover_in_force";
    case Errc::agent_gone:
      return "agent_gone";
    case Errc::not_authorised:
      return "not_authorised";
    case Errc::wrong_format:
      return "wrong_format";
    case Errc::nothing_pending:
      return "nothing_pending";
    case Errc::concurrent_control:
      return "concurrent_control";
    case Errc::closed:
      return "closed";
    case Errc::audit_unavailable:
      return "audit_unavailable";
    case Errc::bad_document:
      return "bad_document";
    case Errc::io:
      return "io";
  }
  return "?";
}

std::string_view name(DecisionCode code) noexcept {
  switch (code) {
    case DecisionCode::permitted:
      return "permitted";
    case DecisionCode::no_policy:
      return "no_policy";
    case DecisionCode::no_rule:
      return "no_rule";
    case DecisionCode::forbidden:
      return "forbidden";
    case DecisionCode::monitor_first:
      return "monitor_first";
    case DecisionCode::too_many_sessions:
      return "too_many_sessions";
    case DecisionCode::whisper_budget:
      return "whisper_budget";
    case DecisionCode::cooldown:
      return "cooldown";
    case DecisionCode::four_eyes:
      return "four_eyes";
    case DecisionCode::reason_required:
      return "reason_required";
    case DecisionCode::obligation_conflict:
      return "obligation_conflict";
    case DecisionCode::unsupported_obligation:
      return "unsupported_obligation";
    case DecisionCode::authorizer_unavailable:
      return "authorizer_unavailable";
    case DecisionCode::audit_unavailable:
      return "audit_unavailable";
    case DecisionCode::notice_undeliverable:
      return "notice_undeliverable";
    case DecisionCode::takeover_in_force:
      return "takeover_in_force";
    case DecisionCode::not_granted:
      return "not_granted";
  }
  return "?";
}

std::string_view name(ObligationKind kind) noexcept {
  switch (kind) {
    case ObligationKind::tone:
      return "tone";
    case ObligationKind::phrase:
      return "phrase";
    case ObligationKind::visual:
      return "visual";
    case ObligationKind::recording:
      return "recording";
    case ObligationKind::pause_media:
      return "pause_media";
    case ObligationKind::four_eyes:
      return "four_eyes";
    case ObligationKind::notify:
      return "notify";
  }
  return "?";
}

std::string_view name(RecordType type) noexcept {
  switch (type) {
    case RecordType::decision_made:
      return "decision.made";
    case RecordType::decision_expired:
      return "decision.expired";
    case RecordType::session_requested:
      return "session.requested";
    case RecordType::session_joined:
      return "session.joined";
    case RecordType::session_mode_changed:
      return "session.mode_changed";
    case RecordType::session_left:
      return "session.left";
    case RecordType::session_unattended_barge:
      return "session.unattended_barge";
    case RecordType::obligation_started:
      return "obligation.started";
    case RecordType::obligation_fulfilled:
      return "obligation.fulfilled";
    case RecordType::obligation_failed:
      return "obligation.failed";
    case RecordType::takeover_agent_removed:
      return "takeover.agent_removed";
    case RecordType::takeover_agent_returned:
      return "takeover.agent_returned";
    case RecordType::takeover_rolled_back:
      return "takeover.rolled_back";
    case RecordType::call_unattended:
      return "call.unattended";
    case RecordType::call_moved:
      return "call.moved";
    case RecordType::call_attribute_changed:
      return "call.attribute_changed";
    case RecordType::consent_changed:
      return "consent.changed";
    case RecordType::clip_played:
      return "clip.played";
    case RecordType::help_requested:
      return "help.requested";
    case RecordType::risk_flagged:
      return "risk.flagged";
    case RecordType::guidance_shown:
      return "guidance.shown";
    case RecordType::wrapup_recorded:
      return "wrapup.recorded";
    case RecordType::csat_recorded:
      return "csat.recorded";
    case RecordType::coaching_noted:
      return "coaching.noted";
    case RecordType::policy_activated:
      return "policy.activated";
    case RecordType::audit_opened:
      return "audit.opened";
    case RecordType::audit_recovered:
      return "audit.recovered";
    case RecordType::attempt_refused:
      return "attempt.refused";
  }
  return "?";
}

std::string_view name(Cause cause) noexcept {
  switch (cause) {
    case Cause::requested:
      return "requested";
    case Cause::forced:
      return "forced";
    case Cause::revoked:
      return "revoked";
    case Cause::expired:
      return "expired";
    case Cause::agent_left:
      return "agent_left";
    case Cause::transferred:
      return "transferred";
    case Cause::merged:
      return "merged";
    case Cause::consent:
      return "consent";
    case Cause::card_data:
      return "card_data";
    case Cause::handed_back:
      return "handed_back";
    case Cause::party_joined:
      return "party_joined";
    case Cause::leg_lost:
      return "leg_lost";
    case Cause::left:
      return "left";
    case Cause::call_ended:
      return "call_ended";
  }
  return "?";
}

ObligationKinds required_kinds(const Obligations& obligations) noexcept {
  ObligationKinds kinds;
  const auto is_set = [](const std::optional<Obliged<bool>>& flag) { return flag && flag->value; };
  if (!obligations.tones.empty()) kinds = kinds | ObligationKind::tone;
  if (!obligations.phrases.empty()) kinds = kinds | ObligationKind::phrase;
  if (obligations.visual) kinds = kinds | ObligationKind::visual;
  if (is_set(obligations.recording_required)) kinds = kinds | ObligationKind::recording;
  if (is_set(obligations.pause_media)) kinds = kinds | ObligationKind::pause_media;
  if (is_set(obligations.four_eyes)) kinds = kinds | ObligationKind::four_eyes;
  if (obligations.notify) kinds = kinds | ObligationKind::notify;
  return kinds;
}

BARGE_NAMESPACE_END
