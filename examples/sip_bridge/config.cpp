// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "json/reader.hpp"
#include "sdp.hpp"

namespace sip_bridge {
namespace {

namespace json = barge::json;

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Text that goes into SIP headers between quotes.
bool is_quotable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\\';
  });
}

std::vector<std::string> texts(const std::vector<json::Value>& values) {
  std::vector<std::string> result;
  for (const json::Value& value : values)
    result.emplace_back(value.text());
  return result;
}

class Parser {
 public:
  Parser(const json::Document& document, std::string directory)
      : reader_(document), directory_(std::move(directory)) {}

  barge::Result<Config> parse() {
    json::Object root = reader_.root();
    const std::string schema = root.string("schema");
    if (!schema.empty() && schema != "barge.sip_bridge/1") {
      root.complain("schema", "is `" + schema + "`: expected barge.sip_bridge/1");
    }
    config_.listen = read_listen(root.object("listen", json::optional));
    config_.realm = root.string("realm", "barge");
    if (!is_quotable(config_.realm)) root.complain("realm", "expected text without quotes");
    config_.ptime = std::chrono::milliseconds(root.integer("ptime_ms", {10, 60}, 20));
    if (config_.ptime.count() % 10 != 0) root.complain("ptime_ms", "expected a multiple of 10");
    config_.dead_leg =
        std::chrono::milliseconds(root.integer("dead_leg_ms", {100, 600'000}, 10'000));
    // SIP over UDP repeats a lost question three times in the default.
    config_.probe_timeout =
        std::chrono::milliseconds(root.integer("probe_timeout_ms", {100, 60'000}, 4'000));
    config_.answer_timeout =
        std::chrono::milliseconds(root.integer("answer_timeout_ms", {100, 600'000}, 30'000));
    config_.unattended = std::chrono::seconds(root.integer("unattended_s", {1, 600}, 10));
    config_.audit_log = path(root.string("audit_log"));
    config_.policy = path(root.string("policy"));
    read_service_codes(root.object("service_codes", json::optional));
    config_.queues = texts(root.strings("queues", json::optional));
    for (json::Object account : root.objects("accounts"))
      read_account(account);

    if (barge::Status status = reader_.finish(); !status) return status.error();
    return std::move(config_);
  }

 private:
  std::string path(const std::string& text) const {
    return text.empty() ? text : (std::filesystem::path(directory_) / text).string();
  }

  Listen read_listen(json::Object object) {
    Listen listen;
    listen.address = object.string("address", "127.0.0.1");
    if (!is_ipv4(listen.address) || listen.address == "0.0.0.0") {
      object.complain("address",
                      "is `" + listen.address +
                          "`: expected an IPv4 address of this machine, such as 127.0.0.1");
    }
    listen.sip_port = static_cast<std::uint16_t>(object.integer("sip_port", {0, 65535}, 5060));
    listen.first_rtp_port = 20000;
    listen.last_rtp_port = 20999;
    if (!object.find("rtp_ports")) return listen;

    const auto ports = object.integers("rtp_ports", {0, 65535});
    const bool any = ports.size() == 2 && ports[0].integer() == 0 && ports[1].integer() == 0;
    const bool range =
        ports.size() == 2 && ports[0].integer() >= 1024 && ports[0].integer() < ports[1].integer();
    if (!any && !range) {
      object.complain("rtp_ports", "expected [first, last] from 1024 on, or [0, 0] for any port");
      return listen;
    }
    listen.first_rtp_port = static_cast<std::uint16_t>(ports[0].integer());
    listen.last_rtp_port = static_cast<std::uint16_t>(ports[1].integer());
    return listen;
  }

  void read_service_codes(json::Object object) {
    constexpr std::pair<std::optional<barge::Mode>, std::string_view> defaults[] = {
        {barge::Mode::monitor, "*90"},
        {barge::Mode::whisper, "*91"},
        {barge::Mode::barge, "*92"},
        {barge::Mode::takeover, "*93"},
        {std::nullopt, "*95"}};
    for (const auto& [mode, fallback] : defaults) {
      const std::string key(mode ? barge::name(*mode) : "join");
      const std::string prefix = object.string(key, fallback);
      if (prefix.empty()) continue;
      // It has to begin with what no extension begins with.
      if (!consists_of(prefix, "0123456789*#") || (prefix[0] != '*' && prefix[0] != '#')) {
        object.complain(key, "is `" + prefix + "`: expected * or # and then digits");
      }
      for (const ServiceCode& other : config_.service_codes) {
        const std::size_t shorter = std::min(prefix.size(), other.prefix.size());
        if (prefix.compare(0, shorter, other.prefix, 0, shorter) == 0) {
          object.complain(key, "is `" + prefix + "`: cannot be told from `" + other.prefix + "`");
        }
      }
      config_.service_codes.push_back({prefix, mode});
    }
  }

  void read_account(json::Object object) {
    Account account;
    account.extension = object.string("extension");
    if (!consists_of(account.extension, "0123456789") || account.extension.size() > 32) {
      object.complain("extension", "is `" + account.extension + "`: expected 1 to 32 digits");
    } else if (!account.extension.empty() && config_.account(account.extension) != nullptr) {
      object.complain("extension", "`" + account.extension + "` is there twice");
    }
    account.secret = object.string("secret");
    account.name = object.string("name", account.extension.empty() ? "?" : account.extension);
    if (!is_quotable(account.name)) object.complain("name", "expected text without quotes");
    account.role = object.choice<barge::Role>("role", {{"customer", barge::Role::customer},
                                                       {"agent", barge::Role::agent},
                                                       {"supervisor", barge::Role::supervisor}});
    if (account.role == barge::Role::agent && object.find("queue")) {
      account.queue = object.string("queue");
      check_queue(*object.find("queue"));
    }
    if (account.role != barge::Role::customer) {
      account.policy_roles = texts(object.strings("policy_roles", json::optional));
    }
    if (account.role == barge::Role::supervisor) {
      const auto queues = object.strings("queues", json::optional);
      for (const json::Value& queue : queues)
        check_queue(queue);
      account.queues = texts(queues);
    }
    config_.accounts.push_back(std::move(account));
  }

  void check_queue(const json::Value& queue) {
    if (queue.kind() != json::Kind::string) return;
    const auto& known = config_.queues;
    if (std::find(known.begin(), known.end(), queue.text()) == known.end()) {
      reader_.unknown(queue, "queue", {known.begin(), known.end()});
    }
  }

  json::Reader reader_;
  std::string directory_;
  Config config_;
};

barge::Result<Config> parse(const barge::Result<json::Document>& document,
                            const std::string& directory) {
  if (!document) return document.error();
  return Parser(document.value(), directory).parse();
}

}  // namespace

const Account* Config::account(const std::string& extension) const {
  const auto found = std::find_if(accounts.begin(), accounts.end(), [&](const Account& account) {
    return account.extension == extension;
  });
  return found == accounts.end() ? nullptr : &*found;
}

barge::Result<Config> load_config(const std::string& path) {
  return parse(json::Document::load(path), std::filesystem::path(path).parent_path().string());
}

barge::Result<Config> parse_config(const std::string& origin, const std::string& directory,
                                   std::string_view text) {
  return parse(json::Document::parse(origin, text), directory);
}

}  // namespace sip_bridge
