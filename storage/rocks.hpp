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

/// Opens or creates. Errors: `locked`, `newer_version`, `corrupt`, `io`, `no_space`, each naming
/// the path and what to do.
Result<std::unique_ptr<EventLog>> open_rocks(RocksOptions options);

/// Reads a log that a node may be writing to at the same time, or a backup. Nothing is written;
/// `open`, `submit`, `close` and `rederive` are refused.
Result<std::unique_ptr<EventLog>> open_rocks_for_reading(const std::filesystem::path& path);

}  // namespace nightshift::storage
