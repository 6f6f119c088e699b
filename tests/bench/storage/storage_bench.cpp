// The journal beside bare RocksDB: durable appends, replay, start.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <random>
#include <set>

#include <sys/resource.h>

#include <rocksdb/db.h>

#include "storage/bytes.hpp"
#include "storage/keys.hpp"
#include "storage/rocks.hpp"
#include "storage/rocks_options.hpp"
#include "storage/rows.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::storage;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t payload_bytes = 250;
constexpr std::size_t state_bytes = 250;
constexpr double seconds_per_figure = 2;
constexpr std::size_t write_buffer_bytes = 16u << 20;

/// Processor time of all threads so far: says the same on a busy machine.
double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void print(const std::string& name, double value, const char* unit, const char* peer = nullptr,
           double peer_value = 0) {
  std::printf("%s\t%.6g\t%s", name.c_str(), value, unit);
  if (peer) std::printf("\t%s\t%.6g", peer, peer_value);
  std::printf("\n");
  std::fflush(stdout);
}

[[noreturn]] void give_up(std::string_view what) {
  std::cerr << "storage_bench: " << what << "\n";
  std::exit(1);
}

template <class Value>
Value must(Result<Value> result) {
  if (!result) give_up(result.error().message());
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

void must(const rocksdb::Status& status) {
  if (!status.ok()) give_up(status.ToString());
}

/// A folder on the disk of the working directory, since that is what is measured.
class Folder {
 public:
  Folder() {
    std::string pattern = fs::current_path() / "bench-XXXXXX";
    if (!::mkdtemp(pattern.data())) give_up("no folder can be made here");
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path path() const { return path_ / "journal"; }

 private:
  fs::path path_;
};

std::string noise(std::size_t bytes) {
  static std::mt19937_64 random(1);
  std::string text(bytes, ' ');
  for (auto& byte : text) byte = static_cast<char>(random());
  return text;
}

EntityRef entity_of(std::size_t number) { return {"counter", "entity-" + std::to_string(number)}; }

/// The same for all: making records is the host's work.
const NewRecord& any_record() {
  static const auto made = [] {
    Record record;
    record.set_kind("counter");
    record.set_entity("entity");
    record.set_sequence(1);
    record.set_type("Counted");
    record.set_codec(CODEC_PLAIN);
    record.set_payload(noise(payload_bytes));
    NewRecord fresh{record.SerializeAsString(), {}, {}};
    fresh.leaf = leaf_of(fresh.salt, fresh.bytes);
    return fresh;
  }();
  return made;
}

/// One command as the host writes it: a record, a state, an index that stays, a remembered key.
Append append_of(const EntityRef& entity, std::uint64_t sequence, std::uint64_t epoch) {
  static const auto state = noise(state_bytes);
  static const auto index =
      std::make_shared<const IndexValues>(IndexValues{{"status", "counting"}});
  Append append;
  append.entity = entity;
  append.expected = sequence;
  append.epoch = epoch;
  append.records.push_back(any_record());
  append.state = state;
  append.index_before = sequence == 0 ? nullptr : index;
  append.index_after = index;
  append.command = CommandEntry{
      "admin", "key-" + std::to_string(sequence) + entity.id, {}, {}, sequence + 1, false};
  return append;
}

/// RocksDB with our settings and nothing of ours above it.
class Bare {
 public:
  Bare() {
    rocksdb::DB* db = nullptr;
    must(rocksdb::DB::Open(
        database_options(rocksdb::Env::Default(), true, write_buffer_bytes), folder_.path(),
        {{rocksdb::kDefaultColumnFamilyName, log_options()}, {"entities", entity_options()}},
        &families_, &db));
    db_.reset(db);
  }

  ~Bare() {
    for (auto* family : families_) must(db_->DestroyColumnFamilyHandle(family));
  }

  double one_row_per_event(std::size_t batch_size) {
    const auto record = noise(payload_bytes + 50);
    return measure(batch_size, [&](rocksdb::WriteBatch& batch) {
      for (std::size_t i = 0; i < batch_size; ++i)
        must(batch.Put(families_[0], record_key(++offset_), record));
    });
  }

  /// What our writer would write, built without its rules, hashes and threads.
  double same_rows(std::size_t batch_size, std::size_t entities) {
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
                       command_key(1, entity, "admin", "key-" + std::to_string(sequence)),
                       command));
        touched.insert(number);
      }
      for (const auto number : touched)
        must(batch.Put(families_[1], state_key(entity_of(number)), state));
      must(batch.Put(families_[0], batch_key(first), batch_value));
    });
  }

  /// Of the last measurement, in microseconds.
  double p50_us() const { return p50_us_; }
  double cpu_us_per_event() const { return cpu_us_per_event_; }

 private:
  double measure(std::size_t batch_size, const std::function<void(rocksdb::WriteBatch&)>& fill) {
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

  Folder folder_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t offset_ = 0;
  double p50_us_ = 0;
  double cpu_us_per_event_ = 0;
};

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
