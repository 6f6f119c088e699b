// RocksDB under the seam of rows.
#include "storage/rocks_store.hpp"

#include <limits>

#include <rocksdb/perf_level.h>
#include <rocksdb/utilities/checkpoint.h>

#include "storage/rocks_batch.hpp"
#include "storage/rocks_manifest.hpp"
#include "storage/rocks_options.hpp"

namespace nightshift::storage {
namespace {

constexpr const char* entities_family = "entities";
constexpr int reading_attempts_max = 100;

// In the order in which `DB::Open` hands the families back.
std::vector<rocksdb::ColumnFamilyDescriptor> families() {
  return {{rocksdb::kDefaultColumnFamilyName, log_options()}, {entities_family, entity_options()}};
}

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Which manifest is the present one, and how far it is written: unchanged means that no file came
// or went.
Result<std::string> manifest_state(const std::filesystem::path& path) {
  auto* env = rocksdb::Env::Default();
  std::string current;
  if (const auto read = rocksdb::ReadFileToString(env, path / "CURRENT", &current); !read.ok())
    return std::unexpected(to_error(read, path));
  while (current.ends_with('\n')) current.pop_back();
  std::uint64_t size = 0;
  if (const auto read = env->GetFileSize(path / current, &size); !read.ok())
    return std::unexpected(to_error(read, path));
  return current + " " + std::to_string(size);
}

}  // namespace

Error to_error(const rocksdb::Status& status, const std::filesystem::path& path) {
  const auto where = path.string();
  const auto said = " (RocksDB: " + status.ToString() + ")";
  // RocksDB says incomplete of a write that waits for tables which it cannot write.
  const bool waits = status.IsIncomplete();
  if (status.IsNoSpace() || (waits && said.find("No space") != std::string::npos))
    return {ErrorCode::no_space, "no space left for the journal in " + where + said, where};
  if (status.IsIOError() && status.ToString().find("LOCK") != std::string::npos)
    return {ErrorCode::locked,
            "another process uses the journal in " + where + "; stop it first" + said, where};
  if (status.IsIOError() || waits)
    return {ErrorCode::io,
            "the journal in " + where +
                " cannot be read or written; check the disk, the path and "
                "its permissions" +
                said,
            where};
  return {ErrorCode::corrupt,
          "the journal in " + where +
              " is damaged; restore a backup, and keep the damaged folder "
              "until everything is found again" +
              said,
          where};
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(const RocksStoreOptions& options) {
  std::unique_ptr<RocksStore> store(new RocksStore(options, true));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto settings = database_options(options.env, options.create, options.write_buffer_bytes);
  auto opened = rocksdb::DB::Open(settings, options.path, families(), &handles, &db);
  if (opened.IsCorruption() && opened.ToString().contains("/MANIFEST-")) {
    // A power cut may have torn the record that was being written. Had the disk ever had all of it,
    // files that it made dispensable may be gone: then RocksDB misses them, or we miss the head.
    if (auto shorter = ShorterManifest::make(*settings.env, options.path)) {
      const auto again = rocksdb::DB::Open(settings, options.path, families(), &handles, &db);
      again.ok() ? shorter->keep() : shorter->put_back();
      if (again.ok()) opened = again;
    }
  }
  if (!opened.ok()) return std::unexpected(to_error(opened, options.path));
  store->db_.reset(db);
  store->log_ = handles[0];
  store->entities_ = handles[1];
  return store;
}

Result<std::unique_ptr<RocksStore>> RocksStore::open_for_reading(
    const std::filesystem::path& path) {
  RocksStoreOptions ours;
  ours.path = path;
  auto options = database_options(ours.env, false, ours.write_buffer_bytes);
  // Every file is held open, so that none can vanish while it is read.
  options.max_open_files = -1;
  std::optional<Error> error;
  for (int attempt = 0; attempt < reading_attempts_max; ++attempt) {
    const auto before = manifest_state(path);
    if (!before) return std::unexpected(before.error());
    std::unique_ptr<RocksStore> store(new RocksStore(ours, false));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const auto opened = rocksdb::DB::OpenForReadOnly(options, path, families(), &handles, &db);
    const auto after = manifest_state(path);
    if (opened.ok()) {
      store->db_.reset(db);
      store->log_ = handles[0];
      store->entities_ = handles[1];
      if (after && *after == *before) return store;
      error = Error{ErrorCode::unavailable,
                    "the journal in " + path.string() +
                        " changes too fast to be opened beside "
                        "its node; try again",
                    path.string()};
    } else {
      error = to_error(opened, path);
      // Nothing moved meanwhile: the error is not the race's.
      if (after && *after == *before) break;
    }
  }
  return std::unexpected(*error);
}

RocksStore::~RocksStore() {
  if (!db_) return;
  if (writable_) flush_at_end();
  db_->DestroyColumnFamilyHandle(log_).PermitUncheckedError();
  db_->DestroyColumnFamilyHandle(entities_).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

// What is not flushed is in the WAL. There is no waiting for a compaction to make way first: on a
// full disk none would, for ever.
void RocksStore::flush_at_end() {
  std::uint64_t bytes = 0;
  (void)db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes);
  std::error_code unknown;
  const auto room = std::filesystem::space(db_->GetName(), unknown);
  if (!unknown && room.available < bytes) return;
  rocksdb::FlushOptions at_once;
  at_once.allow_write_stall = true;
  db_->Flush(at_once, {log_, entities_}).PermitUncheckedError();
}

Result<void> RocksStore::checkpoint(const std::filesystem::path& path) const {
  rocksdb::Checkpoint* made = nullptr;
  const auto begun = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (!begun.ok()) return std::unexpected(to_error(begun, path));
  // The WAL is copied instead of being flushed: the node goes on writing undisturbed.
  const auto done = checkpoint->CreateCheckpoint(path, std::numeric_limits<std::uint64_t>::max());
  if (!done.ok()) return std::unexpected(to_error(done, path));
  return {};
}

rocksdb::ColumnFamilyHandle* RocksStore::family_of(std::string_view key) const {
  return is_log_row(key) ? log_ : entities_;
}

std::unique_ptr<rocksdb::Iterator> RocksStore::iterate(const rocksdb::Slice& from,
                                                       const rocksdb::Slice& until) const {
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &from;
  options.iterate_upper_bound = &until;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family_of(view(from))));
}

