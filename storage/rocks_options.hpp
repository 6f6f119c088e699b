// How RocksDB is set up: for durability first, then a fast start, then little memory.
#pragma once

#include <rocksdb/options.h>

namespace nightshift::storage {

/// docs/decisions/rocksdb-settings.md gives the reasons.
rocksdb::DBOptions database_options(rocksdb::Env* env, bool create, std::size_t write_buffer_bytes);
/// Records and batches: appended in the order of keys, never changed.
rocksdb::ColumnFamilyOptions log_options();
/// All other rows.
rocksdb::ColumnFamilyOptions entity_options();

}  // namespace nightshift::storage
