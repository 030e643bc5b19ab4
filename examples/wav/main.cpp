// SPDX-License-Identifier: Apache-2.0
// barge-wav: what everybody says and a timeline of modes in, what everybody hears out.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <barge/policy_document.hpp>

#include "hearing.hpp"
#include "picture.hpp"
#include "simulation.hpp"
#include "timeline.hpp"
#include "wav_file.hpp"

namespace {

using barge::Error;
using barge::Status;

constexpr int exit_usage = 2;
constexpr const char* usage =
    "usage: barge-wav --timeline FILE --out DIR\n"
    "Plays the call of a timeline (schema barge.timeline/1). Writes <name>-hears.wav for every\n"
    "party and who-heard-whom.svg into DIR, and prints who heard whom at which level.\n";

struct Arguments {
  std::string timeline;
  std::string out;
};

std::optional<Arguments> parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; i += 2) {
    const std::string_view option = values[i];
    if (i + 1 == count) return std::nullopt;
    if (option == "--timeline") {
      arguments.timeline = values[i + 1];
    } else if (option == "--out") {
      arguments.out = values[i + 1];
    } else {
      return std::nullopt;
    }
  }
  if (arguments.timeline.empty() || arguments.out.empty()) return std::nullopt;
  return arguments;
}

// All voices, or what is wrong with each of those that cannot be read.
barge::Result<std::vector<wav::Samples>> read_voices(const wav::Timeline& timeline) {
  std::vector<wav::Samples> voices;
  std::string errors;
  for (const wav::Party& party : timeline.parties) {
    auto voice = wav::read(party.wav, barge::hertz(timeline.format.rate));
    if (!voice) errors += (errors.empty() ? "" : "\n") + voice.error().message;
    voices.push_back(voice ? std::move(voice).value() : wav::Samples());
  }
  if (!errors.empty()) return Error{barge::Errc::bad_document, errors};
  return voices;
}

Status write_results(const wav::Timeline& timeline, const wav::Call& call,
                     const wav::Hearing& hearing, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{barge::Errc::io, directory.string() + ": " + error.message()};
  for (std::size_t i = 0; i < timeline.parties.size(); ++i) {
    const std::string file = timeline.parties[i].person.id.text() + "-hears.wav";
    const Status status =
        wav::write((directory / file).string(), barge::hertz(timeline.format.rate), call.heard[i]);
    if (!status) return status;
  }
  const std::string picture = (directory / "who-heard-whom.svg").string();
  std::ofstream stream(picture, std::ios::binary);
  stream << wav::draw(timeline, call, hearing);
  stream.close();
  if (!stream) return Error{barge::Errc::io, picture + ": cannot write"};
  return barge::Ok{};
}

void print_interval(const wav::Timeline& timeline, const wav::Hearing& hearing, std::size_t from,
                    std::size_t to) {
  for (std::size_t listener = 0; listener < hearing.parties(); ++listener) {
    std::printf("  %-12s hears", timeline.parties[listener].person.id.text().c_str());
    for (std::size_t speaker = 0; speaker < hearing.parties(); ++speaker) {
      if (speaker == listener) continue;
      const double level = hearing.level(listener, speaker, from, to);
      std::printf("  %s %6.1f dB", timeline.parties[speaker].person.id.text().c_str(), level);
    }
    std::printf("\n");
  }
}

// The levels between the samples at which modes took effect, over whole frames without a ramp.
void print_levels(const wav::Timeline& timeline, const wav::Call& call,
                  const wav::Hearing& hearing) {
  const std::size_t frame = hearing.frame_samples();
  std::size_t begin = 0;
  std::printf("sample 0: the call begins\n");
  for (const wav::Applied& applied : call.applied) {
    const auto at = static_cast<std::size_t>(applied.at.samples());
    print_interval(timeline, hearing, begin, std::min(at / frame, hearing.frames()));
    std::printf("sample %zu: %s: %s\n", at,
                timeline.parties[applied.supervisor].person.id.text().c_str(),
                std::string(name(applied.mode)).c_str());
    begin = (at + barge::ramp_samples(timeline.format.rate) + frame - 1) / frame;
  }
  print_interval(timeline, hearing, begin, hearing.frames());
  for (const std::string& refused : call.refused)
    std::printf("%s\n", refused.c_str());
}

Status run(const Arguments& arguments) {
  const auto timeline = wav::load_timeline(arguments.timeline);
  if (!timeline) return timeline.error();
  auto policy = barge::load_policy(timeline.value().policy);
  if (!policy) return policy.error();
  const auto voices = read_voices(timeline.value());
  if (!voices) return voices.error();
  const auto call = wav::simulate(timeline.value(), voices.value(), std::move(policy).value());
  if (!call) return call.error();
  const wav::Hearing hearing(voices.value(), call.value().heard,
                             timeline.value().format.frame_samples);
  print_levels(timeline.value(), call.value(), hearing);
  return write_results(timeline.value(), call.value(), hearing, arguments.out);
}

}  // namespace

int main(int count, char** values) {
  const std::optional<Arguments> arguments = parse(count, values);
  if (!arguments) {
    std::fputs(usage, stderr);
    return exit_usage;
  }
  const Status status = run(*arguments);
  if (status) return 0;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  return exit_usage;
}
