// Durable commands through the host in process, beside bare RocksDB.
#include <rocksdb/db.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "runtime/replay.hpp"
#include "storage/rocks.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using Clock = std::chrono::steady_clock;

void print(const std::string& name, double value, const char* unit, const char* peer = nullptr,
           double peer_value = 0) {
  if (peer == nullptr) {
    std::printf("host/%s\t%.0f\t%s\n", name.c_str(), value, unit);
  } else {
    std::printf("host/%s\t%.0f\t%s\t%s\t%.0f\n", name.c_str(), value, unit, peer, peer_value);
  }
  std::fflush(stdout);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Bench {
  std::shared_ptr<storage::EventLog> open(const std::filesystem::path& path) {
    storage::RocksOptions options;
    options.path = path;
    options.identity.emplace();
    options.identity->set_node("bench");
    options.identity->set_role("local");
    options.identity->set_log_id("0123456789abcdef0123456789abcdef");
    options.now = [clock = clock] { return clock->now(); };
    auto log = storage::open_rocks(std::move(options));
    if (!log) {
      std::fprintf(stderr, "%s\n", log.error().detail.c_str());
      std::exit(1);
    }
    return std::move(*log);
  }

  std::unique_ptr<runtime::Node> start(std::shared_ptr<storage::EventLog> log) {
    auto catalog = std::make_shared<runtime::Catalog>();
    catalog->add(counter_kind());
    auto options = runtime::NodeOptions();
    options.commands_per_entity_max = 4096;
    return std::move(*runtime::start_node(std::move(log), catalog, clock, {}, options));
  }

  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
};

/// Keeps so many commands outstanding until so many were answered.
class Load {
 public:
  Load(runtime::Node& node, std::size_t entities, std::size_t commands)
      : node_(node), commands_(commands) {
    for (std::size_t i = 0; i < entities; ++i) ids_.push_back("c" + std::to_string(i));
    sent_at_.resize(commands);
    latency_us_.resize(commands);
    caller_.principal = "bench";
    caller_.scopes = {SCOPE_OPERATE};
    auto add = std::make_shared<counter_pb::Add>();
    add->set_by(1);
    body_ = std::move(add);
  }

  double run(std::size_t outstanding) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < outstanding; ++i) send();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return answered_ == commands_; });
    const auto seconds = seconds_since(start);
    std::ranges::sort(latency_us_);
    return seconds;
  }

  double percentile(double part) const {
    return latency_us_[static_cast<std::size_t>(static_cast<double>(commands_ - 1) * part)];
  }

 private:
  void send() {
    const auto turn = sent_++;
    if (turn >= commands_) return;
    runtime::Command command;
    command.entity = {"counter", ids_[turn * 7919 % ids_.size()]};
    command.body = body_;
    command.caller = caller_;
    sent_at_[turn] = Clock::now();
    node_.submit(std::move(command), [this, turn](Result<runtime::Answer> answer) {
      if (!answer) {
        std::fprintf(stderr, "%s\n", std::string(answer.error().message()).c_str());
        std::exit(1);
      }
      latency_us_[turn] = seconds_since(sent_at_[turn]) * 1e6;
      send();
      if (++answered_ == commands_) {
        const std::lock_guard lock(mutex_);
        done_.notify_one();
      }
    });
  }

  runtime::Node& node_;
  const std::size_t commands_;
  std::vector<std::string> ids_;
  kernel::Caller caller_;
  std::shared_ptr<const google::protobuf::Message> body_;
  std::atomic<std::size_t> sent_ = 0;
  std::atomic<std::size_t> answered_ = 0;
  std::vector<Clock::time_point> sent_at_;
  std::vector<double> latency_us_;
  std::mutex mutex_;
  std::condition_variable done_;
};

struct Bare {
  double events_per_s = 0;
  double p50_us = 0;
};

/// The rows of one command as the journal writes them (docs/formats/journal.md): record, pointer,
/// command; the state row once per entity and the batch row once per batch. Same sizes, no thought.
Bare bare(std::size_t entities, std::size_t batch, double seconds) {
  TemporaryFolder folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 64 << 20;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder.path().string(), &opened).ok()) std::exit(1);
  const std::unique_ptr<rocksdb::DB> db(opened);
  const std::string record(230, 'r'), state(150, 's'), command(60, 'c'), pointer(8, 'p');
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::vector<double> took;
  std::size_t events = 0;
  const auto start = Clock::now();
  while (seconds_since(start) < seconds) {
    const auto began = Clock::now();
    rocksdb::WriteBatch rows;
    for (std::size_t i = 0; i < batch; ++i, ++events) {
      const auto number = std::to_string(10'000'000'000 + events);
      rows.Put("r" + number, record);
      rows.Put("pcounter/c" + std::to_string(events % entities) + number, pointer);
      rows.Put(
          "ccounter/c" + std::to_string(events % entities) + "bench" + number + number + number,
          command);
    }
    for (std::size_t i = 0; i < std::min(batch, entities); ++i) {
      rows.Put("scounter/c" + std::to_string(i), state);
    }
    rows.Put("b" + std::to_string(events), std::string(48, 'b'));
    if (!db->Write(synced, &rows).ok()) std::exit(1);
    took.push_back(seconds_since(began) * 1e6);
  }
  std::ranges::sort(took);
  return {static_cast<double>(events) / seconds_since(start), took[took.size() / 2]};
}

