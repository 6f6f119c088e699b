// A batch of rows for RocksDB, put in the order of keys: they cost less to insert so.
// insert.
#pragma once

#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "storage/store.hpp"

namespace nightshift::storage {

/// Whether a row belongs to the family of the log: records, leaves and batches.
bool is_log_row(std::string_view key);

class RocksBatch final : public RowBatch {
 public:
  RocksBatch(rocksdb::ColumnFamilyHandle* log, rocksdb::ColumnFamilyHandle* entities)
      : log_(log), entities_(entities) {}

  void put(std::string_view key, std::initializer_list<std::string_view> value) override;
  void erase(std::string_view key) override;
  void erase(const KeyRange& range) override;
  void clear() override;
  bool empty() const override { return rows_.Count() == 0 && waiting_.empty(); }
  std::size_t bytes() const override { return rows_.GetDataSize() + bytes_.size(); }

  /// All rows; of several on one key only the last.
  rocksdb::WriteBatch& finish();

 private:
  /// A row of the entities' family: its key and value lie in `bytes_` from `at` on.
  struct Waiting {
    std::size_t at = 0;
    std::size_t key_bytes = 0;
    std::size_t value_bytes = 0;
    bool erased = false;
  };

  std::string_view key_of(const Waiting& row) const;
  void put_waiting();

  rocksdb::WriteBatch rows_;
  rocksdb::ColumnFamilyHandle* log_;
  rocksdb::ColumnFamilyHandle* entities_;
  std::string bytes_;
  std::vector<Waiting> waiting_;
};

}  // namespace nightshift::storage
