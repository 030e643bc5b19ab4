// SPDX-License-Identifier: Apache-2.0
#include "mix/kernels.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <barge/kernel.hpp>

namespace barge {
namespace mix {

Kernels scalar_kernels() noexcept {
  return {"scalar", scalar_rows(), scalar_limit(), scalar_g711(), scalar_resample(), scalar_tone()};
}

Result<Kernels> choose_kernels(const char* forced) {
  const std::vector<Kernels> runnable = runnable_kernels();
  if (forced == nullptr) return runnable.back();
  const auto found = std::find_if(runnable.begin(), runnable.end(),
                                  [&](const Kernels& kernels) { return kernels.name == forced; });
  if (found != runnable.end()) return *found;
  std::string names;
  for (const Kernels& kernels : runnable)
    names.append(names.empty() ? "" : ", ").append(kernels.name);
  return Error{Errc::invalid_argument,
               "BARGE_FORCE_KERNEL is `" + std::string(forced) + "`: this machine runs " + names};
}

const Result<Kernels>& chosen_kernels() {
  static const Result<Kernels> kernels = choose_kernels(
      std::getenv("BARGE_FORCE_KERNEL"));  // NOLINT(concurrency-mt-unsafe): once, by the first
  return kernels;
}

}  // namespace mix

inline namespace v0 {

std::string_view kernel_name() noexcept {
  const Result<mix::Kernels>& kernels = mix::chosen_kernels();
  return kernels ? kernels.value().name : "none";
}

}  // namespace v0
}  // namespace barge
