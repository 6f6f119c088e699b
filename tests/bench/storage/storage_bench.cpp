// The journal beside bare RocksDB: durable appends, replay, start.
#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <random>

#include "storage/keys.hpp"
#include "storage/rocks.hpp"
#include "storage/rocks_options.hpp"
#include "storage/rows.hpp"
#include "tests/bench/storage/bare.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::storage;
using namespace nightshift::bench;
namespace fs = std::filesystem;

std::unique_ptr<EventLog> open_log(const fs::path& path) {
  RocksOptions options;
  options.path = path;
  options.identity.emplace().set_log_id("000102030405060708090a0b0c0d0e0f");
  options.now = [] {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  };
  options.failed = [](const Error& error) { give_up(error.message()); };
  return must(open_rocks(std::move(options)));
}

/// Keeps a number of appends outstanding: each answer submits the next.
class Driver {
 public:
  Driver(EventLog& log, std::size_t entities) : log_(log), held_(entities) {
    std::unique_lock lock(mutex_);
    waiting_ = entities;
    for (std::size_t i = 0; i < entities; ++i) {
      held_[i].entity = entity_of(i);
      log_.open(held_[i].entity, [this, i](Result<Opened> opened) {
        const auto found = must(std::move(opened));
        held_[i].sequence = found.sequence;
        held_[i].epoch = found.epoch;
        done();
      });
    }
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }

  /// Runs for so many appends.
  void run(std::size_t outstanding, std::size_t appends) {
    latencies_.clear();
    latencies_.reserve(appends);
    left_ = appends;
    waiting_ = outstanding;
    for (std::size_t i = 0; i < outstanding; ++i) submit_one();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }

  double percentile_us(double share) {
    const auto at = latencies_.begin() +
                    static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies_.size() - 1));
    std::ranges::nth_element(latencies_, at);
    return *at;
  }

 private:
  struct Held {
    EntityRef entity;
    std::uint64_t sequence = 0;
    std::uint64_t epoch = 0;
  };

  // The first round comes from the caller's thread, all others from the log's completion thread.
  void submit_one() {
    std::unique_lock lock(submitting_);
    if (left_ == 0) {
      lock.unlock();
      return done();
    }
    --left_;
    auto& held = held_[random_() % held_.size()];
    auto append = append_of(held.entity, held.sequence++, held.epoch);
    const auto begin = Clock::now();
    log_.submit(std::move(append), [this, begin](Result<Committed> committed) {
      must(std::move(committed));
      latencies_.push_back(seconds_since(begin) * 1e6);
      submit_one();
    });
  }

  void done() {
    const std::lock_guard lock(mutex_);
    if (--waiting_ == 0) changed_.notify_one();
  }

  EventLog& log_;
  std::vector<Held> held_;
  std::mt19937_64 random_{1};
  std::mutex submitting_;
  std::size_t left_ = 0;
  std::vector<double> latencies_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
};

void measure_bare() {
  for (const std::size_t batch_size : {1, 8, 64, 256, 1024}) {
    Bare bare;
    print("bare RocksDB, one row per event, " + std::to_string(batch_size) + " per sync",
          bare.one_row_per_event(batch_size), "events/s");
  }
}

