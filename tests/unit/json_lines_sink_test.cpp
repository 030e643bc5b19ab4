// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barge/json_lines_sink.hpp>

namespace {

using namespace barge;  // NOLINT: the tests speak the library's words
using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoppedClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(1'700'000'000'000'042us); }
  SteadyTime steady() const override { return SteadyTime(7s); }
};

AuditRecord record(RecordType type, std::vector<AuditField> data = {}) {
  AuditRecord made;
  made.type = type;
  made.time = WallTime(1'600'000'000'123'456us);
  made.monotonic = SteadyTime(5ns);
  made.call = CallGid("call-1");
  made.data = std::move(data);
  return made;
}

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<json> lines_of(const std::string& path) {
  std::vector<json> lines;
  std::istringstream text(slurp(path));
  for (std::string line; std::getline(text, line);)
    lines.push_back(json::parse(line));
  return lines;
}

std::vector<std::string> types_of(const std::string& path) {
  std::vector<std::string> types;
  for (const json& line : lines_of(path))
    types.push_back(line.at("type"));
  return types;
}

// Every line is there once, in order.
void expect_dense(const std::vector<json>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_EQ(lines[i].at("sequence"), i + 1);
}

Durability settled(const JsonLinesSink& sink, AuditTicket ticket) {
  for (int i = 0; i < 5000 && sink.durability(ticket) == Durability::pending; ++i)
    std::this_thread::sleep_for(1ms);
  return sink.durability(ticket);
}

class JsonLinesSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "barge_sink_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    path_ = directory_ + "/audit.jsonl";
  }
  void TearDown() override {
    unlink(path_.c_str());
    EXPECT_EQ(rmdir(directory_.c_str()), 0);
  }

  JsonLinesConfig config() {
    JsonLinesConfig made;
    made.path = path_;
    made.clock = &clock_;
    return made;
  }

  std::unique_ptr<JsonLinesSink> open(JsonLinesConfig made) {
    Result<std::unique_ptr<JsonLinesSink>> sink = JsonLinesSink::open(std::move(made));
    EXPECT_TRUE(sink) << (sink ? "" : sink.error().message);
    return std::move(sink).value();
  }
  std::unique_ptr<JsonLinesSink> open() { return open(config()); }

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }

  // A log of two records, the second one unfinished by this many bytes.
  std::string torn_by(std::size_t bytes) {
    auto sink = open();
    EXPECT_TRUE(sink->append(record(RecordType::session_joined, {{"agent", std::string("a")}})));
    EXPECT_TRUE(sink->close());
    const std::string whole = slurp(path_);
    write(whole.substr(0, whole.size() - bytes));
    const std::size_t second = whole.find('\n') + 1;
    return whole.substr(second, whole.size() - bytes - second);
  }

  StoppedClock clock_;
  std::string directory_;
  std::string path_;
};

