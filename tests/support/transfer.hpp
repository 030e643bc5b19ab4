// SPDX-License-Identifier: Apache-2.0
// A call whose agent's place goes to somebody else.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "moves.hpp"

namespace barge::test {

class Transfer : public testing::Test {
 protected:
  /// The agent's place goes to somebody who was not on the call.
  Party& transfer(std::optional<std::string> queue = {}) {
    barge::Transfer transfer{agent.ids.participant, person(Role::agent, "next"), {}};
    transfer.queue = std::move(queue);
    const Joined joined = call.bridge->transfer(transfer).value();
    agent.connected = false;
    return call.add(Role::agent, "next", joined);
  }
  void transfer_to(Party& party) {
    const barge::Transfer transfer{agent.ids.participant, party.ids.participant, {}};
    const Joined joined = call.bridge->transfer(transfer).value();
    EXPECT_EQ(joined.participant, party.ids.participant);
    EXPECT_EQ(joined.leg, party.ids.leg);
    agent.connected = false;
  }
  Errc refusal(ParticipantId from, const barge::Party& to) {
    const std::string before = rows(call);
    const auto transferred = call.bridge->transfer({from, to, {}});
    listen(call, customer, 3);
    EXPECT_EQ(rows(call), before) << "nobody has moved";
    return transferred ? Errc{} : transferred.error().code;
  }
  void deny_for_the_next_one(Revocation revocation = {}) {
    call.authorizer.answer = [revocation](const AccessRequest& request) {
      if (request.call.agent.text() != "next") return ScriptedAuthorizer::permit();
      Decision denial = ScriptedAuthorizer::deny();
      denial.on_revoke = revocation;
      return denial;
    };
  }
  void answer_nothing() {
    call.authorizer.answer = [](const AccessRequest&) { return std::optional<Decision>(); };
  }
  void permit(Obligations obligations = {}) {
    call.authorizer.answer = [obligations](const AccessRequest&) {
      return ScriptedAuthorizer::permit(obligations);
    };
  }
  static Obligations with_notice() {
    Obligations obligations;
    obligations.phrases.push_back({{"warning", NoticeTo::both}, "rule"});
    return obligations;
  }
  ModeRequest following_the_agent(Mode mode) const {
    ModeRequest request{mode};
    request.follow = Follow::agent;
    return request;
  }

  Call call{with_music()};
  Party& customer = call.customer();
  Party& agent = call.agent();
  Party& supervisor = call.supervisor();
};

}  // namespace barge::test
