// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>
#include <pthread.h>
#include <sys/random.h>

#include <barge/json_lines_sink.hpp>

#include "audit/log_file.hpp"

BARGE_NAMESPACE_BEGIN
namespace {

constexpr std::size_t max_kept_of_torn = 4096;

// ── Lines ───────────────────────────────────────────────────────────────────────────────────────

// What names a record in its log.
struct LineId {
  std::string log;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
};

// RFC 3339 in UTC with microseconds.
std::string to_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time - seconds).count();
  const std::time_t calendar = std::chrono::system_clock::to_time_t(seconds);
  std::tm utc{};
  gmtime_r(&calendar, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                static_cast<int>(micros));
  return text;
}

// A field whose name is taken gets underscores: nothing is lost, and names stay unique.
void add_field(nlohmann::ordered_json& data, std::string key, const AuditValue& value) {
  while (data.contains(key))
    key += '_';
  std::visit([&](const auto& plain) { data[std::move(key)] = plain; }, value);
}

// The line with its newline. Bad UTF-8 becomes U+FFFD, control characters are escaped.
std::string to_line(const AuditRecord& record, const std::string& source, const LineId& id) {
  nlohmann::ordered_json line;
  line["specversion"] = "1.0";
  line["id"] = id.log + '-' + std::to_string(id.sequence);
  line["source"] = source;
  line["type"] = name(record.type);
  if (!record.call.empty()) line["subject"] = record.call.text();
  line["time"] = to_text(record.time);
  line["logid"] = id.log;
  line["epoch"] = id.epoch;
  line["sequence"] = id.sequence;
  if (record.session_sequence > 0) line["sessionseq"] = record.session_sequence;
  nlohmann::ordered_json& data = line["data"] = nlohmann::ordered_json::object();
  if (!record.call.empty()) data["call"] = record.call.text();
  if (!record.session.empty()) data["session"] = record.session.text();
  if (record.sample) data["sample"] = record.sample->samples();
  data["monotonic_ns"] = std::chrono::nanoseconds(record.monotonic.time_since_epoch()).count();
  for (const AuditField& field : record.data)
    add_field(data, field.key, field.value);
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

// The id of a line without its newline; nothing where it is no record.
std::optional<LineId> parse_id(std::string_view text) {
  const auto line = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!line.is_object()) return std::nullopt;
  const auto log = line.find("logid");
  const auto epoch = line.find("epoch");
  const auto sequence = line.find("sequence");
  if (log == line.end() || !log->is_string()) return std::nullopt;
  if (epoch == line.end() || !epoch->is_number_unsigned()) return std::nullopt;
  if (sequence == line.end() || !sequence->is_number_unsigned()) return std::nullopt;
  return LineId{log->get<std::string>(), epoch->get<std::uint64_t>(),
                sequence->get<std::uint64_t>()};
}

bool is_record(std::string_view line) {
  return parse_id(line).has_value();
}

// ── Thread ──────────────────────────────────────────────────────────────────────────────────────

// Signals are the host's: they must find one of its own threads.
template <class Function>
std::thread start_thread(Function function) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(function));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

Result<std::string> new_log_id() {
  std::uint64_t bits[2];
  if (getentropy(bits, sizeof bits) != 0) return Error{Errc::io, "no random bytes for a log id"};
  return CallGid::from_bits(bits[0], bits[1]).text();
}

}  // namespace

class JsonLinesSink::Impl {
 public:
  Impl(JsonLinesConfig config, audit::LogFile file, LineId id)
      : config_(std::move(config)), file_(std::move(file)), id_(std::move(id)) {
    last_ticket_ = id_.sequence;
    durable_.store(id_.sequence, std::memory_order_relaxed);
  }

  ~Impl() { static_cast<void>(close()); }

  // Before start(), on the caller's thread.
  Status write_now(const AuditRecord& record) {
    ++last_ticket_;
    return write(record);
  }

  void start() {
    writer_ = start_thread([this] { run(); });
  }