TEST_F(JsonLinesSinkTest, ARecordIsACloudEventOnALineOfItsOwn) {
  auto sink = open();
  AuditRecord joined =
      record(RecordType::session_joined, {{"supervisor", std::string("sue")},
                                          {"targets", std::vector<std::string>{"alex", "bo"}},
                                          {"seconds", std::numeric_limits<std::int64_t>::max()},
                                          {"forced", true}});
  joined.session = SessionGid("s-1");
  joined.session_sequence = 3;
  joined.sample = SampleIndex(320640);
  ASSERT_TRUE(sink->append(std::move(joined)));
  ASSERT_TRUE(sink->close());

  const std::vector<json> lines = lines_of(path_);
  ASSERT_EQ(lines.size(), 2u);
  const std::string log = lines[0].at("logid");
  EXPECT_EQ(log.size(), 32u);
  EXPECT_EQ(lines[0], json({{"specversion", "1.0"},
                            {"id", log + "-1"},
                            {"source", "barge"},
                            {"type", "audit.opened"},
                            {"time", "2023-11-14T22:13:20.000042Z"},
                            {"logid", log},
                            {"epoch", 1},
                            {"sequence", 1},
                            {"data", {{"monotonic_ns", 7'000'000'000}}}}));
  EXPECT_EQ(lines[1], json({{"specversion", "1.0"},
                            {"id", log + "-2"},
                            {"source", "barge"},
                            {"type", "session.joined"},
                            {"subject", "call-1"},
                            {"time", "2020-09-13T12:26:40.123456Z"},
                            {"logid", log},
                            {"epoch", 1},
                            {"sequence", 2},
                            {"sessionseq", 3},
                            {"data",
                             {{"call", "call-1"},
                              {"session", "s-1"},
                              {"sample", 320640},
                              {"monotonic_ns", 5},
                              {"supervisor", "sue"},
                              {"targets", {"alex", "bo"}},
                              {"seconds", 9223372036854775807},
                              {"forced", true}}}}));
}

TEST_F(JsonLinesSinkTest, NoTextBreaksALine) {
  auto sink = open();
  ASSERT_TRUE(sink->append(
      record(RecordType::decision_made, {{"reason", std::string("a\nb\"\\\x01\xff z\0", 10)},
                                         {"call", std::string("twice")},
                                         {"call", std::string("thrice")}})));
  ASSERT_TRUE(sink->close());
  const std::vector<json> lines = lines_of(path_);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].at("data").at("reason"), std::string("a\nb\"\\\x01\xEF\xBF\xBD z\0", 12));
  EXPECT_EQ(lines[1].at("data").at("call"), "call-1") << "a field cannot pose as the envelope";
  EXPECT_EQ(lines[1].at("data").at("call_"), "twice");
  EXPECT_EQ(lines[1].at("data").at("call__"), "thrice");
}

TEST_F(JsonLinesSinkTest, ATicketIsDurableWhenItsLineIsInTheFile) {
  auto sink = open();
  const AuditTicket ticket = sink->append(record(RecordType::decision_made)).value();
  EXPECT_EQ(settled(*sink, ticket), Durability::durable);
  EXPECT_THAT(types_of(path_), ElementsAre("audit.opened", "decision.made"));
  EXPECT_EQ(sink->durability(AuditTicket{99}), Durability::pending) << "never handed out";
}

TEST_F(JsonLinesSinkTest, TheHostIsWokenWhenARecordIsDurable) {
  std::mutex mutex;
  std::condition_variable changed;
  int woken = 0;
  JsonLinesConfig made = config();
  made.on_progress = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    ++woken;
    changed.notify_one();
  };
  auto sink = open(std::move(made));
  const AuditTicket ticket = sink->append(record(RecordType::decision_made)).value();
  std::unique_lock<std::mutex> lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, 5s, [&] { return woken == 1; }));
  EXPECT_EQ(sink->durability(ticket), Durability::durable) << "it was durable before the wake";
}

TEST_F(JsonLinesSinkTest, ManyBridgesAppendAtOnceAndNothingIsLost) {
  auto sink = open();
  std::vector<std::thread> bridges;
  for (int i = 0; i < 4; ++i) {
    bridges.emplace_back([&sink] {
      for (int k = 0; k < 50; ++k)
        EXPECT_TRUE(sink->append(record(RecordType::decision_made)));
    });
  }
  for (std::thread& bridge : bridges)
    bridge.join();
  ASSERT_TRUE(sink->close());
  const std::vector<json> lines = lines_of(path_);
  EXPECT_EQ(lines.size(), 201u);
  expect_dense(lines);
}

TEST_F(JsonLinesSinkTest, AFullQueueRefusesAndTheQueuedRecordsStillGetThere) {
  std::mutex gate;
  std::unique_lock<std::mutex> closed_gate(gate);
  JsonLinesConfig made = config();
  made.max_queued = 3;
  made.on_progress = [&gate] { const std::lock_guard<std::mutex> wait(gate); };
  auto sink = open(std::move(made));
  const AuditTicket first = sink->append(record(RecordType::decision_made)).value();
  EXPECT_EQ(settled(*sink, first), Durability::durable);  // the writer now stands at the gate
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(sink->append(record(RecordType::session_joined)));
  const Result<AuditTicket> refused = sink->append(record(RecordType::session_left));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::audit_unavailable);
  EXPECT_EQ(refused.error().message, path_ + ": 3 records wait for the disk already");
  closed_gate.unlock();
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(lines_of(path_).size(), 5u);
  expect_dense(lines_of(path_));
}

