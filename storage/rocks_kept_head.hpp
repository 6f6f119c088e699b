// The newest durable head, kept in a file beside the database, so that a log that comes back
// shorter is noticed: docs/formats/journal.md, "The file head".
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "storage/event_log.hpp"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

namespace nightshift::storage {

class KeptHead {
 public:
  /// Nothing if there is no such file; `corrupt` if it cannot be understood.
  static Result<std::optional<ChainHead>> read(rocksdb::Env& env,
                                               const std::filesystem::path& folder);
  /// Makes the file where it is missing, durably.
  static Result<std::unique_ptr<KeptHead>> open(rocksdb::Env& env,
                                                const std::filesystem::path& folder,
                                                const ChainHead& head);
  ~KeptHead();

  /// Written but not synced: survives the process at once, a power cut some seconds later.
  Result<void> write(const ChainHead& head);
  Result<void> sync();

 private:
  KeptHead(std::filesystem::path path, std::unique_ptr<rocksdb::RandomRWFile> file);

  const std::filesystem::path path_;
  std::unique_ptr<rocksdb::RandomRWFile> file_;
  /// The slot to write next: never the one that holds the newest head.
  std::size_t slot_ = 1;
};

/// `corrupt` if a log that ends with `head` cannot be the one that `kept` was taken from. That the
/// log holds `kept` itself is for the caller to see.
Result<void> check_not_shorter(const ChainHead& head, const ChainHead& kept,
                               const std::filesystem::path& folder);

}  // namespace nightshift::storage
