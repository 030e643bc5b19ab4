// SPDX-License-Identifier: Apache-2.0
// Prints the tones that barge knows, as JSON.
#include <cstdio>

#include <barge/tone.hpp>

namespace {

void print(const char* key, gsl::span<const barge::ToneSegment> segments) {
  std::printf(", \"%s\": [", key);
  const char* separator = "";
  for (const barge::ToneSegment& segment : segments) {
    std::printf("%s[%d, %lld]", separator, segment.hertz,
                static_cast<long long>(segment.length.count()));
    separator = ", ";
  }
  std::printf("]");
}

}  // namespace

int main() {
  const char* separator = "[";
  for (const barge::Tone& tone : barge::known_tones()) {
    std::printf("%s\n  {\"id\": \"%.*s\"", separator, static_cast<int>(tone.id.size()),
                tone.id.data());
    print("lead", tone.lead);
    print("segments", tone.segments);
    std::printf(", \"repeat_ms\": %lld, \"level_dbm0\": %d}",
                static_cast<long long>(tone.repeat.count()), tone.level_dbm0);
    separator = ",";
  }
  std::printf("\n]\n");
}
