// What of a data folder goes into a backup, and how it gets there.
#include "runtime/upkeep/backup.hpp"

#include <algorithm>

#include "runtime/upkeep/staging.hpp"
#include "storage/audit.hpp"
#include "storage/manifest.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::upkeep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view rehearsal_word = "nightshift.rehearsal.v1 ";
constexpr std::string_view passed_word = " passed\n";
constexpr std::string_view failed_word = " failed ";

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto relative = fs::absolute(path).lexically_normal().lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

Result<void> check_target(const DataFolder& folder, const fs::path& target) {
  if (!lies_in(target, folder.root())) return {};
  return fail(ErrorCode::invalid,
              target.string() + " lies in the data folder that is to be saved; name a folder " +
                  "outside of it, best on another disk",
              target.string());
}

// Not in it: tokens, and the key that opens the secrets (docs/operations.md, "Backups").
bool is_saved(const fs::path& relative) {
  const auto name = relative.generic_string();
  const auto extension = relative.extension();
  if (name.starts_with("approvers/")) return extension == ".key" || extension == ".pub";
  return name == "secrets/sealed";
}

Result<void> save_small_files(const DataFolder& folder, const fs::path& target) {
  for (const auto* part : {"approvers", "secrets"}) {
    std::error_code error;
    for (fs::directory_iterator it(folder.root() / part, error), end; !error && it != end;
         it.increment(error)) {
      const auto relative = it->path().lexically_relative(folder.root());
      if (!is_saved(relative)) continue;
      const auto copied = copy_synced(it->path(), target / relative);
      if (!copied) return std::unexpected(copied.error());
    }
    if (error && error != std::errc::no_such_file_or_directory)
      return fail(ErrorCode::io,
                  (folder.root() / part).string() + " cannot be read: " + error.message(),
                  folder.root().string());
  }
  return {};
}

// A journal that nobody writes to, file by file.
Result<storage::ChainHead> copy_journal(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (fs::directory_iterator it(from, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name == "LOCK" || name == "reserve" || name.starts_with("LOG")) continue;
    if (const auto copied = copy_synced(it->path(), to / name); !copied)
      return std::unexpected(copied.error());
  }
  if (error)
    return fail(ErrorCode::io, from.string() + " cannot be read: " + error.message(),
                from.string());
  const auto log = storage::open_rocks_for_reading(to);
  if (!log) return std::unexpected(log.error());
  return (*log)->head();
}

Backup view_of(const fs::path& path, const storage::Manifest& manifest) {
  return {.path = path,
          .node = manifest.node,
          .made_at = manifest.made_at,
          .head = storage::to_text(manifest.head),
          .log_id = manifest.head.log_id,
          .offset = manifest.head.offset,
          .files = manifest.files.size(),
          .bytes = manifest.bytes(),
          .rehearsal = std::nullopt};
}

using CopyJournal = std::function<Result<storage::ChainHead>(const fs::path& to)>;

Result<Backup> save(const DataFolder& folder, const std::string& node, const fs::path& target,
                    Time now, const CopyJournal& copy) {
  if (auto fits = check_target(folder, target); !fits) return std::unexpected(fits.error());
  auto staging = Staging::begin(target);
  if (!staging) return std::unexpected(staging.error());
  storage::Manifest manifest{.node = node, .made_at = now, .head = {}, .files = {}};
  auto head = copy(staging->path() / "journal");
  if (!head) return std::unexpected(head.error());
  manifest.head = std::move(*head);
  if (auto saved = save_small_files(folder, staging->path()); !saved)
    return std::unexpected(saved.error());
  auto files = storage::list_files(staging->path());
  if (!files) return std::unexpected(files.error());
  manifest.files = std::move(*files);
  const auto file = staging->path() / storage::manifest_name;
  if (auto written = write_private_file(file, storage::to_text(manifest)); !written)
    return std::unexpected(written.error());
  if (auto finished = staging->finish(); !finished) return std::unexpected(finished.error());
  return view_of(target, manifest);
}

std::optional<Rehearsal> read_rehearsal(const fs::path& backup) {
  const auto text = read_small_file(backup / storage::rehearsal_name);
  if (!text || !text->starts_with(rehearsal_word)) return std::nullopt;
  auto rest = std::string_view(*text).substr(rehearsal_word.size());
  const auto at = from_rfc3339(rest.substr(0, rest.find(' ')));
  if (!at) return std::nullopt;
  rest.remove_prefix(rest.find(' '));
  if (rest == passed_word) return Rehearsal{*at, {}};
  if (!rest.starts_with(failed_word)) return std::nullopt;
  rest.remove_prefix(failed_word.size());
  return Rehearsal{*at, std::string(rest.substr(0, rest.find('\n')))};
}

}  // namespace

Result<Backup> make_backup(const DataFolder& folder, const storage::FileLog& log,
                           const fs::path& target, Time now) {
  return save(folder, log.identity().node(), target, now,
              [&](const auto& to) { return log.checkpoint(to); });
}

Result<Backup> make_backup_offline(const DataFolder& folder, const fs::path& target, Time now) {
  if (!folder.initialised())
    return fail(ErrorCode::not_found,
                folder.root().string() + " holds no journal: name the data folder with --data",
                folder.root().string());
  const auto lock = FolderLock::take(folder);
  if (!lock) return std::unexpected(lock.error());
  const auto log = storage::open_rocks_for_reading(folder.journal());
  if (!log) return std::unexpected(log.error());
  return save(folder, (*log)->identity().node(), target, now,
              [&](const auto& to) { return copy_journal(folder.journal(), to); });
}

Result<Backup> read_backup(const fs::path& path) {
  const auto text = read_small_file(path / storage::manifest_name);
  if (!text && text.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, path.string() + " is no backup: it has no manifest",
                path.string());
  if (!text) return std::unexpected(text.error());
  const auto manifest = storage::parse_manifest(*text);
  if (!manifest)
    return fail(ErrorCode::corrupt, path.string() + ": " + std::string(manifest.error().message()),
                path.string());
  auto backup = view_of(path, *manifest);
  backup.rehearsal = read_rehearsal(path);
  return backup;
}

std::vector<Backup> list_backups(const fs::path& folder) {
  std::vector<Backup> all;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().string().ends_with(partial_suffix)) continue;
    if (auto backup = read_backup(it->path())) all.push_back(std::move(*backup));
  }
  std::ranges::sort(all, std::greater(), &Backup::made_at);
  return all;
}

Result<void> write_rehearsal(const fs::path& backup, const Rehearsal& rehearsal) {
  std::string text(rehearsal_word);
  text += to_rfc3339(rehearsal.at);
  auto error = rehearsal.error;
  std::ranges::replace(error, '\n', ' ');
  text += error.empty() ? std::string(passed_word) : std::string(failed_word) + error + "\n";
  return write_private_file(backup / storage::rehearsal_name, text);
}

}  // namespace nightshift::runtime::upkeep
