// Backup, restore and verification of many events, beside copying and hashing the same bytes.
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/restore.hpp"
#include "runtime/upkeep/staging.hpp"
#include "storage/export.hpp"
#include "storage/manifest.hpp"
#include "storage/rocks.hpp"
#include "storage/verify.hpp"

namespace {

using namespace nightshift;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;
namespace upkeep = runtime::upkeep;

constexpr std::uint64_t events_by_default = 300'000;
constexpr std::size_t entities = 10'000;
constexpr std::size_t outstanding_max = 512;
constexpr std::size_t payload_bytes = 250;

[[noreturn]] void give_up(std::string_view what) {
  std::fprintf(stderr, "upkeep_bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

template <class Value>
Value must(Result<Value> result) {
  if (!result) give_up(result.error().message());
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

void print(const char* name, double value, const char* unit, const char* peer, double its_value) {
  std::printf("upkeep/%s\t%.1f\t%s\t%s\t%.1f\n", name, value, unit, peer, its_value);
  std::fflush(stdout);
}

template <class Work>
double seconds_of(Work work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Time now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Of the working directory's disk, gone at the end.
struct Folder {
  Folder() : path(fs::absolute("build/upkeep-bench-" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  const fs::path path;
};

/// Fills a log with events as entities have them.
class Filler {
 public:
  explicit Filler(storage::EventLog& log) : log_(log), held_(entities) {
    payload_ = random_bytes(payload_bytes);
  }

  void run(std::uint64_t events) {
    for (std::size_t i = 0; i < entities; ++i) {
      begin();
      held_[i].entity = {"meter", "m" + std::to_string(i)};
      log_.open(held_[i].entity, [this, i](Result<storage::Opened> opened) {
        held_[i].epoch = must(std::move(opened)).epoch;
        end();
      });
    }
    wait();
    for (std::uint64_t i = 0; i < events; ++i) {
      begin();
      log_.submit(append_to(held_[i % entities]), [this](Result<storage::Committed> done) {
        must(std::move(done));
        end();
      });
    }
    wait();
  }

 private:
  struct Held {
    EntityRef entity;
    std::uint64_t sequence = 0;
    std::uint64_t epoch = 0;
  };

  storage::Append append_to(Held& held) {
    Record record;
    record.set_event_id("0123456789abcdef");
    record.set_kind(held.entity.kind);
    record.set_entity(held.entity.id);
    record.set_type("Recorded");
    record.set_payload(payload_);
    storage::Append append;
    append.entity = held.entity;
    append.expected = held.sequence;
    append.epoch = held.epoch;
    record.set_sequence(++held.sequence);
    StateRow state;
    state.set_sequence(held.sequence);
    state.set_body(payload_);
    append.state = state.SerializeAsString();
    storage::NewRecord made{record.SerializeAsString(), {}, {}};
    made.leaf = storage::leaf_of(made.salt, made.bytes);
    append.records.push_back(std::move(made));
    return append;
  }

  void begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return outstanding_ < outstanding_max; });
    ++outstanding_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --outstanding_;
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return outstanding_ == 0; });
  }

  storage::EventLog& log_;
  std::vector<Held> held_;
  std::string payload_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t outstanding_ = 0;
};

/// What `cp` and a sync would take.
double copy_whole(const fs::path& from, const fs::path& to) {
  return seconds_of([&] {
    for (const auto& entry : fs::recursive_directory_iterator(from))
      if (entry.is_regular_file())
        must(upkeep::copy_synced(entry.path(), to / entry.path().lexically_relative(from)));
  });
}

void measure(std::uint64_t events) {
  const Folder folder;
  const runtime::DataFolder data(folder.path / "data");
  must(data.create());
  storage::RocksOptions options;
  options.path = data.journal();
  options.identity.emplace().set_log_id("000102030405060708090a0b0c0d0e0f");
  options.now = now;
  auto log = must(storage::open_rocks(std::move(options)));
  std::fprintf(stderr, "upkeep: writing %llu events\n", static_cast<unsigned long long>(events));
  Filler(*log).run(events);

  const auto saved = folder.path / "saved";
  upkeep::Backup backup;
  const auto backup_s =
      seconds_of([&] { backup = must(upkeep::make_backup(data, *log, saved, now())); });
  const auto copy_s = copy_whole(saved, folder.path / "copied");
  print("backup", backup_s, "s", "copying the same bytes", copy_s);
  const auto restore_s =
      seconds_of([&] { must(upkeep::restore_backup(saved, folder.path / "restored", now())); });
  print("restore, verified", restore_s, "s", "copying the same bytes", copy_s);
  std::fprintf(stderr, "upkeep: the backup has %.0f MB\n", static_cast<double>(backup.bytes) / 1e6);

  const auto head = storage::to_text(log->head());
  const auto check = [&](const fs::path& path) {
    const auto verified = must(storage::verify_path(path, head));
    if (!verified.report.findings.empty()) give_up(verified.report.findings.front().what);
  };
  const auto count = static_cast<double>(events);
  const auto file = folder.path / "export";
  {
    std::ofstream out(file, std::ios::binary);
    must(storage::write_export(*log, out));
  }
  const auto hash_s = seconds_of([&] { must(storage::digest_file(file)); });
  const auto export_s = seconds_of([&] { check(file); });
  print("verify an export", count / export_s, "events/s", "hashing the same bytes", count / hash_s);
  const auto journal_s = seconds_of([&] { check(data.journal()); });
  print("verify a journal", count / journal_s, "events/s", "hashing the same bytes",
        count / hash_s);
}

}  // namespace

int main() {
  const char* said = std::getenv("NIGHTSHIFT_BENCH_EVENTS");
  measure(said == nullptr ? events_by_default : std::strtoull(said, nullptr, 10));
}
