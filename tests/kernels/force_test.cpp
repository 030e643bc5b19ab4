// SPDX-License-Identifier: Apache-2.0
// What BARGE_FORCE_KERNEL does. A process reads it once, so CMakeLists.txt runs this program once
// for each value.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mix/kernels.hpp"
#include "support/call.hpp"

namespace barge::mix {
namespace {

/// The set that the variable asks for, if this machine runs it.
std::optional<Kernels> wanted() {
  const std::vector<Kernels> runnable = runnable_kernels();
  const char* const forced = std::getenv("BARGE_FORCE_KERNEL");
  if (forced == nullptr) return runnable.back();
  const auto found = std::find_if(runnable.begin(), runnable.end(),
                                  [&](const Kernels& kernels) { return kernels.name == forced; });
  return found == runnable.end() ? std::nullopt : std::optional(*found);
}

std::vector<std::string> runnable_names() {
  std::vector<std::string> names;
  for (const Kernels& kernels : runnable_kernels())
    names.emplace_back(kernels.name);
  return names;
}

/// The families in which two sets are the same functions.
std::vector<std::string> shared_families(const Kernels& a, const Kernels& b) {
  std::vector<std::string> shared;
  // A family is a struct of function pointers and nothing else.
  const auto compare = [&](const char* name, const auto& of_a, const auto& of_b) {
    if (std::memcmp(&of_a, &of_b, sizeof(of_a)) == 0) shared.emplace_back(name);
  };
  compare("rows", a.rows, b.rows);
  compare("limit", a.limit, b.limit);
  compare("g711", a.g711, b.g711);
  compare("resample", a.resample, b.resample);
  compare("tone", a.tone, b.tone);
  return shared;
}

TEST(RunnableKernels, AreOfThisBuildAndEachIsForcedOnce) {
  const std::vector<std::string> built{BARGE_TEST_KERNELS};
  EXPECT_THAT(built, ::testing::IsSupersetOf(runnable_names()));
}

TEST(RunnableKernels, ShareNoFamily) {
  const std::vector<Kernels> runnable = runnable_kernels();
  for (std::size_t i = 0; i < runnable.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_THAT(shared_families(runnable[i], runnable[j]), ::testing::IsEmpty())
          << runnable[i].name << " and " << runnable[j].name;
  }
}

#if defined(__aarch64__)
TEST(RunnableKernels, OfArmAreWhatWasBuilt) {
  EXPECT_THAT(runnable_names(), ::testing::ElementsAre(BARGE_TEST_KERNELS));
}
#endif

TEST(ForcedKernel, IsTheOneInUseInEveryFamily) {
  const std::optional<Kernels> expected = wanted();
  const Result<Kernels>& chosen = chosen_kernels();
  ASSERT_EQ(chosen.has_value(), expected.has_value());
  EXPECT_EQ(kernel_name(), expected ? expected->name : "none");
  if (!expected) return;
  EXPECT_EQ(chosen.value().name, expected->name);
  EXPECT_THAT(shared_families(chosen.value(), *expected),
              ::testing::ElementsAre("rows", "limit", "g711", "resample", "tone"));
}

TEST(ForcedKernel, MixesACallOrNoBridgeIsCreated) {
  if (wanted()) {
    test::Call call;
    const test::Party& customer = call.customer();
    const test::Party& agent = call.agent();
    const test::Party& supervisor = call.supervisor();
    call.enter(supervisor, {Mode::barge});
    EXPECT_EQ(customer.out.front(), agent.voice + supervisor.voice);
    EXPECT_EQ(customer.out.back(), agent.voice + supervisor.voice);
    return;
  }
  test::FakeClock clock;
  test::ScriptedAuthorizer authorizer;
  MemorySink sink;
  BridgeConfig config;
  config.call = CallGid("call-1");
  config.queue = "sales";
  const Result<Bridge> bridge = Bridge::create(config, authorizer, sink, clock);
  ASSERT_FALSE(bridge);
  EXPECT_EQ(bridge.error().code, Errc::invalid_argument);
  std::string expected = "BARGE_FORCE_KERNEL is `";
  expected.append(std::getenv("BARGE_FORCE_KERNEL")).append("`: this machine runs ");
  const std::vector<std::string> names = runnable_names();
  for (const std::string& name : names)
    expected.append(name).append(&name == &names.back() ? "" : ", ");
  EXPECT_EQ(bridge.error().message, expected);
}

}  // namespace
}  // namespace barge::mix
