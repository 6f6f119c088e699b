// What lies in the folder of a journal beside its database: the version it claims, and whether it
// is still the log that it was.
#pragma once

#include <filesystem>
#include <optional>

#include "storage/reader.hpp"

namespace rocksdb {
class Env;
class Status;
}  // namespace rocksdb

namespace nightshift::storage {

class RocksStore;

/// What the file system said of a small file.
Error io_error(const rocksdb::Status& status, const std::filesystem::path& path);

/// The version that the folder claims; nothing if the log was never finished being made.
Result<std::optional<std::uint64_t>> claimed_version(rocksdb::Env& env,
                                                     const std::filesystem::path& folder);
/// The journal is made; durably.
Result<void> claim_version(rocksdb::Env& env, const std::filesystem::path& folder);

/// That the log holds the head that was kept: no shorter, and the same; `corrupt` if not.
Result<void> check_kept(const Store& store, const LogStart& start,
                        const std::optional<ChainHead>& kept, const std::filesystem::path& folder);

/// `FileLog::checkpoint`.
Result<ChainHead> copy_log(const RocksStore& store, rocksdb::Env& env,
                           const std::filesystem::path& path);

}  // namespace nightshift::storage
