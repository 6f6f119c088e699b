// Settings of RocksDB.
#include "storage/rocks_options.hpp"

#include <cstdarg>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace nightshift::storage {
namespace {

constexpr std::size_t block_cache_bytes = 32u << 20;
// What a start after a crash has to read again.
constexpr std::size_t wal_bytes_max = 32u << 20;
// The families share one budget, so that one at a time is flushed: RocksDB 7.8 loses count of its
// references where it cannot make a WAL file while two are full, and ends the program later.
constexpr std::size_t never_full_bytes = 1u << 30;
constexpr std::size_t arena_block_bytes = 64u << 10;
constexpr int open_files_max = 512;
constexpr int filter_bits = 10;

// RocksDB's own log would end the program: where a write to it failed, the next one is an
// assertion. What matters of it comes as an error from the call that met it.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// One cache for both families.
const std::shared_ptr<rocksdb::Cache>& block_cache() {
  static const auto cache = rocksdb::NewLRUCache(block_cache_bytes);
  return cache;
}

rocksdb::ColumnFamilyOptions family_options(rocksdb::BlockBasedTableOptions table) {
  table.block_cache = block_cache();
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = never_full_bytes;
  options.arena_block_size = arena_block_bytes;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

}  // namespace

rocksdb::DBOptions database_options(rocksdb::Env* env, bool create,
                                    std::size_t write_buffer_bytes) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = create;
  options.create_missing_column_families = create;

  options.paranoid_checks = true;
  options.track_and_verify_wals_in_manifest = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.manual_wal_flush = false;
  // A failed write ends the process; nothing is tried again behind our back.
  options.max_bgerror_resume_count = 0;

  options.db_write_buffer_size = write_buffer_bytes;
  options.max_total_wal_size = wal_bytes_max;
  options.skip_stats_update_on_db_open = true;
  options.max_open_files = open_files_max;
  options.manifest_preallocation_size = 64 << 10;

  options.max_background_jobs = 2;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  options.enable_write_thread_adaptive_yield = false;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<NoLog>();
  return options;
}

rocksdb::ColumnFamilyOptions log_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  return family_options(table);
}

rocksdb::ColumnFamilyOptions entity_options() {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits));
  table.partition_filters = true;
  return family_options(table);
}

}  // namespace nightshift::storage
