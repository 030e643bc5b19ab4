// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <ios>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/reader.hpp"

namespace {

using namespace barge;  // NOLINT: the tests speak the library's words
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

json::Document parsed(std::string_view text, json::Limits limits = {}) {
  Result<json::Document> document = json::Document::parse("d.json", text, limits);
  EXPECT_TRUE(document) << (document ? "" : document.error().message);
  return std::move(document).value();
}

// What the reader says about a text that it refuses.
std::string refusal(std::string_view text, json::Limits limits = {}) {
  const Result<json::Document> document = json::Document::parse("d.json", text, limits);
  if (document) return "accepted";
  EXPECT_EQ(document.error().code, Errc::bad_document);
  return document.error().message;
}

std::string repeated(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

// ── Documents ───────────────────────────────────────────────────────────────────────────────────

TEST(JsonDocument, EveryValueKnowsItsPlaceAndPointer) {
  const json::Document document = parsed("{\n  \"a\": [10, -20 ,30],\n\t\"ä\": {\"b/~\":\"x\"}}\n");
  const std::vector<json::Value> members = document.root().children();
  ASSERT_EQ(members.size(), 2u);
  const json::Value third = members[0].children().at(2);
  EXPECT_EQ(third.integer(), 30);
  EXPECT_EQ(third.pointer(), "/a/2");
  EXPECT_EQ(third.position().line, 2u);
  EXPECT_EQ(third.position().column, 18u);
  const json::Value last = members[1].children().at(0);
  EXPECT_EQ(last.text(), "x");
  EXPECT_EQ(last.pointer(), "/ä/b~1~0");
  EXPECT_EQ(last.key_position().column, 8u) << "columns count characters";
  EXPECT_EQ(last.position().column, 14u);
  EXPECT_EQ(document.root().pointer(), "");
}

TEST(JsonDocument, NumbersInEveryPositionAreWhereTheyAre) {
  const json::Document document = parsed("[1,2.5,[3],{\"a\":4},\n5]");
  std::vector<std::uint32_t> columns;
  for (const json::Value& value : document.root().children())
    columns.push_back(value.position().column);
  EXPECT_THAT(columns, ElementsAre(2u, 4u, 8u, 12u, 1u));
  EXPECT_EQ(document.root().children()[2].children()[0].position().column, 9u);
  EXPECT_EQ(document.root().children()[3].children()[0].position().column, 17u);
}

TEST(JsonDocument, WhatAStringHoldsMovesNothing) {
  const json::Document document = parsed(R"(["\"{", "\\", "[ ,:", 7])");
  std::vector<std::uint32_t> columns;
  for (const json::Value& value : document.root().children())
    columns.push_back(value.position().column);
  EXPECT_THAT(columns, ElementsAre(2u, 9u, 15u, 23u));
}

TEST(JsonDocument, IntegersAreExactOrNoIntegers) {
  const json::Document document =
      parsed("[9223372036854775807,-9223372036854775808,9223372036854775808,1e2,1.0]");
  const std::vector<json::Value> values = document.root().children();
  EXPECT_EQ(values[0].integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(values[1].integer(), std::numeric_limits<std::int64_t>::min());
  for (std::size_t i = 2; i < 5; ++i)
    EXPECT_EQ(values[i].kind(), json::Kind::real) << i;
  EXPECT_EQ(values[2].text(), "9223372036854775808");
}

TEST(JsonDocument, EscapesAreDecoded) {
  EXPECT_EQ(parsed(R"(["\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"])").root().children()[0].text(),
            "\"\\/\b\f\n\r\tä😀");
}

TEST(JsonDocument, RefusesDuplicateKeysAtTheSecondOne) {
  EXPECT_EQ(refusal("{\"a\":1,\n \"b\":{\"a\":2}, \"a\":3}"),
            "d.json:2:15: duplicate key `a`, first at 1:2");
  EXPECT_THAT(refusal("{\"a\":1,\"\\u0061\":2}"), StartsWith("d.json:1:8: duplicate key `a`"))
      << "an escape does not hide it";
}

TEST(JsonDocument, RefusesBadUtf8AtTheBadByte) {
  const char* const bad[] = {"[\"\xff\"]", "[\"\xc0\xaf\"]", "[\"\xed\xa0\x80\"]",
                             "[\"\xf4\x90\x80\x80\"]", "[\"\x80\"]"};
  for (const char* text : bad) {
    EXPECT_THAT(refusal(text), StartsWith("d.json:1:")) << text;
    EXPECT_THAT(refusal(text), HasSubstr("ill-formed UTF-8 byte")) << text;
  }
  EXPECT_EQ(refusal("{\n \"ok\": \"ab\xff\"}"),
            "d.json:2:11: invalid string: ill-formed UTF-8 byte");
}

TEST(JsonDocument, RefusesLoneSurrogatesAndBadEscapesAtTheirPlace) {
  EXPECT_THAT(refusal(R"(["\ud83d"])"), StartsWith("d.json:1:9: invalid string: surrogate"));
  EXPECT_THAT(refusal(R"(["ab\x"])"),
              StartsWith("d.json:1:6: invalid string: forbidden character"));
  EXPECT_THAT(refusal("[\"a\nb\"]"), HasSubstr("control character U+000A (LF) must be escaped"));
  EXPECT_THAT(refusal("[\"abc"), StartsWith("d.json:1:6: invalid string: missing closing quote"));
}

TEST(JsonDocument, RefusesTrailingContent) {
  EXPECT_EQ(refusal("{}\n {}"), "d.json:2:2: unexpected content after the end of the document");
  EXPECT_EQ(refusal("[1] x"), "d.json:1:5: unexpected content after the end of the document");
  EXPECT_EQ(refusal("{}]"), "d.json:1:3: unexpected content after the end of the document");
  EXPECT_EQ(refusal("1 2"), "d.json:1:3: unexpected content after the end of the document");
  EXPECT_EQ(refusal(std::string_view("{}\0 x", 5)), "d.json:1:3: unexpected NUL byte");
}

TEST(JsonDocument, RefusesComments) {
  EXPECT_EQ(refusal("{\n// no\n}"), "d.json:2:1: comments are not allowed");
  EXPECT_EQ(refusal("[1, /* no */ 2]"), "d.json:1:5: comments are not allowed");
  EXPECT_EQ(refusal("[] // no"), "d.json:1:4: comments are not allowed");
}

TEST(JsonDocument, RefusesWhatIsNotJsonAtTheToken) {
  EXPECT_EQ(refusal(""), "d.json:1:1: unexpected end of input; expected `[`, `{`, or a literal");
  EXPECT_THAT(refusal("[1,\n 2,]"), StartsWith("d.json:2:4: unexpected `]`"));
  EXPECT_THAT(refusal("[1,,2]"), StartsWith("d.json:1:4: unexpected `,`"));
  EXPECT_EQ(refusal("{\"a\" 1}"), "d.json:1:6: unexpected number literal; expected `:`");
  EXPECT_EQ(refusal("[1 23]"), "d.json:1:4: unexpected number literal; expected `]`");
  EXPECT_EQ(refusal("{a: 1}"), "d.json:1:2: invalid literal");
  EXPECT_EQ(refusal("[nul]"), "d.json:1:2: invalid literal");
  EXPECT_THAT(refusal("[1.x]"), StartsWith("d.json:1:2: invalid number"));
  EXPECT_THAT(refusal("[01]"), StartsWith("d.json:1:2: unexpected number literal"));
  EXPECT_THAT(refusal("[1e999]"), StartsWith("d.json:1:2: number overflow parsing `1e999`"));
  EXPECT_THAT(refusal("{\"a\":1"), StartsWith("d.json:1:7: unexpected end of input"));
  EXPECT_THAT(refusal("\xEF\xBB\xBF{}"), StartsWith("d.json:1:1: begins with a byte order mark"));
}

TEST(JsonDocument, RefusesTooMuch) {
  const auto nested = [](std::size_t depth) { return repeated(depth, "[") + repeated(depth, "]"); };
  parsed(nested(16));
  EXPECT_EQ(refusal(nested(17)), "d.json:1:17: nested deeper than 16 levels");

  const auto quoted = [](std::size_t size) { return " \"" + std::string(size, 'x') + "\""; };
  parsed(quoted(256));
  EXPECT_EQ(refusal(quoted(257)), "d.json:1:2: longer than 256 bytes");
  EXPECT_EQ(refusal("{" + quoted(257) + ":1}"), "d.json:1:3: longer than 256 bytes");
  EXPECT_EQ(refusal("[0." + std::string(300, '1') + "]"), "d.json:1:2: longer than 256 bytes");

  json::Limits limits;
  limits.bytes = 4;
  parsed("[ 1]", limits);
  EXPECT_EQ(refusal("[  1]", limits), "d.json:1:1: longer than 4 bytes");
  EXPECT_EQ(refusal(std::string((std::size_t{64} << 20) + 1, ' ')),
            "d.json:1:1: longer than 67108864 bytes");

  limits = {};
  limits.values = 3;
  parsed("[1,2]", limits);
  EXPECT_EQ(refusal("[1,2,3]", limits), "d.json:1:6: more than 3 values");
}

TEST(JsonDocument, AFileThatCannotBeReadIsAnIoError) {
  const Result<json::Document> missing = json::Document::load("/nonexistent/x.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::io);
  EXPECT_EQ(missing.error().message, "/nonexistent/x.json: cannot read: No such file or directory");
  const Result<json::Document> directory = json::Document::load("/");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, Errc::io);
}

TEST(JsonDocument, AFileIsNamedInItsErrors) {
  const std::string path = ::testing::TempDir() + "json_reader_test.json";
  std::ofstream(path, std::ios::binary) << "{\n\"a\": nope}";
  const Result<json::Document> document = json::Document::load(path);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, path + ":2:6: invalid literal");
  std::remove(path.c_str());
}

// ── Typed reading ───────────────────────────────────────────────────────────────────────────────

std::string message(const Status& status) {
  return status ? "" : status.error().message;
}

TEST(JsonReader, ReadsWhatIsThereAndFallsBackWhereAllowed) {
  const json::Document document = parsed(R"({"name":"x","n":7,"on":true,"kind":"b",
      "in":{"port":1},"list":["p","q"],"numbers":[1,2],"items":[{"v":1},{"v":2}],
      "named":{"k1":{},"k2":{}}})");
  json::Reader reader(document);
  json::Object root = reader.root();
  EXPECT_EQ(root.string("name"), "x");
  EXPECT_EQ(root.string("realm", "barge"), "barge");
  EXPECT_EQ(root.integer("n", {0, 10}), 7);
  EXPECT_EQ(root.integer("m", {0, 10}, 5), 5);
  EXPECT_TRUE(root.boolean("on"));
  EXPECT_TRUE(root.boolean("off", true));
  EXPECT_EQ(root.choice<int>("kind", {{"a", 1}, {"b", 2}}), 2);
  EXPECT_EQ(root.choice<int>("other", {{"a", 1}, {"b", 2}}, 9), 9);
  EXPECT_EQ(root.object("in").integer("port", {0, 65535}), 1);
  json::Object absent = root.object("out", json::optional);
  EXPECT_FALSE(absent);
  EXPECT_EQ(absent.integer("port", {0, 65535}, 5060), 5060);
  EXPECT_EQ(absent.string("required"), "");
  ASSERT_EQ(root.strings("list").size(), 2u);
  EXPECT_EQ(root.strings("list")[1].text(), "q");
  EXPECT_TRUE(root.strings("none", json::optional).empty());
  EXPECT_EQ(root.integers("numbers", {0, 2}).at(1).integer(), 2);
  std::int64_t sum = 0;
  for (json::Object item : root.objects("items"))
    sum += item.integer("v", {});
  EXPECT_EQ(sum, 3);
  std::vector<std::string> names;
  for (const json::Object& member : root.object("named").members())
    names.push_back(member.key());
  EXPECT_THAT(names, ElementsAre("k1", "k2"));
  EXPECT_EQ(message(reader.finish()), "");
}

