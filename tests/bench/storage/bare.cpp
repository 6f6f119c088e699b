// Bare RocksDB: one row per event, and the rows that our writer would write.
#include "tests/bench/storage/bare.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "storage/bytes.hpp"
#include "storage/keys.hpp"
#include "storage/rocks_options.hpp"

namespace nightshift::bench {

using namespace storage;

Bare::Bare() {
  rocksdb::DB* db = nullptr;
  must(rocksdb::DB::Open(
      database_options(rocksdb::Env::Default(), true, write_buffer_bytes), folder_.path(),
      {{rocksdb::kDefaultColumnFamilyName, log_options()}, {"entities", entity_options()}},
      &families_, &db));
  db_.reset(db);
}

Bare::~Bare() {
  for (auto* family : families_) must(db_->DestroyColumnFamilyHandle(family));
}

double Bare::one_row_per_event(std::size_t batch_size) {
  const auto record = noise(payload_bytes + 50);
  return measure(batch_size, [&](rocksdb::WriteBatch& batch) {
    for (std::size_t i = 0; i < batch_size; ++i)
      must(batch.Put(families_[0], record_key(++offset_), record));
  });
}

double Bare::same_rows(std::size_t batch_size, std::size_t entities) {
  const auto record = noise(24 + payload_bytes + 50);
  const auto state = noise(state_bytes + 3);
  const std::string command(49, 'c');
  const auto batch_value = noise(48);
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> sequences(entities);
  return measure(batch_size, [&](rocksdb::WriteBatch& batch) {
    std::set<std::size_t> touched;
    const auto first = offset_ + 1;
    for (std::size_t i = 0; i < batch_size; ++i) {
      const auto number = random() % entities;
      const auto entity = entity_of(number);
      const auto sequence = ++sequences[number];
      must(batch.Put(families_[0], record_key(++offset_), record));
      must(batch.Put(families_[1], pointer_key(entity, sequence), view_of(big_endian(offset_))));
      must(batch.Put(families_[1],
                     command_key(1, entity, "admin", "key-" + std::to_string(sequence)), command));
      touched.insert(number);
    }
    for (const auto number : touched)
      must(batch.Put(families_[1], state_key(entity_of(number)), state));
    must(batch.Put(families_[0], batch_key(first), batch_value));
  });
}

double Bare::measure(std::size_t batch_size,
                     const std::function<void(rocksdb::WriteBatch&)>& fill) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::vector<double> latencies;
  rocksdb::WriteBatch batch;
  const auto cpu = cpu_us();
  const auto start = Clock::now();
  while (seconds_since(start) < seconds_per_figure) {
    const auto begin = Clock::now();
    batch.Clear();
    fill(batch);
    must(db_->Write(synced, &batch));
    latencies.push_back(seconds_since(begin) * 1e6);
  }
  const auto events = static_cast<double>(latencies.size() * batch_size);
  const auto rate = events / seconds_since(start);
  cpu_us_per_event_ = (cpu_us() - cpu) / events;
  std::ranges::nth_element(latencies, latencies.begin() + latencies.size() / 2);
  p50_us_ = latencies[latencies.size() / 2];
  return rate;
}

}  // namespace nightshift::bench
