// SPDX-License-Identifier: Apache-2.0
// barge-sip-bridge: a small SIP server with supervised calls.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <pthread.h>

#include <barge/json_lines_sink.hpp>
#include <barge/policy.hpp>
#include <barge/policy_document.hpp>

#include "config.hpp"
#include "hold_source.hpp"
#include "log.hpp"
#include "signalling.hpp"
#include "switchboard.hpp"

namespace {

using namespace sip_bridge;

constexpr int usage_or_config_error = 2;
constexpr const char* usage = "usage: barge-sip-bridge --config FILE [--check-config]\n";

struct Arguments {
  std::string config;
  bool check_only = false;
};

std::optional<Arguments> parse_arguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = values[i];
    if (argument == "--check-config") {
      arguments.check_only = true;
    } else if (argument == "--config" && i + 1 < count) {
      arguments.config = values[++i];
    } else {
      return std::nullopt;
    }
  }
  if (arguments.config.empty()) return std::nullopt;
  return arguments;
}

int fail(const barge::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return usage_or_config_error;
}

SignallingConfig signalling_config(const Config& config) {
  SignallingConfig result{config.listen.address, config.listen.sip_port, config.realm, {}};
  for (const Account& account : config.accounts) {
    result.accounts.push_back({account.extension, account.secret});
  }
  return result;
}

// Media cannot wait for other programs. Threads made before this call are not touched.
void ask_for_realtime_priority() {
  sched_param priority{};
  priority.sched_priority = 10;
  if (const int error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)) {
    log_line("", "", std::string("media without real-time priority: ") + std::strerror(error));
  }
}

int serve(const Config& config, barge::Policy policy) {
  boost::asio::io_context io{1};
  std::optional<Switchboard> switchboard;

  barge::JsonLinesConfig log;
  log.path = config.audit_log;
  log.source = "barge-sip-bridge";
  log.on_progress = [&io, &switchboard] {
    boost::asio::post(io, [&switchboard] {
      if (switchboard) switchboard->poll();
    });
  };
  auto audit = barge::JsonLinesSink::open(std::move(log));
  if (!audit) return fail(audit.error());
  barge::PolicyAuthorizer authorizer(std::move(policy));
  auto announcements = make_announcements();
  if (!announcements) return fail(announcements.error());

  auto signalling =
      Signalling::start(signalling_config(config), [&io, &switchboard](SignallingEvent event) {
        boost::asio::post(io,
                          [&switchboard, event = std::move(event)] { switchboard->handle(event); });
      });
  if (!signalling) return fail(signalling.error());
  PortRange ports(config.listen.first_rtp_port, config.listen.last_rtp_port);
  switchboard.emplace(Services{io, config, **signalling, authorizer, **audit, ports,
                               std::move(announcements).value()});

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) {
    log_line("", "", "shuts down");
    switchboard->hang_up_all();
    (*signalling)->stop();
    io.stop();
  });

  std::printf("ready: sip %s:%u\n", config.listen.address.c_str(), (*signalling)->port());
  std::fflush(stdout);
  log_line("", "",
           "ready: sip " + config.listen.address + ":" + std::to_string((*signalling)->port()));
  ask_for_realtime_priority();
  io.run();
  switchboard.reset();
  if (const auto closed = (*audit)->close(); !closed) return fail(closed.error());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) {
    std::fputs(usage, stderr);
    return usage_or_config_error;
  }
  const auto config = load_config(arguments->config);
  if (!config) return fail(config.error());
  auto policy = barge::load_policy(config.value().policy);
  if (!policy) return fail(policy.error());
  if (arguments->check_only) {
    std::printf("%s: ok\n", arguments->config.c_str());
    return 0;
  }
  return serve(config.value(), std::move(policy).value());
}