  Result<AuditTicket> append(AuditRecord record) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_) return Error{Errc::closed, config_.path + ": the audit log is closed"};
    if (failure_) return Error{Errc::audit_unavailable, failure_->message};
    if (queue_.size() >= config_.max_queued) {
      return Error{Errc::audit_unavailable, config_.path + ": " + std::to_string(queue_.size()) +
                                                " records wait for the disk already"};
    }
    queue_.push_back(std::move(record));
    wake_.notify_one();
    return AuditTicket{++last_ticket_};
  }

  Durability durability(AuditTicket ticket) const {
    // The failure first: once it is set, the watermark is final.
    const bool is_failed = failed_.load(std::memory_order_acquire);          // pairs with fail()
    const std::uint64_t durable = durable_.load(std::memory_order_acquire);  // pairs with write()
    if (static_cast<std::uint64_t>(ticket) <= durable) return Durability::durable;
    return is_failed ? Durability::failed : Durability::pending;
  }

  Status close() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
      wake_.notify_one();
    }
    if (writer_.joinable()) writer_.join();
    file_.close();
    if (failure_) return *failure_;
    return Ok{};
  }

 private:
  void run() {
    while (std::optional<AuditRecord> record = next()) {
      if (Status status = write(*record); !status) fail(status.error());
      if (config_.on_progress) config_.on_progress();
    }
  }

  // Waits for a record; nothing when the sink is closing and all is written, or has failed.
  std::optional<AuditRecord> next() {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || failure_ || !queue_.empty(); });
    if (failure_ || queue_.empty()) return std::nullopt;
    AuditRecord record = std::move(queue_.front());
    queue_.pop_front();
    return record;
  }

  Status write(const AuditRecord& record) {
    ++id_.sequence;
    Status status = file_.append(to_line(record, config_.source, id_));
    if (status) durable_.store(id_.sequence, std::memory_order_release);  // pairs with durability()
    return status;
  }

  void fail(Error error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    failure_ = std::move(error);
    queue_.clear();
    failed_.store(true, std::memory_order_release);  // pairs with durability()
  }

  const JsonLinesConfig config_;
  audit::LogFile file_;  // of the writer once it runs
  LineId id_;            // of the last line; of the writer once it runs
  std::atomic<std::uint64_t> durable_{0};
  std::atomic<bool> failed_{false};

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<AuditRecord> queue_;
  std::uint64_t last_ticket_ = 0;
  bool closing_ = false;
  std::optional<Error> failure_;
  std::thread writer_;  // of the control thread that opens and closes
};

namespace {

AuditRecord own_record(RecordType type, const Clock& clock, std::vector<AuditField> data) {
  AuditRecord record;
  record.type = type;
  record.time = clock.wall();
  record.monotonic = clock.steady();
  record.data = std::move(data);
  return record;
}

std::int64_t number(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

}  // namespace

Result<std::unique_ptr<JsonLinesSink>> JsonLinesSink::open(JsonLinesConfig config) {
  if (config.path.empty()) return Error{Errc::invalid_argument, "the audit log has no path"};
  if (config.max_queued == 0 || config.clock == nullptr)
    return Error{Errc::invalid_argument, "the audit log needs a queue and a clock"};
  Result<audit::LogFile> file = audit::LogFile::open(config.path);
  if (!file) return file.error();
  const Result<audit::LogEnd> end = file->recover(is_record);
  if (!end) return end.error();
  LineId id;
  if (const std::optional<LineId> last = parse_id(end.value().last)) {
    id = *last;
  } else {
    const Result<std::string> log = new_log_id();
    if (!log) return log.error();
    id.log = log.value();
  }
  ++id.epoch;

  const Clock& clock = *config.clock;
  auto impl = std::make_unique<Impl>(std::move(config), std::move(*file), id);
  const std::string& torn = end.value().torn;
  if (Status status = impl->write_now(own_record(RecordType::audit_opened, clock, {})); !status)
    return status.error();
  if (!torn.empty()) {
    const AuditRecord recovered =
        own_record(RecordType::audit_recovered, clock,
                   {{"cut_bytes", number(torn.size())}, {"cut", torn.substr(0, max_kept_of_torn)}});
    if (Status status = impl->write_now(recovered); !status) return status.error();
  }
  impl->start();
  return std::unique_ptr<JsonLinesSink>(new JsonLinesSink(std::move(impl)));
}

JsonLinesSink::JsonLinesSink(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

JsonLinesSink::~JsonLinesSink() = default;

Result<AuditTicket> JsonLinesSink::append(AuditRecord record) {
  return impl_->append(std::move(record));
}

Durability JsonLinesSink::durability(AuditTicket ticket) const {
  return impl_->durability(ticket);
}

Status JsonLinesSink::close() {
  return impl_->close();
}

BARGE_NAMESPACE_END