Result<std::optional<std::string>> RocksStore::get(std::string_view key) const {
  std::string value;
  const auto got = db_->Get({}, family_of(key), key, &value);
  if (got.IsNotFound()) return std::nullopt;
  if (!got.ok()) return std::unexpected(to_error(got, options_.path));
  return value;
}

Result<void> RocksStore::scan(const KeyRange& range, const RowVisitor& visit) const {
  const rocksdb::Slice from(range.from);
  const rocksdb::Slice until(range.until);
  const auto rows = iterate(from, until);
  for (rows->Seek(from); rows->Valid(); rows->Next())
    if (!visit(view(rows->key()), view(rows->value()))) return {};
  if (!rows->status().ok()) return std::unexpected(to_error(rows->status(), options_.path));
  return {};
}

Result<std::optional<std::pair<std::string, std::string>>> RocksStore::last(
    const KeyRange& range) const {
  const rocksdb::Slice from(range.from);
  const rocksdb::Slice until(range.until);
  const auto rows = iterate(from, until);
  rows->SeekToLast();
  if (!rows->status().ok()) return std::unexpected(to_error(rows->status(), options_.path));
  if (!rows->Valid()) return std::nullopt;
  return std::pair(rows->key().ToString(), rows->value().ToString());
}

std::unique_ptr<RowBatch> RocksStore::new_batch() const {
  return std::make_unique<RocksBatch>(log_, entities_);
}

Result<void> RocksStore::write(RowBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = options_.sync;
  // Per thread, and on by default: a tenth of the time of an insertion.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  const auto written = db_->Write(options, &static_cast<RocksBatch&>(batch).finish());
  if (!written.ok()) return std::unexpected(to_error(written, options_.path));
  return {};
}

}  // namespace nightshift::storage
