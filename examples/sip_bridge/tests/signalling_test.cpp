// SPDX-License-Identifier: Apache-2.0
#include "signalling.hpp"

#include <array>
#include <condition_variable>
#include <mutex>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gmock/gmock.h>

namespace sip_bridge {
namespace {

using boost::asio::ip::udp;
using testing::HasSubstr;
using testing::StartsWith;

SignallingConfig on_loopback(std::uint16_t port = 0) {
  return {"127.0.0.1", port, "barge", {{"1001", "secret"}}};
}

// Sends one request and returns the answer to it.
std::string answer_to(std::uint16_t port, const std::string& start, const std::string& more = "") {
  boost::asio::io_context io;
  udp::socket socket(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const std::string method = start.substr(0, start.find(' '));
  const std::string port_text = std::to_string(socket.local_endpoint().port());
  const std::string request = start + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + port_text +
                              ";branch=z9hG4bK" + port_text +
                              "\r\nFrom: <sip:1001@127.0.0.1>;tag=" + port_text +
                              "\r\nTo: <sip:1001@127.0.0.1>\r\nCall-ID: " + port_text +
                              "\r\nCSeq: 1 " + method + "\r\n" + more + "Content-Length: 0\r\n\r\n";
  socket.send_to(boost::asio::buffer(request),
                 udp::endpoint(boost::asio::ip::address_v4::loopback(), port));
  std::array<char, 4096> answer{};
  udp::endpoint source;
  return std::string(answer.data(), socket.receive_from(boost::asio::buffer(answer), source));
}

TEST(Signalling, StartsStopsAndStartsAgain) {
  for (int round = 0; round < 3; ++round) {
    auto signalling = Signalling::start(on_loopback(), [](SignallingEvent) {});
    ASSERT_TRUE(signalling) << signalling.error().message;
    EXPECT_NE(signalling.value()->port(), 0);
    signalling.value()->stop();
    signalling.value()->stop();
    signalling.value()->ring(DialogId{1});  // too late, and no harm
  }
}

TEST(Signalling, SaysWhichPortItCannotHave) {
  boost::asio::io_context io;
  const udp::socket taken(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const std::uint16_t port = taken.local_endpoint().port();
  const auto signalling = Signalling::start(on_loopback(port), [](SignallingEvent) {});
  ASSERT_FALSE(signalling);
  EXPECT_THAT(signalling.error().message, HasSubstr("`127.0.0.1:" + std::to_string(port) + "`"));
}

TEST(Signalling, ChallengesWhoComesWithoutCredentials) {
  auto signalling = Signalling::start(on_loopback(), [](SignallingEvent) {});
  ASSERT_TRUE(signalling);
  const std::string answer = answer_to(signalling.value()->port(), "REGISTER sip:127.0.0.1");
  EXPECT_THAT(answer, StartsWith("SIP/2.0 401 "));
  EXPECT_THAT(answer, HasSubstr("qop=\"auth\""));
  EXPECT_THAT(answer_to(signalling.value()->port(), "INVITE sip:2001@127.0.0.1"),
              StartsWith("SIP/2.0 401 "));
}

TEST(Signalling, AnUnknownDialogIsNobodys) {
  auto signalling = Signalling::start(on_loopback(), [](SignallingEvent) {});
  ASSERT_TRUE(signalling);
  for (const DialogId id : {DialogId{0}, DialogId{77}}) {
    signalling.value()->ring(id);
    signalling.value()->answer(id, {"127.0.0.1", 4000, 20});
    signalling.value()->reject(id, 404);
    signalling.value()->probe(id);
    signalling.value()->hang_up(id);
  }
  EXPECT_THAT(answer_to(signalling.value()->port(), "OPTIONS sip:127.0.0.1"),
              StartsWith("SIP/2.0 200 "));
}

TEST(Signalling, WhatIsForbiddenIsRefusedAndReported) {
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<unsigned> refused;
  auto signalling = Signalling::start(on_loopback(), [&](SignallingEvent event) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (const auto* refusal = std::get_if<Refused>(&event)) refused.push_back(refusal->status);
    arrived.notify_one();
  });
  ASSERT_TRUE(signalling);
  const std::uint16_t port = signalling.value()->port();
  EXPECT_THAT(answer_to(port, "OPTIONS sip:127.0.0.1", "Max-Forwards: 0\r\n"),
              StartsWith("SIP/2.0 483 "));
  EXPECT_THAT(answer_to(port, "OPTIONS sip:127.0.0.1", "Require: magic\r\n"),
              HasSubstr("Unsupported: magic"));
  EXPECT_THAT(answer_to(port, "PUBLISH sip:127.0.0.1"), StartsWith("SIP/2.0 501 "));
  EXPECT_THAT(answer_to(port, "BYE sip:127.0.0.1"), StartsWith("SIP/2.0 481 "));
  std::unique_lock<std::mutex> lock(mutex);
  arrived.wait_for(lock, std::chrono::seconds(5), [&] { return !refused.empty(); });
  EXPECT_THAT(refused, testing::ElementsAre(483U));
}

TEST(Signalling, ACalledPhoneThatIsNotThereEndsItsDialog) {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<Ended> ended;
  auto signalling = Signalling::start(on_loopback(), [&](SignallingEvent event) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (const auto* over = std::get_if<Ended>(&event)) ended = *over;
    arrived.notify_one();
  });
  ASSERT_TRUE(signalling);
  const DialogId dialog =
      signalling.value()->invite({"sip:2001@127.0.0.1:5060;transport=carrier-pigeon",
                                  "1001",
                                  "Carol",
                                  {"127.0.0.1", 4000, 20}});
  std::unique_lock<std::mutex> lock(mutex);
  arrived.wait_for(lock, std::chrono::seconds(5), [&] { return ended.has_value(); });
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->dialog, dialog);
  EXPECT_EQ(ended->status, 480U);
}

}  // namespace
}  // namespace sip_bridge