TEST_F(JsonLinesSinkTest, CloseWritesWhatIsQueuedAndThenRefuses) {
  auto sink = open();
  AuditTicket last{};
  for (int i = 0; i < 20; ++i)
    last = sink->append(record(RecordType::decision_made)).value();
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(sink->durability(last), Durability::durable);
  EXPECT_EQ(lines_of(path_).size(), 21u);
  EXPECT_EQ(sink->append(record(RecordType::decision_made)).error().code, Errc::closed);
  EXPECT_TRUE(sink->close()) << "closing twice is harmless";
}

TEST_F(JsonLinesSinkTest, AReopenedLogGoesOnWhereItEnded) {
  auto sink = open();
  ASSERT_TRUE(sink->append(record(RecordType::decision_made)));
  sink.reset();
  sink = open();
  const AuditTicket ticket = sink->append(record(RecordType::session_left)).value();
  EXPECT_EQ(ticket, AuditTicket{4});
  sink.reset();
  EXPECT_THAT(types_of(path_),
              ElementsAre("audit.opened", "decision.made", "audit.opened", "session.left"));
  const std::vector<json> lines = lines_of(path_);
  expect_dense(lines);
  EXPECT_EQ(lines[3].at("epoch"), 2);
  EXPECT_EQ(lines[3].at("logid"), lines[0].at("logid"));
}

TEST_F(JsonLinesSinkTest, ATornLastLineIsCutAndKeptInARecord) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{7}, std::size_t{200}}) {
    const std::string torn = torn_by(bytes);
    open()->close().value();
    EXPECT_THAT(types_of(path_), ElementsAre("audit.opened", "audit.opened", "audit.recovered"));
    const std::vector<json> lines = lines_of(path_);
    expect_dense(lines);
    EXPECT_EQ(lines[2].at("data").at("cut_bytes"), torn.size());
    EXPECT_EQ(lines[2].at("data").at("cut"), torn);
    unlink(path_.c_str());
  }
}

TEST_F(JsonLinesSinkTest, ALastLineOfWhichAPartNeverReachedTheDiskIsCut) {
  torn_by(0);
  std::string text = slurp(path_);
  const std::size_t begin = text.find('\n') + 40;
  for (std::size_t i = begin; i < begin + 100; ++i)
    text[i] = '\0';
  write(text);
  open()->close().value();
  EXPECT_THAT(types_of(path_), ElementsAre("audit.opened", "audit.opened", "audit.recovered"));
}

TEST_F(JsonLinesSinkTest, ATornFirstLineLeavesAnEmptyLog) {
  open()->close().value();
  write(slurp(path_).substr(0, 30));
  open()->close().value();
  EXPECT_THAT(types_of(path_), ElementsAre("audit.opened", "audit.recovered"));
  expect_dense(lines_of(path_));
}

TEST_F(JsonLinesSinkTest, AFileThatIsNoAuditLogIsLeftAlone) {
  for (const std::string text : {"[account]\nsecret=1\n", "no line end", "{}\n{}\n", "\n\n\n"}) {
    write(text);
    const auto refused = JsonLinesSink::open(config());
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::bad_document);
    EXPECT_EQ(refused.error().message, path_ + ": is not an audit log; it was left as it is");
    EXPECT_EQ(slurp(path_), text);
  }
}

