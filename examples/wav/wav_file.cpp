// SPDX-License-Identifier: Apache-2.0
#include "wav_file.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <ios>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace wav {
namespace {

using barge::Errc;
using barge::Error;
using barge::Result;
using barge::Sample;

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

void append(std::string& bytes, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes += static_cast<char>(value >> (8 * i) & 0xFF);
}

// The content of a chunk of a RIFF file; nothing where it is absent or longer than the file.
std::optional<std::string_view> chunk(std::string_view file, std::string_view name) {
  std::string_view rest = file.substr(12);
  while (rest.size() >= 8) {
    const std::size_t size = little_endian(rest.substr(4, 4));
    const bool is_it = rest.substr(0, 4) == name;
    rest.remove_prefix(8);
    if (size > rest.size()) return std::nullopt;
    if (is_it) return rest.substr(0, size);
    rest.remove_prefix(std::min(rest.size(), size + size % 2));
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<Sample>> read(const std::string& path, std::uint32_t rate) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Error{Errc::io, path + ": cannot open"};
  const std::string file{std::istreambuf_iterator<char>(stream), {}};
  const auto bad = [&path](const std::string& why) {
    return Error{Errc::bad_document, path + ": " + why};
  };
  if (file.size() < 12 || file.compare(0, 4, "RIFF") != 0 || file.compare(8, 4, "WAVE") != 0)
    return bad("is not a WAV file");
  const auto format = chunk(file, "fmt ");
  const auto data = chunk(file, "data");
  if (!format || format->size() < 16 || !data) return bad("is a damaged WAV file");
  const auto field = [&format](std::size_t at, std::size_t size) {
    return little_endian(format->substr(at, size));
  };
  constexpr std::uint32_t linear_pcm = 1;
  if (field(0, 2) != linear_pcm || field(2, 2) != 1 || field(14, 2) != 16)
    return bad("expected mono linear PCM of 16 bits");
  if (field(4, 4) != rate) {
    return bad("is sampled at " + std::to_string(field(4, 4)) + " Hz; expected " +
               std::to_string(rate));
  }
  std::vector<Sample> samples;
  samples.reserve(data->size() / 2);
  for (std::size_t i = 0; i + 1 < data->size(); i += 2)
    samples.push_back(static_cast<Sample>(little_endian(data->substr(i, 2))));
  return samples;
}

barge::Status write(const std::string& path, std::uint32_t rate,
                    const std::vector<Sample>& samples) {
  constexpr std::size_t max_samples = std::numeric_limits<std::uint32_t>::max() / 2 - 64;
  if (samples.size() > max_samples) return Error{Errc::io, path + ": too long for a WAV file"};
  const auto size = static_cast<std::uint32_t>(samples.size() * 2);
  std::string bytes = "RIFF";
  append(bytes, 36 + size, 4);
  bytes += "WAVEfmt ";
  append(bytes, 16, 4);
  append(bytes, 1, 2);  // linear PCM
  append(bytes, 1, 2);  // channel
  append(bytes, rate, 4);
  append(bytes, rate * 2, 4);  // bytes a second
  append(bytes, 2, 2);         // bytes a sample
  append(bytes, 16, 2);        // bits a sample
  bytes += "data";
  append(bytes, size, 4);
  for (const Sample sample : samples)
    append(bytes, static_cast<std::uint16_t>(sample), 2);
  std::ofstream stream(path, std::ios::binary);
  stream << bytes;
  stream.close();
  if (!stream) return Error{Errc::io, path + ": cannot write"};
  return barge::Ok{};
}

}  // namespace wav
