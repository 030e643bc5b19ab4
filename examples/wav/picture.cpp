// SPDX-License-Identifier: Apache-2.0
#include "picture.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include <barge/audio.hpp>

namespace wav {
namespace {

constexpr double width = 1200;
constexpr double left = 150;  // of the time axis
constexpr double right = width - 24;
constexpr double row_height = 20;
constexpr double gap = 16;  // between lanes

// Told apart by people with any kind of colour vision (Okabe and Ito).
constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73",
                                   "#cc79a7", "#e69f00", "#56b4e9"};

struct ModeColour {
  barge::Mode mode;
  const char* colour;
};
constexpr ModeColour mode_colours[] = {{barge::Mode::monitor, "#eef2f7"},
                                       {barge::Mode::whisper, "#dbe6f3"},
                                       {barge::Mode::barge, "#bdd3ec"},
                                       {barge::Mode::takeover, "#98bbe2"}};

const char* colour_of(std::size_t party) {
  return colours[party % std::size(colours)];
}

const char* colour_of(barge::Mode mode) {
  for (const ModeColour& known : mode_colours) {
    if (known.mode == mode) return known.colour;
  }
  return "#ffffff";
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

class Picture {
 public:
  Picture(const Timeline& timeline, const Call& call, const Hearing& hearing)
      : timeline_(timeline), call_(call), hearing_(hearing) {}

  std::string draw() {
    legend();
    for (std::size_t i = 0; i < timeline_.parties.size(); ++i) {
      if (timeline_.parties[i].person.role == barge::Role::supervisor) mode_band(i);
    }
    const double lanes_top = y_ - gap / 2;
    for (std::size_t i = 0; i < timeline_.parties.size(); ++i)
      lane(i);
    const double lanes_bottom = y_ - gap / 2;
    axis(lanes_bottom);
    for (const Applied& applied : call_.applied)
      line(x_of(applied.at.samples()), lanes_top, lanes_bottom, "#333333", "4 3");
    return head() + body_ + "</svg>\n";
  }

 private:
  std::string head() const {
    const std::string height = number(y_);
    return "<svg xmlns='http://www.w3.org/2000/svg' width='1200' height='" + height +
           "' viewBox='0 0 1200 " + height +
           "' font-family='Helvetica, Arial, sans-serif' font-size='14' fill='#1a1a1a'>\n"
           "<title>Who heard whom</title>\n"
           "<rect width='100%' height='100%' fill='#ffffff'/>\n";
  }

  const std::string& name_of(std::size_t party) const {
    return timeline_.parties[party].person.id.text();
  }

  double x_of(std::uint64_t sample) const {
    const auto total = static_cast<double>(hearing_.frames() * hearing_.frame_samples());
    return left + (right - left) * (total > 0 ? static_cast<double>(sample) / total : 0);
  }

  void text(double x, double y, std::string_view content, std::string_view attributes = "") {
    body_ += "<text x='" + number(x) + "' y='" + number(y) + "' " + std::string(attributes) + ">" +
             std::string(content) + "</text>\n";
  }

  void rectangle(double x, double y, double across, double down, std::string_view attributes) {
    body_ += "<rect x='" + number(x) + "' y='" + number(y) + "' width='" + number(across) +
             "' height='" + number(down) + "' " + std::string(attributes) + "/>\n";
  }

  void line(double x, double top, double bottom, std::string_view colour, std::string_view dashes) {
    body_ += "<line x1='" + number(x) + "' x2='" + number(x) + "' y1='" + number(top) + "' y2='" +
             number(bottom) + "' stroke='" + std::string(colour) + "' stroke-dasharray='" +
             std::string(dashes) + "'/>\n";
  }

  void legend() {
    double x = left;
    text(24, y_ + 14, "Heard voices", "font-weight='bold'");
    for (std::size_t i = 0; i < timeline_.parties.size(); ++i) {
      const std::string label =
          name_of(i) + " (" + std::string(name(timeline_.parties[i].person.role)) + ")";
      const double advance = 44 + 8 * static_cast<double>(label.size());
      if (x + advance > right) {
        x = left;
        y_ += row_height + 4;
      }
      rectangle(x, y_, 18, 18, std::string("rx='3' fill='") + colour_of(i) + "'");
      text(x + 26, y_ + 14, label);
      x += advance;
    }
    line(x + 9, y_, y_ + 18, "#333333", "4 3");
    text(x + 26, y_ + 14, "a mode takes effect");
    y_ += 18 + gap;
  }

  // What is in force for a supervisor, from the samples at which it took effect.
  void mode_band(std::size_t supervisor) {
    text(24, y_ + 18, name_of(supervisor) + "’s mode", "font-weight='bold'");
    rectangle(left, y_, right - left, 26, "fill='none' stroke='#c8c8c8'");
    std::vector<Applied> changes;
    for (const Applied& applied : call_.applied) {
      if (applied.supervisor == supervisor) changes.push_back(applied);
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const bool is_last = i + 1 == changes.size();
      const double from = x_of(changes[i].at.samples());
      const double to = is_last ? right : x_of(changes[i + 1].at.samples());
      if (changes[i].mode == barge::Mode::off) continue;
      const std::string_view mode = name(changes[i].mode);
      rectangle(from, y_, to - from, 26,
                std::string("stroke='#8a8a8a' fill='") + colour_of(changes[i].mode) + "'");
      if (to - from > 8 * static_cast<double>(mode.size()))
        text((from + to) / 2, y_ + 18, mode, "text-anchor='middle'");
    }
    y_ += 26 + gap;
  }

  void lane(std::size_t listener) {
    const std::size_t others = timeline_.parties.size() - 1;
    const double height = row_height * static_cast<double>(others);
    rectangle(left, y_, right - left, height, "fill='#f6f6f6' stroke='#dddddd'");
    text(24, y_ + height / 2 + 5, name_of(listener) + " hears", "font-weight='bold'");
    for (std::size_t speaker = 0; speaker < timeline_.parties.size(); ++speaker) {
      if (speaker == listener) continue;
      voice(listener, speaker);
      y_ += row_height;
    }
    y_ += gap;
  }

  // One row: a bar from frame to frame for as long as the voice is heard.
  void voice(std::size_t listener, std::size_t speaker) {
    std::size_t begin = 0;
    for (std::size_t frame = 0; frame <= hearing_.frames(); ++frame) {
      const bool is_audible =
          frame < hearing_.frames() && hearing_.is_audible(listener, speaker, frame);
      if (is_audible) continue;
      if (begin < frame) {
        const double from = x_of(begin * hearing_.frame_samples());
        const double to = x_of(frame * hearing_.frame_samples());
        rectangle(from, y_ + 3, to - from, row_height - 6,
                  std::string("fill='") + colour_of(speaker) + "'");
      }
      begin = frame + 1;
    }
  }

  void axis(double top) {
    const std::uint64_t rate = barge::hertz(timeline_.format.rate);
    const std::uint64_t seconds = hearing_.frames() * hearing_.frame_samples() / rate;
    const std::uint64_t step = 1 + seconds / 20;
    for (std::uint64_t at = 0; at <= seconds; at += step) {
      line(x_of(at * rate), top, top + 6, "#1a1a1a", "none");
      text(x_of(at * rate), top + 22, std::to_string(at) + " s",
           "text-anchor='middle' font-size='12'");
    }
    y_ = top + 36;
  }

  const Timeline& timeline_;
  const Call& call_;
  const Hearing& hearing_;
  std::string body_;
  double y_ = 20;  // where the next thing is drawn
};

}  // namespace

std::string draw(const Timeline& timeline, const Call& call, const Hearing& hearing) {
  return Picture(timeline, call, hearing).draw();
}

}  // namespace wav
