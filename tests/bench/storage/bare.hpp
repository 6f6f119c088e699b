// RocksDB with our settings and nothing of ours above it: what the journal is measured by.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <rocksdb/db.h>

#include "tests/bench/storage/measuring.hpp"

namespace nightshift::bench {

inline constexpr std::size_t write_buffer_bytes = 16u << 20;

/// Events per second, in batches of one size that are synced one by one.
class Bare {
 public:
  Bare();
  ~Bare();

  double one_row_per_event(std::size_t batch_size);
  /// What our writer would write, built without its rules, hashes and threads.
  double same_rows(std::size_t batch_size, std::size_t entities);

  /// Of the last measurement, in microseconds.
  double p50_us() const { return p50_us_; }
  double cpu_us_per_event() const { return cpu_us_per_event_; }

 private:
  double measure(std::size_t batch_size, const std::function<void(rocksdb::WriteBatch&)>& fill);

  Folder folder_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t offset_ = 0;
  double p50_us_ = 0;
  double cpu_us_per_event_ = 0;
};

}  // namespace nightshift::bench
