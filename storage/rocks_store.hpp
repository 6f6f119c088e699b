// Rows in RocksDB. The only header of ours that shows it, for the files' form alone.
#pragma once

#include <filesystem>
#include <memory>

#include <rocksdb/db.h>

#include "storage/store.hpp"

namespace nightshift::storage {

struct RocksStoreOptions {
  std::filesystem::path path;
  rocksdb::Env* env = rocksdb::Env::Default();
  bool create = false;
  bool sync = true;
  std::size_t write_buffer_bytes = 16u << 20;
};

/// What RocksDB said, as an error that names the path and what to do.
Error to_error(const rocksdb::Status& status, const std::filesystem::path& path);

class RocksStore final : public Store {
 public:
  static Result<std::unique_ptr<RocksStore>> open(const RocksStoreOptions& options);
  /// Reads what is there now, beside a process that may be writing. Writes nothing at all.
  static Result<std::unique_ptr<RocksStore>> open_for_reading(const std::filesystem::path& path);
  /// Leaves nothing to recover if all went well.
  ~RocksStore() override;

  /// Copies what is durable now into a database of its own at `path`, which must not exist. Any
  /// thread.
  Result<void> checkpoint(const std::filesystem::path& path) const;

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(const KeyRange& range, const RowVisitor& visit) const override;
  Result<std::optional<std::pair<std::string, std::string>>> last(
      const KeyRange& range) const override;
  std::unique_ptr<RowBatch> new_batch() const override;
  Result<void> write(RowBatch& batch) override;

 private:
  RocksStore(RocksStoreOptions options, bool writable)
      : options_(std::move(options)), writable_(writable) {}

  void flush_at_end();
  rocksdb::ColumnFamilyHandle* family_of(std::string_view key) const;
  std::unique_ptr<rocksdb::Iterator> iterate(const rocksdb::Slice& from,
                                             const rocksdb::Slice& until) const;

  const RocksStoreOptions options_;
  const bool writable_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* log_ = nullptr;
  rocksdb::ColumnFamilyHandle* entities_ = nullptr;
};

}  // namespace nightshift::storage