void measure(std::size_t entities, std::size_t outstanding, std::size_t commands) {
  Bench bench;
  TemporaryFolder folder;
  const auto log = bench.open(folder / "journal");
  auto node = bench.start(log);
  Load(*node, entities, std::min<std::size_t>(entities * 4, 4000)).run(std::min(outstanding, 64ul));
  const auto before = log->stats();
  Load load(*node, entities, commands);
  const auto seconds = load.run(outstanding);
  const auto after = log->stats();
  const auto per_sync = static_cast<double>(after.records - before.records) /
                        static_cast<double>(after.syncs - before.syncs);
  const auto name = std::to_string(entities) + "x" + std::to_string(outstanding);
  const auto peer = bare(entities, static_cast<std::size_t>(std::max(1.0, per_sync + 0.5)), 1.5);
  print(name + "_commands", static_cast<double>(commands) / seconds, "1/s",
        "bare_rocksdb_same_rows", peer.events_per_s);
  print(name + "_p50", load.percentile(0.5), "us", "bare_rocksdb_same_rows", peer.p50_us);
  print(name + "_p99", load.percentile(0.99), "us");
  print(name + "_events_per_sync", per_sync, "events");
}

double resident_kb() {
  std::ifstream status("/proc/self/statm");
  double total = 0, resident = 0;
  status >> total >> resident;
  return resident * 4;
}

void measure_memory() {
  Bench bench;
  TemporaryFolder folder;
  auto node = bench.start(bench.open(folder / "journal"));
  constexpr std::size_t entities = 20'000;
  Load(*node, 100, 20'000).run(1024);
  const auto before = resident_kb();
  Load(*node, entities, entities).run(1024);
  print("memory_per_active_entity", (resident_kb() - before) * 1024 / entities, "bytes");
}

/// Every entity with `events_each` events; the log is closed again.
void fill(const std::filesystem::path& journal, std::size_t entities, std::size_t events_each) {
  Bench bench;
  auto node = bench.start(bench.open(journal));
  Load(*node, entities, entities * events_each).run(1024);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Reads all records and events, and does nothing with them.
std::size_t parse_all(const std::filesystem::path& journal) {
  const auto log = storage::open_rocks_for_reading(journal).value();
  std::size_t parsed = 0;
  Record record;
  (void)log->scan_log(1, [&](const storage::StoredRecord& stored) {
    counter_pb::Added added;
    parsed += record.ParseFromString(stored.bytes) && added.ParseFromString(record.payload());
    return true;
  });
  return parsed;
}

/// `nightshift replay` of a whole kind, in turns with its peer.
void measure_replay() {
  TemporaryFolder folder;
  constexpr std::size_t entities = 1'000, events = 200'000;
  fill(folder / "journal", entities, events / entities);
  auto catalog = std::make_shared<runtime::Catalog>();
  catalog->add(counter_kind());
  std::vector<double> ours_s, peers_s;
  for (int i = 0; i < 5; ++i) {
    auto start = Clock::now();
    const auto replay = runtime::Replay::open(folder / "journal", catalog, UINT64_MAX);
    if (!replay || replay->list("counter", {})->size() != entities) std::exit(1);
    ours_s.push_back(seconds_since(start));
    start = Clock::now();
    if (parse_all(folder / "journal") != events) std::exit(1);
    peers_s.push_back(seconds_since(start));
  }
  print("replay", events / median(ours_s), "events/s", "iterate_and_parse",
        events / median(peers_s));
}

/// From the folder on disk to a durable answer of one entity.
void measure_start(std::size_t entities) {
  TemporaryFolder folder;
  fill(folder / "journal", entities, 5);
  std::vector<double> took_ms;
  for (int i = 0; i < 5; ++i) {
    const auto start = Clock::now();
    Bench bench;
    auto node = bench.start(bench.open(folder / "journal"));
    Load(*node, 1, 1).run(1);
    took_ms.push_back(seconds_since(start) * 1e3);
  }
  print("start_" + std::to_string(entities) + "_entities", median(took_ms), "ms");
}

}  // namespace

/// Arguments name the parts to measure; none means all.
int main(int count, char** arguments) {
  const std::vector<std::string> parts(arguments + 1, arguments + count);
  const auto wanted = [&](std::string_view part) {
    return parts.empty() || std::ranges::find(parts, part) != parts.end();
  };
  if (wanted("commands")) {
    measure(1, 1, 1'000);
    measure(1, 64, 20'000);
    measure(1000, 64, 20'000);
    measure(1000, 1024, 150'000);
  }
  if (wanted("memory")) measure_memory();
  if (wanted("replay")) measure_replay();
  const char* entities = std::getenv("NIGHTSHIFT_BENCH_ENTITIES");
  if (wanted("start")) {
    measure_start(entities == nullptr ? 50'000 : std::strtoull(entities, nullptr, 10));
  }
}
