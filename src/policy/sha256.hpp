// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), to name the bytes of a document.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN
namespace policy {

class Sha256 {
 public:
  /// The digest as 64 lower-case hexadecimal digits.
  static std::string hex(std::string_view bytes) {
    Sha256 digest;
    const std::size_t whole = bytes.size() / block_bytes * block_bytes;
    for (std::size_t i = 0; i < whole; i += block_bytes)
      digest.add(bytes.substr(i, block_bytes));
    digest.finish(bytes.substr(whole), bytes.size());
    return digest.to_hex();
  }

 private:
  static constexpr std::size_t block_bytes = 64;
  static constexpr std::array<std::uint32_t, 64> constants{
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
      0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
      0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
      0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
      0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
      0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
      0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
      0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
      0xc67178f2};

  static constexpr std::uint32_t rotated(std::uint32_t word, unsigned by) {
    return word >> by | word << (32 - by);
  }

  void add(std::string_view block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < block.size(); ++i)
      w[i / 4] |= std::uint32_t{static_cast<unsigned char>(block[i])} << (24 - 8 * (i % 4));
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3;
      const std::uint32_t s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
      const std::uint32_t s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i)
      state_[i] += added[i];
  }

  // Appends a one bit, zeros and the length in bits.
  void finish(std::string_view rest, std::uint64_t total_bytes) {
    std::string tail(rest);
    tail += '\x80';
    while (tail.size() % block_bytes != block_bytes - 8)
      tail += '\0';
    for (unsigned shift = 64; shift > 0; shift -= 8)
      tail += static_cast<char>((total_bytes * 8) >> (shift - 8) & 0xFF);
    for (std::size_t i = 0; i < tail.size(); i += block_bytes)
      add(std::string_view(tail).substr(i, block_bytes));
  }

  std::string to_hex() const {
    std::string text;
    for (const std::uint32_t word : state_) {
      for (unsigned shift = 32; shift > 0; shift -= 4)
        text += "0123456789abcdef"[word >> (shift - 4) & 0xF];
    }
    return text;
  }

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

}  // namespace policy
BARGE_NAMESPACE_END