TEST(JsonReader, ReportsEveryErrorAtOnceInTheOrderOfTheDocument) {
  const json::Document document = parsed(R"({
  "ptime_ms": 5,
  "relm": "x",
  "port": "5060",
  "mode": "whispr",
  "accounts": [{"name": ""}, 7, {"name": "ok", "nmae": 1}],
  "big": 1e30
})");
  json::Reader reader(document);
  json::Object root = reader.root();
  root.integer("ptime_ms", {10, 60});
  root.string("realm", "barge");
  root.integer("port", {});
  root.integer("big", {0});
  root.choice<int>("mode", {{"monitor", 1}, {"whisper", 2}, {"barge", 3}});
  root.string("secret");
  root.choice<int>("schema", {{"s/1", 1}});
  for (json::Object account : root.objects("accounts"))
    account.string("name");
  const Status status = reader.finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::bad_document);
  EXPECT_EQ(status.error().message,
            "d.json:1:1: missing key `secret`; expected a non-empty string\n"
            "d.json:1:1: missing key `schema`; expected `s/1`\n"
            "d.json:2:15: /ptime_ms: expected an integer from 10 to 60, got `5`\n"
            "d.json:3:3: /relm: unknown key `relm`; the nearest is `realm`\n"
            "d.json:4:11: /port: expected an integer, got `5060`\n"
            "d.json:5:11: /mode: expected `monitor`, `whisper` or `barge`, got `whispr`; the "
            "nearest is `whisper`\n"
            "d.json:6:25: /accounts/0/name: expected a non-empty string, got an empty string\n"
            "d.json:6:30: /accounts/1: expected an object, got `7`\n"
            "d.json:6:48: /accounts/2/nmae: unknown key `nmae`; the nearest is `name`\n"
            "d.json:7:10: /big: expected an integer of at least 0, got `1e30`");
}

