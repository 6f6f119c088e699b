// Opens the journal on files: version, lock, recovery, checks.
#include "storage/rocks.hpp"

#include <limits>

#include <rocksdb/env.h>

#include "storage/format.hpp"
#include "storage/reserve.hpp"
#include "storage/rocks_folder.hpp"
#include "storage/rocks_kept_head.hpp"
#include "storage/rocks_log.hpp"
#include "storage/rocks_store.hpp"

namespace nightshift::storage {
namespace {

Error absent(const std::filesystem::path& folder) {
  return {ErrorCode::not_found,
          "there is no journal in " + folder.string() + "; initialise the data folder first",
          folder.string()};
}

std::uint64_t free_bytes(rocksdb::Env& env, const std::filesystem::path& folder) {
  std::uint64_t free = 0;
  if (!env.GetFreeSpace(folder, &free).ok()) return std::numeric_limits<std::uint64_t>::max();
  return free;
}

// The opening of a log for writing, step by step.
class Opening {
 public:
  explicit Opening(RocksOptions options)
      : options_(std::move(options)),
        env_(options_.env ? *options_.env : *rocksdb::Env::Default()) {}

  Result<std::unique_ptr<FileLog>> run() {
    for (const auto step : {&Opening::look, &Opening::open_store, &Opening::prepare_rows,
                            &Opening::check, &Opening::finish_files})
      if (auto done = (this->*step)(); !done) return std::unexpected(done.error());
    auto start = start_log(*store_);
    if (!start) return std::unexpected(start.error());
    return std::make_unique<RocksLog>(files(), std::move(*start), std::move(options_.now),
                                      options_.reserve_bytes, std::move(options_.failed));
  }

 private:
  Result<void> look() {
    auto version = claimed_version(env_, options_.path);
    if (!version) return std::unexpected(version.error());
    made_ = version->has_value();
    if (!made_ && !options_.identity) return std::unexpected(absent(options_.path));
    auto kept = KeptHead::read(env_, options_.path);
    if (!kept) return std::unexpected(kept.error());
    kept_ = std::move(*kept);
    if (const auto folder = env_.CreateDirIfMissing(options_.path); !folder.ok())
      return std::unexpected(io_error(folder, options_.path));
    if (!options_.env)
      arrange_reserve(options_.path, free_bytes(env_, options_.path), options_.reserve_bytes);
    return {};
  }

  Result<void> open_store() {
    // A log that was once made is never made anew over what is left of it.
    auto store = RocksStore::open(
        {options_.path, &env_, !made_ && !kept_, options_.sync, options_.write_buffer_bytes});
    if (!store) return std::unexpected(store.error());
    store_ = std::move(*store);
    return {};
  }

  Result<void> prepare_rows() {
    auto start = Reader(*store_).start();
    if (!start) return std::unexpected(start.error());
    if (!*start && (made_ || kept_))
      return fail(ErrorCode::corrupt,
                  "the journal in " + options_.path.string() +
                      " has lost its identity; "
                      "restore a backup",
                  options_.path.string());
    if (!*start)
      if (auto created = create_log(*store_, *options_.identity); !created) return created;
    return migrate(*store_, format_version, migrations());
  }

  Result<void> check() {
    auto start = Reader(*store_).start();
    if (!start) return std::unexpected(start.error());
    head_ = (*start)->head;
    return check_kept(*store_, **start, kept_, options_.path);
  }

  Result<void> finish_files() {
    auto head_file = KeptHead::open(env_, options_.path, head_);
    if (!head_file) return std::unexpected(head_file.error());
    head_file_ = std::move(*head_file);
    if (made_) return {};
    return claim_version(env_, options_.path);
  }

  LogFiles files() {
    std::shared_ptr<KeptHead> kept = std::move(head_file_);
    const auto& store = *store_;
    return {std::move(store_),
            [&env = env_, path = options_.path] { return free_bytes(env, path); },
            [kept](const ChainHead& head) { return kept->write(head); },
            [&env = env_, &store](const auto& path) { return copy_log(store, env, path); }};
  }

  RocksOptions options_;
  rocksdb::Env& env_;
  bool made_ = false;
  std::optional<ChainHead> kept_;
  std::unique_ptr<RocksStore> store_;
  ChainHead head_;
  std::unique_ptr<KeptHead> head_file_;
};

// A log whose writing half refuses.
class ReadOnlyLog final : private OwnedFiles, public ReadableLog<EventLog> {
 public:
  ReadOnlyLog(std::unique_ptr<Store> store, const LogStart& start)
      : OwnedFiles{{std::move(store), {}, {}, {}}}, ReadableLog(*files.store, start) {}

  void open(const EntityRef&, OpenCompletion done) override { done(refused()); }
  void submit(Append, Completion done) override { done(refused()); }
  void close(const EntityRef&, std::uint64_t) override {}
  void rederive(Rederivation, Completion done) override { done(refused()); }
  LogStats stats() const override { return {}; }

 private:
  static std::unexpected<Error> refused() {
    return fail(ErrorCode::unavailable, "this journal was opened for reading only");
  }
};

}  // namespace

Result<std::unique_ptr<FileLog>> open_rocks(RocksOptions options) {
  return Opening(std::move(options)).run();
}

Result<std::unique_ptr<EventLog>> open_rocks_for_reading(const std::filesystem::path& path) {
  auto& env = *rocksdb::Env::Default();
  auto version = claimed_version(env, path);
  if (!version) return std::unexpected(version.error());
  if (!*version) return std::unexpected(absent(path));
  // Before the log: a running node moves both on.
  auto kept = KeptHead::read(env, path);
  if (!kept) return std::unexpected(kept.error());
  auto store = RocksStore::open_for_reading(path);
  if (!store) return std::unexpected(store.error());
  auto start = Reader(**store).start();
  if (!start) return std::unexpected(start.error());
  if (!*start) return std::unexpected(absent(path));
  if (auto whole = check_kept(**store, **start, *kept, path); !whole)
    return std::unexpected(whole.error());
  return std::make_unique<ReadOnlyLog>(std::move(*store), **start);
}

}  // namespace nightshift::storage
