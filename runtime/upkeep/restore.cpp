// Copies, compares, recomputes, and only then puts into place.
#include "runtime/upkeep/restore.hpp"

#include <algorithm>
#include <set>

#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/staging.hpp"
#include "storage/audit.hpp"
#include "storage/manifest.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::upkeep {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> damaged(const fs::path& backup, const std::string& what) {
  return fail(
      ErrorCode::corrupt,
      "the backup " + backup.string() + " is not what was saved: " + what + "; restore another one",
      backup.string());
}

// Only what the manifest names: whatever else lies there is nobody's.
Result<void> copy_files(const fs::path& from, const fs::path& to,
                        const storage::Manifest& manifest) {
  for (const auto& file : manifest.files) {
    const auto digest = copy_synced(from / file.path, to / file.path);
    if (!digest && !fs::exists(from / file.path)) return damaged(from, file.path + " is missing");
    if (!digest) return std::unexpected(digest.error());
    if (*digest != file.digest) return damaged(from, file.path + " has another digest");
  }
  return {};
}

// Before the copy is touched: the chain as it was saved.
Result<std::uint64_t> check_journal(const fs::path& from, const fs::path& journal,
                                    const storage::Manifest& manifest) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  const auto report = storage::verify(**log, manifest.head);
  if (!report) return std::unexpected(report.error());
  if (!report->findings.empty())
    return damaged(from, "its journal, at offset " +
                             std::to_string(report->findings.front().offset) + ": " +
                             report->findings.front().what);
  if (report->head.offset != manifest.head.offset)
    return damaged(from, "its journal ends with another record than its manifest says");
  return report->records;
}

// What was open may have been done since, and must not be done again unseen: the node takes it for
// dispatched, with an end that is not known.
storage::RenewEffect doubting(Time since, std::set<std::string>& entities) {
  return [since, &entities](const storage::WorkRow& row) {
    entities.insert(to_string(row.key.entity));
    WorkValue value;
    value.ParseFromString(row.value);
    value.set_doubtful_since_us(to_us(since));
    return value.SerializeAsString();
  };
}

}  // namespace

Result<Restored> restore_backup(const fs::path& from, const fs::path& to, Time now) {
  auto backup = read_backup(from);
  if (!backup) return std::unexpected(backup.error());
  const auto text = read_small_file(from / storage::manifest_name);
  if (!text) return std::unexpected(text.error());
  const auto manifest = storage::parse_manifest(*text);
  if (!manifest) return std::unexpected(manifest.error());
  auto staging = Staging::begin(to);
  if (!staging) return std::unexpected(staging.error());
  const DataFolder data(staging->path());
  if (auto made = data.create(); !made) return std::unexpected(made.error());
  if (auto copied = copy_files(from, data.root(), *manifest); !copied)
    return std::unexpected(copied.error());
  const auto records = check_journal(from, data.journal(), *manifest);
  if (!records) return std::unexpected(records.error());
  const auto key = data.ensure_node_key();
  if (!key) return std::unexpected(key.error());
  Restored restored{.backup = std::move(*backup),
                    .data = fs::absolute(to).lexically_normal(),
                    .log_id = to_hex(random_bytes(16)),
                    .head = {},
                    .records = *records,
                    .doubtful = {},
                    .has_secrets = fs::exists(data.secrets() / "sealed")};
  std::set<std::string> doubtful;
  // Later than all that the backup holds, and not later than anything that it does not.
  const auto since =
      std::max(manifest->made_at, manifest->head.written_at) + std::chrono::microseconds(1);
  const auto head = storage::take_up_again(data.journal(), restored.log_id, key->public_key(), now,
                                           doubting(since, doubtful));
  if (!head) return std::unexpected(head.error());
  restored.head = storage::to_text(*head);
  restored.doubtful.assign(doubtful.begin(), doubtful.end());
  if (auto finished = staging->finish(); !finished) return std::unexpected(finished.error());
  return restored;
}

}  // namespace nightshift::runtime::upkeep
