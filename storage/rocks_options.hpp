// How RocksDB is set up: for durability first, then a fast start, then little memory.
#pragma once

#include <rocksdb/options.h>

namespace nightshift::storage {

/// docs/decisions/rocksdb-settings.md gives the reasons.
rocksdb::DBOptions database_options(rocksdb::Env* env, bool create);
/// Records and batches: appended in the order of keys, never changed.
rocksdb::ColumnFamilyOptions log_options(std::size_t write_buffer_bytes);
/// All other rows.
rocksdb::ColumnFamilyOptions entity_options(std::size_t write_buffer_bytes);

}  // namespace nightshift::storage