TEST(JsonReader, RangesIncludeTheirEndsAndNothingBeyond) {
  const json::Document document = parsed(R"({"a":-1,"b":0,"c":10,"d":11,"e":[10,11]})");
  json::Reader reader(document);
  json::Object root = reader.root();
  root.integer("a", {0, 10});
  EXPECT_EQ(root.integer("b", {0, 10}), 0);
  EXPECT_EQ(root.integer("c", {0, 10}), 10);
  EXPECT_EQ(root.integer("d", {0, 10}, 5), 5);
  EXPECT_EQ(root.integers("e", {0, 10}).size(), 1u);
  EXPECT_EQ(message(reader.finish()),
            "d.json:1:6: /a: expected an integer from 0 to 10, got `-1`\n"
            "d.json:1:26: /d: expected an integer from 0 to 10, got `11`\n"
            "d.json:1:37: /e/1: expected an integer from 0 to 10, got `11`");
}

TEST(JsonReader, WrongKindsNameWhatWasFound) {
  const json::Document document = parsed(R"([null])");
  json::Reader reader(document);
  json::Object root = reader.root();
  EXPECT_FALSE(root);
  EXPECT_EQ(root.string("x"), "") << "what is no object complains once";
  EXPECT_EQ(message(reader.finish()), "d.json:1:1: expected an object, got an array");

  const json::Document other = parsed(R"({"a":null,"b":{},"c":false})");
  json::Reader second(other);
  json::Object object = second.root();
  object.string("a");
  object.strings("b");
  object.object("c");
  EXPECT_EQ(message(second.finish()),
            "d.json:1:6: /a: expected a non-empty string, got `null`\n"
            "d.json:1:15: /b: expected an array, got an object\n"
            "d.json:1:22: /c: expected an object, got `false`");
}

