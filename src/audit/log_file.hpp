// SPDX-License-Identifier: Apache-2.0
// The file of an audit log: one writer, appended to, synced, its torn tail cut.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <barge/config.hpp>
#include <barge/result.hpp>

BARGE_NAMESPACE_BEGIN
namespace audit {

/// How a log ends.
struct LogEnd {
  std::string last;  ///< the last record's line; empty in an empty log
  std::string torn;  ///< what was cut off behind it
};

class LogFile {
 public:
  LogFile() = default;
  LogFile(LogFile&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
  LogFile& operator=(LogFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    return *this;
  }
  ~LogFile() { close(); }

  static Result<LogFile> open(const std::string& path) {
    LogFile log;
    log.path_ = path;
    log.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (log.file_ < 0) return log.failure("cannot open");
    if (::flock(log.file_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return log.failure("cannot lock");
      return Error{Errc::audit_unavailable, path + ": another writer has this audit log open"};
    }
    if (Status status = log.sync_directory(); !status) return status.error();
    return log;
  }

  void close() {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
  }

  /// Appends the bytes and waits until they are durable. After a failure the descriptor's state is
  /// unknown: a second sync would report success for pages that are lost.
  Status append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return failure("cannot write");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(file_) != 0) return failure("cannot sync");
    return Ok{};
  }

  /// Finds the last record and cuts what is behind it: an unfinished line, or one finished line
  /// that is no record because only a part of it reached the disk.
  Result<LogEnd> recover(bool (*is_record)(std::string_view line)) {
    const off_t size = ::lseek(file_, 0, SEEK_END);
    if (size < 0) return failure("cannot seek");
    LogEnd end;
    if (size == 0) return end;
    Result<std::string> read = read_end(static_cast<std::size_t>(size));
    if (!read) return read.error();
    const std::string_view text = read.value();
    const std::size_t newline = text.rfind('\n');
    std::size_t keep = newline == std::string_view::npos ? 0 : newline + 1;
    std::string_view last = last_line(text.substr(0, keep));
    if (keep > 0 && !is_record(last)) {
      keep -= last.size() + 1;
      last = last_line(text.substr(0, keep));
    }
    const bool is_log = keep > 0 ? is_record(last) : may_be_first_line(text);
    if (!is_log)
      return Error{Errc::bad_document, path_ + ": is not an audit log; it was left as it is"};
    end.last = last;
    end.torn = text.substr(keep);
    if (end.torn.empty()) return end;
    if (::ftruncate(file_, size - static_cast<off_t>(end.torn.size())) != 0 ||
        ::fdatasync(file_) != 0)
      return failure("cannot cut the torn last line");
    return end;
  }

 private:
  // Lines without their newlines; the text ends with one.
  static std::string_view last_line(std::string_view text) {
    if (text.empty()) return text;
    text.remove_suffix(1);
    const std::size_t before = text.rfind('\n');
    return before == std::string_view::npos ? text : text.substr(before + 1);
  }

  static bool may_be_first_line(std::string_view text) {
    constexpr std::string_view begin = R"({"specversion":"1.0")";
    const std::size_t common = std::min(begin.size(), text.size());
    return text.substr(0, common) == begin.substr(0, common);
  }

  // The end of the file: three line ends, or all of it.
  Result<std::string> read_end(std::size_t size) {
    std::string text;
    for (std::size_t length = 65536;; length *= 2) {
      text.resize(std::min(length, size));
      std::size_t done = 0;
      while (done < text.size()) {
        const ssize_t read = ::pread(file_, &text[done], text.size() - done,
                                     static_cast<off_t>(size - text.size() + done));
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) return failure("cannot read");
        if (read == 0) return Error{Errc::io, path_ + ": shrank while it was read"};
        done += static_cast<std::size_t>(read);
      }
      if (text.size() == size || std::count(text.begin(), text.end(), '\n') >= 3) return text;
    }
  }

  // A new file survives a crash only when its directory has been synced.
  Status sync_directory() const {
    const std::size_t slash = path_.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return failure("cannot open its directory");
    const bool is_synced = ::fsync(file) == 0;
    const Error error = failure("cannot sync its directory");
    ::close(file);
    if (!is_synced) return error;
    return Ok{};
  }

  Error failure(std::string_view what) const {
    return {Errc::io,
            path_ + ": " + std::string(what) + ": " + std::generic_category().message(errno)};
  }

  std::string path_;
  int file_ = -1;
};

}  // namespace audit
BARGE_NAMESPACE_END
