// SPDX-License-Identifier: Apache-2.0
// usage: explore [--states N] [--seconds S] [--threads T] [--replay] [--alphabet] [--to-the-end]
//                SLICE...
// Explores the named slices, or says which there are. Fails where an invariant is violated, and
// with --to-the-end where states were left.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "retell.hpp"
#include "search.hpp"

namespace barge::explore {
namespace {

struct Options {
  Limits limits;
  bool alphabet = false;
  bool to_the_end = false;
  std::vector<std::string> slices;
};

int usage() {
  std::fputs(
      "usage: explore [--states N] [--seconds S] [--threads T] [--replay] [--alphabet] "
      "[--to-the-end] SLICE...\n\n",
      stderr);
  for (const Slice& slice : slices())
    std::fprintf(stderr, "  %-12s %s\n", slice.name.c_str(), slice.about.c_str());
  return 2;
}

void print(const Slice& slice, const Violation& violation) {
  std::printf("VIOLATION at depth %zu after %.1f s: %s\n", violation.path.size(), violation.seconds,
              violation.what.c_str());
  for (const std::string& line : retell(slice, violation.path))
    std::printf("    %s\n", line.c_str());
}

bool run(const Slice& slice, const Options& options) {
  std::printf("%s: %s\n  %zu actions, %zu symmetries, permissions with %s terms\n",
              slice.name.c_str(), slice.about.c_str(), slice.alphabet.size(),
              slice.symmetries().size(), slice.generous ? "generous" : "the default");
  for (const Action& action : slice.alphabet) {
    if (options.alphabet) std::printf("    %s\n", describe(action).c_str());
  }
  std::fflush(stdout);
  const Found found = explore(slice, options.limits);
  std::printf("  %zu states (%zu with all that follows), %zu transitions, depth %zu, %s\n",
              found.states, found.expanded, found.transitions, found.depth,
              found.complete ? "fixpoint" : "no fixpoint");
  std::printf(
      "  %.1f s (%.1f s of CPU), %.0f states/s, %.1f us of CPU for a transition, "
      "%zu bytes put back, digest %016llx\n",
      found.seconds, found.cpu_seconds, static_cast<double>(found.states) / found.seconds,
      found.cpu_seconds * 1e6 / static_cast<double>(found.transitions), found.snapshot_bytes,
      static_cast<unsigned long long>(found.digest));
  for (const Violation& violation : found.violations)
    print(slice, violation);
  std::fflush(stdout);
  if (options.to_the_end && !found.complete) std::puts("  the end was not reached");
  return found.violations.empty() && (found.complete || !options.to_the_end);
}

int main_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::atof(argv[++i]) : 0.0; };
    if (argument == "--states")
      options.limits.states = static_cast<std::size_t>(value());
    else if (argument == "--seconds")
      options.limits.seconds = value();
    else if (argument == "--threads")
      options.limits.threads = static_cast<unsigned>(value());
    else if (argument == "--replay")
      options.limits.replay = true;
    else if (argument == "--alphabet")
      options.alphabet = true;
    else if (argument == "--to-the-end")
      options.to_the_end = true;
    else
      options.slices.push_back(argument);
  }
  if (options.slices.empty() || options.limits.threads == 0) return usage();
  bool good = true;
  for (const std::string& name : options.slices) {
    bool known = false;
    for (const Slice& slice : slices()) {
      if (slice.name != name) continue;
      known = true;
      good &= run(slice, options);
    }
    if (!known) return usage();
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace barge::explore

int main(int argc, char** argv) {
  return barge::explore::main_of(argc, argv);
}