TEST(JsonReader, UnknownNamesGetTheNearestOne) {
  const json::Document document = parsed(R"({"roles":["qa","team_laed"]})");
  json::Reader reader(document);
  const std::vector<json::Value> roles = reader.root().strings("roles");
  reader.unknown(roles.at(1), "role", {"agent", "qa", "team_lead"});
  reader.unknown(roles.at(0), "queue", {});
  EXPECT_EQ(message(reader.finish()),
            "d.json:1:11: /roles/0: unknown queue `qa`; there is none\n"
            "d.json:1:16: /roles/1: unknown role `team_laed`; the nearest is `team_lead`");
}

TEST(JsonReader, ControlCharactersFromADocumentCannotForgeALine) {
  const json::Document document = parsed(R"({"a\nd.json:9:9: b":"\u001b[2J"})");
  json::Reader reader(document);
  reader.root().choice<int>("a\nd.json:9:9: b", {{"x", 1}});
  EXPECT_EQ(message(reader.finish()),
            "d.json:1:21: /a\\u000ad.json:9:9: b: expected `x`, got `\\u001b[2J`");
}

TEST(JsonReader, TheFirstHundredErrorsAreSpelledOut) {
  const json::Document document = parsed("{\"a\":[" + repeated(149, "1,") + "1]}");
  json::Reader reader(document);
  EXPECT_TRUE(reader.root().strings("a").empty());
  const std::string text = message(reader.finish());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 100);
  EXPECT_THAT(text, HasSubstr("/a/99: "));
  EXPECT_THAT(text, ::testing::EndsWith("\nand 50 more"));
}

}  // namespace