void measure_appends(std::size_t entities, std::size_t outstanding) {
  const auto name = "journal, " + std::to_string(entities) + " entities x " +
                    std::to_string(outstanding) + " outstanding";
  Folder folder;
  const auto log = open_log(folder.path());
  Driver driver(*log, entities);
  driver.run(outstanding, outstanding * 20);
  const auto warm = log->stats();
  const auto cpu = cpu_us();
  const auto start = Clock::now();
  std::size_t appends = 0;
  while (seconds_since(start) < seconds_per_figure) {
    driver.run(outstanding, outstanding * 100);
    appends += outstanding * 100;
  }
  const auto rate = static_cast<double>(appends) / seconds_since(start);
  const auto cpu_per_event = (cpu_us() - cpu) / static_cast<double>(appends);
  const auto stats = log->stats();
  const auto per_sync = static_cast<double>(stats.records - warm.records) /
                        static_cast<double>(stats.syncs - warm.syncs);
  Bare bare;
  const auto batch_size = static_cast<std::size_t>(per_sync + 0.5);
  const auto bare_rate = bare.same_rows(batch_size, entities);
  print(name, rate, "events/s", "bare RocksDB, same rows", bare_rate);
  print(name + ", p50", driver.percentile_us(0.5), "us", "bare RocksDB, same rows", bare.p50_us());
  print(name + ", CPU per event", cpu_per_event, "us", "bare RocksDB, same rows",
        bare.cpu_us_per_event());
  print(name + ", p99", driver.percentile_us(0.99), "us");
  print(name + ", per sync", per_sync, "events");
}

double iterate_and_parse(const fs::path& path, std::size_t& records) {
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* opened = nullptr;
  must(rocksdb::DB::OpenForReadOnly(
      database_options(rocksdb::Env::Default(), false, write_buffer_bytes), path,
      {{rocksdb::kDefaultColumnFamilyName, log_options()}, {"entities", entity_options()}},
      &families, &opened));
  const std::unique_ptr<rocksdb::DB> db(opened);
  const auto start = Clock::now();
  const std::unique_ptr<rocksdb::Iterator> rows(db->NewIterator({}, families[0]));
  Record record;
  for (rows->Seek(record_key(1)); rows->Valid(); rows->Next()) {
    const auto value = rows->value();
    if (!record.ParseFromArray(value.data() + record_head_bytes,
                               static_cast<int>(value.size() - record_head_bytes)))
      give_up("unreadable record");
    ++records;
  }
  const auto seconds = seconds_since(start);
  for (auto* family : families) must(db->DestroyColumnFamilyHandle(family));
  return static_cast<double>(records) / seconds;
}

double scan_and_parse(const fs::path& path, std::size_t& records) {
  const auto log = must(open_rocks_for_reading(path));
  const auto start = Clock::now();
  Record record;
  must(log->scan_log(1, [&](const StoredRecord& stored) {
    if (!record.ParseFromString(stored.bytes)) give_up("unreadable record");
    ++records;
    return true;
  }));
  return static_cast<double>(records) / seconds_since(start);
}

double resident_mb() {
  std::ifstream status("/proc/self/statm");
  double all = 0, resident = 0;
  status >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// Start and replay of a log with five events per entity.
void measure_large(std::size_t entities) {
  Folder folder;
  const auto base_mb = resident_mb();
  {
    const auto log = open_log(folder.path());
    Driver driver(*log, entities);
    driver.run(1024, entities * 5);
  }
  const auto sizes =
      std::to_string(entities) + " entities, " + std::to_string(entities * 5) + " events";
  std::size_t bare_records = 0;
  std::size_t our_records = 0;
  scan_and_parse(folder.path(), our_records);
  const auto bare = iterate_and_parse(folder.path(), bare_records);
  our_records = 0;
  const auto ours = scan_and_parse(folder.path(), our_records);
  if (our_records != bare_records) give_up("the scans differ");
  print("replay of " + sizes, ours, "events/s", "bare iterate and parse", bare);
  const auto start = Clock::now();
  const auto log = open_log(folder.path());
  if (!must(log->state(entity_of(entities / 2)))) give_up("an entity is missing");
  print("start to first read, " + sizes, seconds_since(start) * 1e3, "ms");
  std::cerr << "resident before " << base_mb << " MB, now " << resident_mb() << " MB\n";
}

}  // namespace

int main() {
  const char* entities = std::getenv("NIGHTSHIFT_BENCH_ENTITIES");
  measure_bare();
  for (const auto& [count, outstanding] : {std::pair{1, 1}, {1, 64}, {1000, 64}, {1000, 1024}})
    measure_appends(count, outstanding);
  measure_large(entities ? std::strtoull(entities, nullptr, 10) : 100'000);
}
