// The files beside the database, and copies of both.
#include "storage/rocks_folder.hpp"

#include <charconv>

#include <rocksdb/env.h>

#include "storage/chain.hpp"
#include "storage/format.hpp"
#include "storage/rocks.hpp"
#include "storage/rocks_kept_head.hpp"
#include "storage/rocks_store.hpp"

namespace nightshift::storage {
namespace {

constexpr std::string_view format_word = "nightshift journal ";

std::filesystem::path format_file(const std::filesystem::path& folder) { return folder / "format"; }

}  // namespace

Error io_error(const rocksdb::Status& status, const std::filesystem::path& path) {
  auto error = to_error(status, path);
  if (error.code == ErrorCode::corrupt) error.code = ErrorCode::io;
  return error;
}

Result<std::optional<std::uint64_t>> claimed_version(rocksdb::Env& env,
                                                     const std::filesystem::path& folder) {
  const auto path = format_file(folder);
  if (env.FileExists(path).IsNotFound()) return std::nullopt;
  std::string text;
  if (const auto read = rocksdb::ReadFileToString(&env, path, &text); !read.ok())
    return std::unexpected(io_error(read, folder));
  std::uint64_t version = 0;
  if (text.ends_with('\n')) text.pop_back();
  if (text.starts_with(format_word)) {
    const auto* first = text.data() + format_word.size();
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, version);
    if (error != std::errc() || end != last) version = 0;
  }
  if (version == 0)
    return fail(ErrorCode::corrupt,
                path.string() + " does not say which format the journal has; restore a backup",
                path.string());
  if (version > format_version)
    return fail(ErrorCode::newer_version,
                "the journal in " + folder.string() + " has format " + std::to_string(version) +
                    ", this program knows " + std::to_string(format_version) +
                    "; use a newer program",
                folder.string());
  return version;
}

Result<void> claim_version(rocksdb::Env& env, const std::filesystem::path& folder) {
  const auto path = format_file(folder);
  const auto fresh = path.string() + ".new";
  const auto text = std::string(format_word) + std::to_string(format_version) + "\n";
  auto status = rocksdb::WriteStringToFile(&env, text, fresh, true);
  if (status.ok()) status = env.RenameFile(fresh, path);
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env.NewDirectory(folder, &directory);
  if (status.ok()) status = directory->Fsync();
  if (!status.ok()) return std::unexpected(io_error(status, folder));
  return {};
}

Result<void> check_kept(const Store& store, const LogStart& start,
                        const std::optional<ChainHead>& kept, const std::filesystem::path& folder) {
  if (!kept) return {};
  if (auto longer = check_not_shorter(start.head, *kept, folder); !longer) return longer;
  if (kept->offset == 0 || kept->offset == start.head.offset) return {};
  ChainHead at = *kept;
  at.head = {};
  auto scanned = Reader(store).scan_batches(kept->offset, [&](const Batch& batch) {
    if (batch.first_offset + batch.count - 1 == kept->offset) at.head = batch.head;
    return false;
  });
  if (!scanned) return scanned;
  // Right after a restore the newest head is the restore's own.
  if (const auto& restored = start.lineage.restorations; !restored.empty()) {
    Restoration newest;
    newest.ParseFromString(restored.back());
    if (newest.offset() == kept->offset) at.head = restored_head(restored.back());
  }
  return check_not_shorter(at, *kept, folder);
}

Result<ChainHead> copy_log(const RocksStore& store, rocksdb::Env& env,
                           const std::filesystem::path& path) {
  if (auto copied = store.checkpoint(path); !copied) return std::unexpected(copied.error());
  // The copy says what it holds: batches may have become durable while it was made.
  const auto copy = RocksStore::open_for_reading(path);
  if (!copy) return std::unexpected(copy.error());
  auto start = Reader(**copy).start();
  if (!start) return std::unexpected(start.error());
  if (!*start)
    return fail(ErrorCode::corrupt, "the copy of the journal in " + path.string() + " is empty",
                path.string());
  if (auto kept = KeptHead::open(env, path, (*start)->head); !kept)
    return std::unexpected(kept.error());
  if (auto claimed = claim_version(env, path); !claimed) return std::unexpected(claimed.error());
  return std::move((*start)->head);
}

Result<ChainHead> take_up_again(const std::filesystem::path& path, const std::string& log_id,
                                std::string_view signing_key, Time now, const RenewEffect& renew) {
  auto& env = *rocksdb::Env::Default();
  RocksStoreOptions options;
  options.path = path;
  const auto store = RocksStore::open(options);
  if (!store) return std::unexpected(store.error());
  const auto found = Reader(**store).start();
  if (!found) return std::unexpected(found.error());
  if (!*found)
    return fail(ErrorCode::not_found, "there is no journal in " + path.string(), path.string());
  const auto& head = (*found)->head;
  Restoration restoration;
  restoration.set_log_id(log_id);
  restoration.set_offset(head.offset);
  restoration.set_head(std::string(as_bytes(head.head)));
  restoration.set_restored_at_us(to_us(std::max(now, head.written_at)));
  restoration.set_signing_key(std::string(signing_key));
  Restorations all;
  for (const auto& stored : (*found)->lineage.restorations) all.add_stored(stored);
  all.add_stored(restoration.SerializeAsString());
  const auto rows = (*store)->new_batch();
  rows->put(meta_key("restorations"), {all.SerializeAsString()});
  WorkKey first;
  const auto renewed = Reader(**store).scan_work(first.kind, first, [&](const WorkRow& row) {
    if (renew) rows->put(work_key(row.key), {renew(row)});
    return true;
  });
  if (!renewed) return std::unexpected(renewed.error());
  if (auto written = (*store)->write(*rows); !written) return std::unexpected(written.error());
  auto start = Reader(**store).start();
  if (!start) return std::unexpected(start.error());
  // The file `head` of the copy is of the log that was.
  if (auto kept = KeptHead::open(env, path, (*start)->head); !kept)
    return std::unexpected(kept.error());
  return std::move((*start)->head);
}

}  // namespace nightshift::storage