TEST_F(JsonLinesSinkTest, ASecondWriterIsRefusedUntilTheFirstCloses) {
  auto first = open();
  const auto second = JsonLinesSink::open(config());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::audit_unavailable);
  EXPECT_EQ(second.error().message, path_ + ": another writer has this audit log open");
  ASSERT_TRUE(first->close());
  EXPECT_TRUE(JsonLinesSink::open(config()));
}

TEST_F(JsonLinesSinkTest, APlaceWhereNothingCanBeWrittenIsAnError) {
  const std::pair<std::string, std::string> places[] = {
      {directory_ + "/none/audit.jsonl", "cannot open: No such file or directory"},
      {"/proc/audit.jsonl", "cannot open: "},
      {directory_, "cannot open: Is a directory"},
      {"/dev/full", "cannot write: No space left on device"}};
  for (const auto& [path, reason] : places) {
    JsonLinesConfig made = config();
    made.path = path;
    const auto refused = JsonLinesSink::open(std::move(made));
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, Errc::io);
    EXPECT_THAT(refused.error().message, HasSubstr(path + ": " + reason));
  }
  EXPECT_EQ(JsonLinesSink::open({}).error().code, Errc::invalid_argument);
}

TEST_F(JsonLinesSinkTest, AfterAFailedWriteTheSinkStaysFailed) {
  auto sink = open();
  const AuditTicket before = sink->append(record(RecordType::decision_made)).value();
  ASSERT_EQ(settled(*sink, before), Durability::durable);

  // The kernel refuses what goes beyond the limit: half of the next line is written.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit unlimited{};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  rlimit limited = unlimited;
  limited.rlim_cur = slurp(path_).size() + 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  const AuditTicket lost = sink->append(record(RecordType::session_joined)).value();
  EXPECT_EQ(settled(*sink, lost), Durability::failed);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);

  EXPECT_EQ(sink->durability(before), Durability::durable) << "what was durable stays durable";
  const std::string after_failure = slurp(path_);
  const Result<AuditTicket> refused = sink->append(record(RecordType::session_left));
  ASSERT_FALSE(refused) << "even though the disk would take it again";
  EXPECT_EQ(refused.error().code, Errc::audit_unavailable);
  EXPECT_EQ(refused.error().message, path_ + ": cannot write: File too large");
  const Status closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, Errc::io);
  EXPECT_EQ(slurp(path_), after_failure) << "the file is not touched again";
  sink.reset();

  open()->close().value();
  EXPECT_THAT(types_of(path_),
              ElementsAre("audit.opened", "decision.made", "audit.opened", "audit.recovered"));
}

// A child appends and tells which tickets are durable, until it is killed.
[[noreturn]] void append_until_killed(const JsonLinesConfig& config, int acknowledged) {
  const auto sink = JsonLinesSink::open(config);
  if (!sink) _exit(1);
  for (;;) {
    const AuditTicket ticket = sink.value()->append(record(RecordType::decision_made)).value();
    if (settled(*sink.value(), ticket) != Durability::durable) _exit(1);
    const auto sequence = static_cast<std::uint64_t>(ticket);
    if (write(acknowledged, &sequence, sizeof sequence) != sizeof sequence) _exit(1);
  }
}

TEST_F(JsonLinesSinkTest, AKilledProcessLosesNoAcknowledgedRecord) {
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) append_until_killed(config(), pipe_ends[1]);
    close(pipe_ends[1]);
    std::uint64_t sequence = 0;
    for (int i = 0; i < 10 + round; ++i) {
      ASSERT_EQ(read(pipe_ends[0], &sequence, sizeof sequence), ssize_t{sizeof sequence});
    }
    kill(child, SIGKILL);
    acknowledged = sequence;
    while (read(pipe_ends[0], &sequence, sizeof sequence) == ssize_t{sizeof sequence})
      acknowledged = sequence;
    close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  open()->close().value();
  const std::vector<json> lines = lines_of(path_);
  EXPECT_GT(acknowledged, 80u);
  EXPECT_GE(lines.size(), acknowledged);
  expect_dense(lines);
}

}  // namespace
