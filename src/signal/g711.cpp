// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <barge/g711.hpp>

#include "mix/kernels.hpp"

BARGE_NAMESPACE_BEGIN

G711::G711(Law law) : law_(law) {
  const Result<mix::Kernels>& chosen = mix::chosen_kernels();
  const mix::G711Kernels kernels = chosen ? chosen.value().g711 : mix::scalar_g711();
  const mix::G711Coder& coder = law == Law::mu ? kernels.mu : kernels.a;
  decode_ = coder.decode;
  encode_ = coder.encode;
}

std::size_t G711::decode(gsl::span<const std::uint8_t> codes, MutableFrame samples) const noexcept {
  const std::size_t count = std::min(codes.size(), samples.size());
  decode_(codes.data(), count, samples.data());
  return count;
}

std::size_t G711::encode(Frame samples, gsl::span<std::uint8_t> codes) const noexcept {
  const std::size_t count = std::min(codes.size(), samples.size());
  encode_(samples.data(), count, codes.data());
  return count;
}

BARGE_NAMESPACE_END
