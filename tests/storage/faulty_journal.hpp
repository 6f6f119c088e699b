// A folder with a journal on a disk that can fail.
#pragma once

#include "storage/faulty/faulty_file_system.hpp"
#include "tests/storage/journal.hpp"

namespace nightshift::storage {

inline std::ostream& operator<<(std::ostream& out, Fault fault) {
  constexpr std::array names{"none",        "io error",   "no space",
                             "short write", "sync error", "read error"};
  return out << names[static_cast<std::size_t>(fault)];
}

struct FaultyJournal {
  Result<std::unique_ptr<EventLog>> open(bool sync = true) {
    RocksOptions options;
    options.path = folder.path() / "journal";
    options.identity = test_identity();
    options.now = [this] { return test_time() + std::chrono::microseconds(++clock); };
    options.failed = [this](const Error&) { ++failures; };
    options.env = env.get();
    options.sync = sync;
    // Small, so that table files come and go.
    options.write_buffer_bytes = 256 << 10;
    return open_rocks(std::move(options));
  }

  TemporaryFolder folder;
  std::shared_ptr<FaultyFileSystem> files =
      std::make_shared<FaultyFileSystem>(folder.path() / "attic");
  std::unique_ptr<rocksdb::Env> env = environment(files);
  std::atomic<std::int64_t> clock = 0;
  std::atomic<int> failures = 0;
};

}  // namespace nightshift::storage
