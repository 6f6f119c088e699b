// Two slots, written in turn, so that a torn write leaves the other one whole.
#include "storage/rocks_kept_head.hpp"

#include <rocksdb/env.h>

#include "storage/audit.hpp"
#include "storage/rocks_store.hpp"

namespace nightshift::storage {
namespace {

// No two slots share a block of the disk.
constexpr std::size_t slot_distance = 4096;
constexpr std::size_t slot_bytes = 512;
constexpr std::size_t check_digits = 16;

std::filesystem::path file_of(const std::filesystem::path& folder) { return folder / "head"; }

std::string check_of(std::string_view text) {
  return to_hex(as_bytes(sha256(text))).substr(0, check_digits);
}

// `TEXT CHECK`, filled up with spaces, and a line feed.
std::string slot_text(const ChainHead& head) {
  auto text = to_text(head);
  const auto check = check_of(text);
  text.append(" ").append(check);
  text.resize(slot_bytes - 1, ' ');
  return text + '\n';
}

std::optional<ChainHead> parse_slot(std::string_view slot) {
  const auto end = slot.find_last_not_of(" \n");
  if (end == std::string_view::npos || end < check_digits + 1) return std::nullopt;
  slot = slot.substr(0, end + 1);
  const auto text = slot.substr(0, slot.size() - check_digits - 1);
  if (slot.substr(slot.size() - check_digits) != check_of(text)) return std::nullopt;
  auto head = parse_head(text);
  if (!head) return std::nullopt;
  return std::move(*head);
}

Result<void> create(rocksdb::Env& env, const std::filesystem::path& folder, const ChainHead& head) {
  auto both = slot_text(head);
  both.resize(slot_distance, ' ');
  both.append(slot_text(head));
  const auto path = file_of(folder);
  const auto fresh = path.string() + ".new";
  auto status = rocksdb::WriteStringToFile(&env, both, fresh, true);
  if (status.ok()) status = env.RenameFile(fresh, path);
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env.NewDirectory(folder, &directory);
  if (status.ok()) status = directory->Fsync();
  if (!status.ok()) return std::unexpected(to_error(status, folder));
  return {};
}

}  // namespace

Result<std::optional<ChainHead>> KeptHead::read(rocksdb::Env& env,
                                                const std::filesystem::path& folder) {
  const auto path = file_of(folder);
  if (env.FileExists(path).IsNotFound()) return std::nullopt;
  std::string bytes;
  if (const auto status = rocksdb::ReadFileToString(&env, path, &bytes); !status.ok())
    return std::unexpected(to_error(status, folder));
  std::optional<ChainHead> newest;
  for (const std::size_t at : {std::size_t{0}, slot_distance}) {
    if (bytes.size() < at + slot_bytes) continue;
    auto head = parse_slot(std::string_view(bytes).substr(at, slot_bytes));
    if (head && (!newest || newest->offset < head->offset)) newest = std::move(head);
  }
  if (newest) return newest;
  return fail(ErrorCode::corrupt,
              path.string() +
                  " is damaged, so it cannot be told whether the journal is whole; "
                  "check it by `audit verify` against a head that was kept elsewhere, then remove "
                  "the file",
              path.string());
}

Result<std::unique_ptr<KeptHead>> KeptHead::open(rocksdb::Env& env,
                                                 const std::filesystem::path& folder,
                                                 const ChainHead& head) {
  const auto path = file_of(folder);
  if (env.FileExists(path).IsNotFound())
    if (auto created = create(env, folder, head); !created) return std::unexpected(created.error());
  std::unique_ptr<rocksdb::RandomRWFile> file;
  if (const auto status = env.NewRandomRWFile(path, &file, {}); !status.ok())
    return std::unexpected(to_error(status, folder));
  std::unique_ptr<KeptHead> kept(new KeptHead(path, std::move(file)));
  // Both slots: whichever held the newest is renewed before the other may be overwritten.
  for (int slot = 0; slot < 2; ++slot) {
    if (auto written = kept->write(head); !written) return std::unexpected(written.error());
    if (auto synced = kept->sync(); !synced) return std::unexpected(synced.error());
  }
  return kept;
}

KeptHead::KeptHead(std::filesystem::path path, std::unique_ptr<rocksdb::RandomRWFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}

KeptHead::~KeptHead() = default;

Result<void> KeptHead::write(const ChainHead& head) {
  const auto status = file_->Write(slot_ * slot_distance, slot_text(head));
  if (!status.ok()) return std::unexpected(to_error(status, path_));
  slot_ = 1 - slot_;
  return {};
}

Result<void> KeptHead::sync() {
  const auto status = file_->Sync();
  if (!status.ok()) return std::unexpected(to_error(status, path_));
  return {};
}

Result<void> check_not_shorter(const ChainHead& head, const ChainHead& kept,
                               const std::filesystem::path& folder) {
  const auto where = folder.string();
  const auto advice = "; restore a backup, or take the newest records from a peer";
  if (head.log_id != kept.log_id)
    return fail(ErrorCode::corrupt,
                "the journal in " + where + " is log " + head.log_id +
                    ", but its file `head` is of " + kept.log_id + advice,
                where);
  if (head.offset < kept.offset)
    return fail(ErrorCode::corrupt,
                "the journal in " + where + " ends with record " + std::to_string(head.offset) +
                    ", but record " + std::to_string(kept.offset) +
                    " was acknowledged: its end is lost" + advice,
                where);
  if (head.offset == kept.offset && head.head != kept.head)
    return fail(ErrorCode::corrupt,
                "the journal in " + where +
                    " is not the one that was written: its head at record " +
                    std::to_string(head.offset) + " differs from the one kept" + advice,
                where);
  return {};
}

}  // namespace nightshift::storage
