// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: a policy that grants nothing to nobody in particular, or a clean error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <barge/policy_document.hpp>

namespace {

using namespace barge;  // NOLINT: the tests speak the library's words

void require(bool condition) {
  if (!condition) std::abort();
}

void check_policy(const Policy& policy) {
  require(policy.version().hash.size() == 64);
  for (const Rule& rule : policy.rules()) {
    require(!rule.id.empty());
    if (rule.effect == Effect::permit) require(!rule.roles.empty());
  }
  AccessRequest stranger;
  for (const Mode mode : {Mode::monitor, Mode::whisper, Mode::barge, Mode::takeover}) {
    stranger.action.mode = mode;
    require(!policy.evaluate(stranger).permitted());
  }
}

// Every line is an error with its place; what the document says forges none.
void check_message(std::string_view message) {
  while (!message.empty()) {
    const std::size_t end = message.find('\n');
    const std::string_view line = message.substr(0, end);
    require(line.substr(0, 5) == "fuzz:" || line.substr(0, 4) == "and ");
    for (const char c : line)
      require(static_cast<unsigned char>(c) >= 0x20);
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<Policy> policy = parse_policy("fuzz", {reinterpret_cast<const char*>(data), size});
  if (policy) {
    check_policy(policy.value());
  } else {
    check_message(policy.error().message);
  }
  return 0;
}
