// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <string>

#include <gmock/gmock.h>

namespace sip_bridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

barge::Result<Config> parse(const std::string& text) {
  return parse_config("b.json", "/etc/b", text);
}

std::string with_accounts(const std::string& accounts, const std::string& more = "") {
  return R"({"schema": "barge.sip_bridge/1", "audit_log": "a.jsonl", "policy": "/p.json",)" + more +
         R"("queues": ["sales"], "accounts": [)" + accounts + "]}";
}

const std::string customer = R"({"extension": "1001", "secret": "s", "role": "customer"})";

std::string error_of(const std::string& text) {
  const auto config = parse(text);
  return config ? "no error" : config.error().message;
}

TEST(Config, DefaultsAreThere) {
  const auto config = parse(with_accounts(customer));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config.value().listen.address, "127.0.0.1");
  EXPECT_EQ(config.value().listen.sip_port, 5060);
  EXPECT_EQ(config.value().listen.first_rtp_port, 20000);
  EXPECT_EQ(config.value().listen.last_rtp_port, 20999);
  EXPECT_EQ(config.value().realm, "barge");
  EXPECT_EQ(config.value().ptime.count(), 20);
  EXPECT_EQ(config.value().dead_leg.count(), 10'000);
  EXPECT_EQ(config.value().probe_timeout.count(), 4'000);
  EXPECT_EQ(config.value().unattended.count(), 10);
  ASSERT_EQ(config.value().service_codes.size(), 5U);
  EXPECT_EQ(config.value().service_codes[3].prefix, "*93");
  EXPECT_EQ(config.value().service_codes[3].mode, barge::Mode::takeover);
  EXPECT_EQ(config.value().service_codes[4].prefix, "*95");
  EXPECT_FALSE(config.value().service_codes[4].mode);
  EXPECT_EQ(config.value().accounts[0].name, "1001");
}

TEST(Config, PathsAreRelativeToTheFile) {
  const auto config = parse(with_accounts(customer));
  ASSERT_TRUE(config);
  EXPECT_EQ(config.value().audit_log, "/etc/b/a.jsonl");
  EXPECT_EQ(config.value().policy, "/p.json");
}

TEST(Config, EverythingCanBeSaid) {
  const auto config = parse(with_accounts(
      R"({"extension": "2001", "secret": "s", "role": "agent", "name": "Alex", "queue": "sales",
          "policy_roles": ["agent"]},
         {"extension": "3001", "secret": "s", "role": "supervisor", "policy_roles": ["qa"],
          "queues": ["sales"]})",
      R"("listen": {"address": "192.0.2.1", "sip_port": 0, "rtp_ports": [0, 0]}, "realm": "floor",
         "ptime_ms": 10, "dead_leg_ms": 500, "probe_timeout_ms": 600, "answer_timeout_ms": 700,
         "unattended_s": 3, "service_codes": {"monitor": "#1", "whisper": "#2", "barge": "#3",
                                              "takeover": "#4", "join": "#5"},)"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config.value().listen.address, "192.0.2.1");
  EXPECT_EQ(config.value().listen.first_rtp_port, 0);
  EXPECT_EQ(config.value().answer_timeout.count(), 700);
  EXPECT_EQ(config.value().probe_timeout.count(), 600);
  EXPECT_EQ(config.value().unattended.count(), 3);
  EXPECT_EQ(config.value().service_codes[0].prefix, "#1");
  EXPECT_EQ(config.value().service_codes[4].prefix, "#5");
  EXPECT_THAT(config.value().accounts[0].policy_roles, ElementsAre("agent"));
  EXPECT_EQ(config.value().accounts[0].queue, "sales");
  EXPECT_THAT(config.value().accounts[1].policy_roles, ElementsAre("qa"));
  ASSERT_NE(config.value().account("3001"), nullptr);
  EXPECT_EQ(config.value().account("3001")->role, barge::Role::supervisor);
  EXPECT_EQ(config.value().account("9"), nullptr);
}

TEST(Config, AllErrorsComeAtOnceEachWithItsPlace) {
  const std::string error = error_of(
      "{\"schema\": \"barge.sip_bridge/2\",\n"
      " \"audit_log\": \"a\",\n"
      " \"policy\": 7,\n"
      " \"colour\": \"red\",\n"
      " \"ptime_ms\": 15,\n"
      " \"accounts\": [\n"
      "  {\"extension\": \"1 001\", \"secret\": \"s\", \"role\": \"boss\"},\n"
      "  {\"extension\": \"2001\", \"role\": \"agent\", \"queue\": \"sails\"}],\n"
      " \"queues\": [\"sales\"]}");
  EXPECT_THAT(error, HasSubstr("b.json:1:12: "));
  EXPECT_THAT(error, HasSubstr("b.json:3:12: "));
  EXPECT_THAT(error, HasSubstr("b.json:4:"));
  EXPECT_THAT(error, HasSubstr("colour"));
  EXPECT_THAT(error, HasSubstr("b.json:5:14: "));
  EXPECT_THAT(error, HasSubstr("b.json:7:17: "));
  EXPECT_THAT(error, HasSubstr("boss"));
  EXPECT_THAT(error, HasSubstr("secret"));
  EXPECT_THAT(error, HasSubstr("sails"));
}

TEST(Config, AnExtensionIsThereOnce) {
  EXPECT_THAT(error_of(with_accounts(customer + "," + customer)), HasSubstr("twice"));
}

TEST(Config, TheAddressIsOneThatPhonesCanReach) {
  for (const char* address : {"0.0.0.0", "localhost", "::1", "1.2.3"}) {
    const std::string listen = std::string(R"("listen": {"address": ")") + address + "\"},";
    EXPECT_THAT(error_of(with_accounts(customer, listen)), HasSubstr("expected an IPv4 address"))
        << address;
  }
}

TEST(Config, RtpPortsAreARange) {
  for (const char* ports : {"[30000, 20000]", "[20000]", "[80, 90]", "[0, 20000]", "[1, 2, 3]"}) {
    const std::string listen = std::string(R"("listen": {"rtp_ports": )") + ports + "},";
    EXPECT_THAT(error_of(with_accounts(customer, listen)), HasSubstr("rtp_ports")) << ports;
  }
}

TEST(Config, ServiceCodesCanBeToldApart) {
  EXPECT_THAT(
      error_of(with_accounts(customer, R"("service_codes": {"monitor": "*9", "whisper": "*91"},)")),
      HasSubstr("cannot be told from"));
  EXPECT_THAT(error_of(with_accounts(customer, R"("service_codes": {"monitor": "90"},)")),
              HasSubstr("expected * or #"));
}

TEST(Config, NamesCannotLeaveTheirHeader) {
  EXPECT_THAT(error_of(with_accounts(
                  R"({"extension": "1", "secret": "s", "role": "customer", "name": "a\"b"})")),
              HasSubstr("name"));
  EXPECT_THAT(error_of(with_accounts(customer, R"("realm": "a\r\nb",)")), HasSubstr("realm"));
}

TEST(Config, SecretsAreNeverInAnError) {
  EXPECT_THAT(error_of(with_accounts(
                  R"({"extension": "x", "secret": "hunter2", "role": "x", "name": "\n"})")),
              testing::Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace sip_bridge
