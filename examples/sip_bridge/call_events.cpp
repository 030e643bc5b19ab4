// SPDX-License-Identifier: Apache-2.0
// What the bridge reports.
#include <string>
#include <string_view>
#include <variant>

#include "call.hpp"

namespace sip_bridge {
namespace {

std::string from_sample(barge::SampleIndex at) {
  return " from sample " + std::to_string(at.samples()) + " on";
}

std::string_view describe(barge::Marker::Kind kind) {
  switch (kind) {
    case barge::Marker::Kind::supervised:
      return "is supervised";
    case barge::Marker::Kind::unsupervised:
      return "is unsupervised";
    case barge::Marker::Kind::shielded:
      return "is shielded";
    case barge::Marker::Kind::unshielded:
      return "is shielded no more";
  }
  return "?";
}

}  // namespace

void Call::poll() {
  if (!is_live()) return;
  for (const barge::Event& event : bridge_->poll()) {
    std::visit([this](const auto& happened) { on(happened); }, event);
    if (!is_live()) return;
  }
}

void Call::on(const barge::ModeApplied& applied) {
  Party* const party = find(applied.supervisor);
  log(party, (party == nullptr ? "a supervisor who left: " : "") +
                 std::string(barge::name(applied.from)) + " -> " +
                 std::string(barge::name(applied.to)) + from_sample(applied.at) + " (" +
                 std::string(barge::name(applied.cause)) + ")");
  if (party == nullptr) return;
  party->mode = applied.to;
  if (applied.to != barge::Mode::off) answer(*party);
}

void Call::on(const barge::RequestDenied& denied) {
  Party* const party = find(denied.supervisor);
  const barge::Decision& decision = denied.decision;
  log(party, std::string(barge::name(denied.mode)) +
                 " denied: " + std::string(barge::name(decision.code)) +
                 (decision.winner.empty() ? "" : " by rule " + decision.winner));
  if (party == nullptr || party->answered) return;
  const bool our_fault = decision.code == barge::DecisionCode::audit_unavailable ||
                         decision.code == barge::DecisionCode::authorizer_unavailable;
  end_dialog(*party, our_fault ? 503 : 403);
  leave(*party);
}

void Call::on(const barge::RequestCancelled& cancelled) {
  Party* const party = find(cancelled.supervisor);
  log(party, std::string(barge::name(cancelled.mode)) + " cancelled: " + cancelled.why);
  if (party == nullptr || party->answered || cancelled.why == "replaced") return;
  end_dialog(*party, 480);
  leave(*party);
}

// The bridge plays tones by itself. No other kind of obligation was declared as dischargeable, so
// none is due; if one were, it failed.
void Call::on(const barge::ObligationDue& due) {
  if (!bridge_->complete(due.obligation, barge::Fulfilment::failed)) {
    log(nullptr, "an obligation that nobody waits for");
  }
}

void Call::on(const barge::DropAgent& drop) {
  Party* const agent = find(drop.agent);
  if (agent == nullptr) return;
  log(agent, "is dropped: a supervisor has taken over");
  end_dialog(*agent, 480);
  leave(*agent);
}

void Call::on(const barge::LegLost& lost) {
  Party* const party = find(lost.participant);
  if (party == nullptr) return;
  end_dialog(*party, 480);
  leave(*party);
}

void Call::on(const barge::CustomerUnattended& unattended) {
  log(find(unattended.customer), "has nobody to speak to, and hears the hold source");
  unattended_until_ = unattended.deadline;
}

void Call::on(const barge::UnattendedBarge& unattended) {
  log(find(unattended.supervisor),
      "goes on alone with the customer; the policy does not let it take over");
}

void Call::on(const barge::EdgeReopened& reopened) {
  log(find(reopened.participant), "hears the supervisor again" + from_sample(reopened.at));
}

void Call::on(const barge::NoticePlayed& played) {
  const std::string what = std::string(barge::name(played.kind)) + " " + played.id;
  log(nullptr, played.delivered
                   ? what + " was heard from sample " + std::to_string(played.from.samples()) +
                         " to " + std::to_string(played.to.samples())
                   : what + " could not be delivered");
}

void Call::on(const barge::Marker& marker) {
  log(nullptr, std::string(describe(marker.kind)) + from_sample(marker.at));
}

void Call::on(const barge::MediaFlow& flow) {
  const Party* const party = find(flow.participant);
  if (flow.pushed && flow.pulled) return log(party, "media flow again");
  log(party, flow.pushed ? "no media to this phone" : "no media from this phone");
}

void Call::on(const barge::SessionEnded& ended) {
  Party* const party = find(ended.supervisor);
  if (party == nullptr) return;
  log(party, "supervision ends: " + std::string(barge::name(ended.cause)));
  end_dialog(*party, 480);
  leave(*party);
}

void Call::on(const barge::Anchor& anchor) {
  // Sample indexes can be read as times only from here on.
  if (anchor.sample != barge::SampleIndex()) {
    log(nullptr, "media clock at sample " + std::to_string(anchor.sample.samples()));
  }
}

void Call::on(const barge::Fault& fault) {
  log(nullptr, "fault: " + fault.message);
}

}  // namespace sip_bridge
