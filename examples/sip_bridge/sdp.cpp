// SPDX-License-Identifier: Apache-2.0
#include "sdp.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sip_bridge {
namespace {

constexpr std::uint8_t offered_telephone_event = 101;

std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view head = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return head;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

enum class Direction { sendrecv, sendonly, recvonly, inactive };

std::optional<Direction> direction(std::string_view attribute) {
  if (attribute == "sendrecv") return Direction::sendrecv;
  if (attribute == "sendonly") return Direction::sendonly;
  if (attribute == "recvonly") return Direction::recvonly;
  if (attribute == "inactive") return Direction::inactive;
  return std::nullopt;
}

// What a session or one of its streams says.
struct Section {
  std::string stream;  // the m= value; empty for the session
  std::string address;
  std::optional<Direction> direction;
  std::optional<std::uint8_t> telephone_event;
};

void read_attribute(Section& section, std::string_view attribute) {
  if (const auto found = direction(attribute)) section.direction = found;
  if (take_until(attribute, ':') != "rtpmap") return;
  const auto type = number<std::uint8_t>(take_until(attribute, ' '));
  const std::string_view encoding = take_until(attribute, '/');
  if (type && *type < 128 && equal_ignoring_case(encoding, "telephone-event") &&
      attribute == "8000") {
    section.telephone_event = type;
  }
}

std::optional<std::vector<Section>> read_sections(std::string_view text) {
  std::vector<Section> sections(1);
  bool first = true;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.size() < 2 || line[1] != '=') return std::nullopt;
    const std::string_view value = line.substr(2);
    if (first && line != "v=0") return std::nullopt;
    first = false;
    switch (line[0]) {
      case 'm':
        sections.emplace_back().stream = value;
        break;
      case 'c': {
        std::string_view rest = value;
        if (take_until(rest, ' ') != "IN" || take_until(rest, ' ') != "IP4") break;
        sections.back().address = take_until(rest, '/');
        break;
      }
      case 'a':
        read_attribute(sections.back(), value);
        break;
      default:
        break;
    }
  }
  return sections;
}

std::optional<RemoteMedia> usable(const Section& section, const Section& session) {
  std::string_view rest = section.stream;
  if (take_until(rest, ' ') != "audio") return std::nullopt;
  const auto port = number<std::uint16_t>(take_until(rest, ' '));
  if (!port || *port == 0 || take_until(rest, ' ') != "RTP/AVP") return std::nullopt;

  RemoteMedia media;
  media.port = *port;
  media.address = section.address.empty() ? session.address : section.address;
  if (!is_ipv4(media.address)) return std::nullopt;
  while (!rest.empty()) {
    const auto type = number<std::uint8_t>(take_until(rest, ' '));
    for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
      if (type == payload_type(codec)) media.codecs.push_back(codec);
    }
    if (type && type == section.telephone_event) media.telephone_event = type;
  }
  if (media.codecs.empty()) return std::nullopt;
  media.codec = media.codecs.front();

  const Direction way = section.direction.value_or(session.direction.value_or(Direction::sendrecv));
  const bool held = media.address == "0.0.0.0";  // how phones before RFC 3264 say it
  media.wants_to_send = way == Direction::sendrecv || way == Direction::sendonly;
  media.wants_to_receive = !held && (way == Direction::sendrecv || way == Direction::recvonly);
  return media;
}

std::string header(const LocalMedia& local) {
  return "v=0\r\no=- 1 1 IN IP4 " + local.address + "\r\ns=-\r\nc=IN IP4 " + local.address +
         "\r\nt=0 0\r\n";
}

std::string stream(const LocalMedia& local, const std::vector<Codec>& codecs,
                   std::optional<std::uint8_t> telephone_event) {
  std::string line = "m=audio " + std::to_string(local.port) + " RTP/AVP";
  std::string maps;
  for (const Codec codec : codecs) {
    const std::string type = std::to_string(payload_type(codec));
    line += " " + type;
    maps += "a=rtpmap:" + type + " " + name(codec) + "/8000\r\n";
  }
  if (telephone_event) {
    const std::string type = std::to_string(*telephone_event);
    line += " " + type;
    maps += "a=rtpmap:" + type + " telephone-event/8000\r\na=fmtp:" + type + " 0-15\r\n";
  }
  return line + "\r\n" + maps + "a=ptime:" + std::to_string(local.ptime_ms) + "\r\n";
}

const char* answered_direction(const RemoteMedia& media) {
  if (media.wants_to_send) return media.wants_to_receive ? "sendrecv" : "recvonly";
  return media.wants_to_receive ? "sendonly" : "inactive";
}

}  // namespace

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part == 3 && text.find('.') != std::string_view::npos) return false;
    if (!number<std::uint8_t>(take_until(text, '.'))) return false;
  }
  return true;
}

std::optional<SessionDescription> parse_sdp(std::string_view text) {
  const auto sections = read_sections(text);
  if (!sections) return std::nullopt;
  SessionDescription description;
  bool found = false;
  for (auto section = sections->begin() + 1; section != sections->end(); ++section) {
    if (!found) {
      if (auto media = usable(*section, sections->front())) {
        description.media = std::move(*media);
        description.ours = description.streams.size();
        found = true;
      }
    }
    description.streams.push_back(section->stream);
  }
  if (!found) return std::nullopt;
  return description;
}

std::string make_offer(const LocalMedia& local) {
  return header(local) + stream(local, {Codec::pcmu, Codec::pcma}, offered_telephone_event) +
         "a=sendrecv\r\n";
}

std::string make_answer(const LocalMedia& local, const SessionDescription& offer) {
  std::string answer = header(local);
  for (std::size_t i = 0; i < offer.streams.size(); ++i) {
    if (i == offer.ours) {
      answer += stream(local, {offer.media.codec}, offer.media.telephone_event);
      answer += std::string("a=") + answered_direction(offer.media) + "\r\n";
      continue;
    }
    std::string_view rest = offer.streams[i];  // refused: the same stream at port 0
    const std::string kind(take_until(rest, ' '));
    take_until(rest, ' ');
    answer += "m=" + kind + " 0 " + std::string(rest) + "\r\n";
  }
  return answer;
}

}  // namespace sip_bridge
