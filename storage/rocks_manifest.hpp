// The end of a database's manifest, as a power cut may leave it: its last record half on the disk.
// RocksDB passes over one that is cut short, and refuses one of which the length is there and some
// of the bytes are not.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "messages/error.hpp"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace nightshift::storage {

/// Where the last record of a manifest begins, by the lengths of those before it (RocksDB's log
/// format: blocks of 32 KiB, records in fragments). Public for tests.
std::size_t last_record_begins(std::string_view manifest);

/// Takes the last record off a manifest, and can put it back: what else is wrong with the database
/// has to be found by opening it.
class ShorterManifest {
 public:
  /// Error: it cannot be read or written; nothing was changed.
  static Result<ShorterManifest> make(rocksdb::Env& env, const std::filesystem::path& database);
  /// The database opens without it, and so never needed it.
  void keep();
  void put_back();

 private:
  ShorterManifest(rocksdb::Env& env, std::filesystem::path manifest, std::filesystem::path whole)
      : env_(&env), manifest_(std::move(manifest)), whole_(std::move(whole)) {}

  rocksdb::Env* env_;
  std::filesystem::path manifest_;
  std::filesystem::path whole_;
};

}  // namespace nightshift::storage
