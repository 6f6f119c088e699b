// The journal on files: RocksDB with group commit. Formats: docs/formats/journal.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "storage/event_log.hpp"

namespace rocksdb {
class Env;
}

namespace nightshift::storage {

struct RocksOptions {
  /// The folder `journal/` inside the data folder.
  std::filesystem::path path;
  /// Written when the log is created; nothing opens an existing log only.
  std::optional<Identity> identity;
  /// Physical time; the writer makes it monotone.
  std::function<Time()> now;
  /// Called once, on the writer's thread, after everything outstanding was answered
  /// `unavailable`: the process must end, and open the log again.
  std::function<void(const Error&)> failed;
  /// Bytes of the file system that appends leave free.
  std::uint64_t reserve_bytes = 64u << 20;
  /// Memory for rows that are not in a table file yet.
  std::size_t write_buffer_bytes = 16u << 20;
  /// For tests alone: a faulty file system; and whether to sync (false only to show that the
  /// power-cut test can fail).
  rocksdb::Env* env = nullptr;
  bool sync = true;
};

/// The log on files, which can be copied while it is written.
class FileLog : public EventLog {
 public:
  /// Makes `path`, which must not exist, a journal of its own that holds all that was durable when
  /// this was called; returns its head. Files that no longer change are linked where the file
  /// system can. Any thread; what a failure leaves at `path` is no journal. Errors: `no_space`,
  /// `io`.
  virtual Result<ChainHead> checkpoint(const std::filesystem::path& path) const = 0;
};

/// Opens or creates. Errors: `locked`, `newer_version`, `corrupt`, `io`, `no_space`, each naming
/// the path and what to do.
Result<std::unique_ptr<FileLog>> open_rocks(RocksOptions options);

/// The new value of the row of an effect.
using RenewEffect = std::function<std::string(const WorkRow&)>;

/// Takes up a journal that was restored from a backup and that nobody uses: from its head on it
/// goes on as log `log_id`, whose heads `signing_key` signs; the rows of open effects get the value
/// that `renew` gives. Returns the new head. Not to be repeated where it failed: the copy is then
/// worth nothing.
Result<ChainHead> take_up_again(const std::filesystem::path& path, const std::string& log_id,
                                std::string_view signing_key, Time now,
                                const RenewEffect& renew = {});

/// Reads a log that a node may be writing to at the same time, or a backup. Nothing is written;
/// `open`, `submit`, `close` and `rederive` are refused.
Result<std::unique_ptr<EventLog>> open_rocks_for_reading(const std::filesystem::path& path);

}  // namespace nightshift::storage
