// Finds out what it is, and has it checked.
#include "storage/verify.hpp"

#include <fstream>
#include <sstream>

#include "storage/export.hpp"
#include "storage/frames.hpp"
#include "storage/manifest.hpp"
#include "storage/rocks.hpp"

namespace nightshift::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_bytes = 1 << 20;

Result<AuditReport> verify_journal(const fs::path& journal, const std::optional<SavedHead>& kept) {
  const auto log = open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  return verify(**log, kept);
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

Result<AuditReport> verify_backup(const fs::path& backup, const std::optional<SavedHead>& kept) {
  const auto manifest = parse_manifest(text_of(backup / manifest_name));
  if (!manifest) return std::unexpected(manifest.error());
  const auto files = list_files(backup);
  if (!files) return std::unexpected(files.error());
  auto report = verify_journal(backup / "journal", kept);
  if (!report) return report;
  const auto& head = manifest->head;
  if (report->head.offset != head.offset || report->head.head != head.head)
    report->findings.push_back({head.offset, "the journal does not end as the manifest says"});
  for (auto& difference : differences(*manifest, *files))
    report->findings.push_back({0, std::move(difference)});
  return report;
}

std::optional<std::ifstream> open_export(const fs::path& path, std::string& buffer) {
  std::ifstream file;
  file.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  file.open(path, std::ios::binary);
  std::string front(export_magic.size(), '\0');
  if (!file.read(front.data(), static_cast<std::streamsize>(front.size())) || !is_export(front))
    return std::nullopt;
  file.seekg(0);
  return file;
}

}  // namespace

Result<fs::path> find_journal(const fs::path& path) {
  std::error_code ignored;
  for (const auto& candidate : {path / "journal", path})
    if (fs::exists(candidate / "CURRENT", ignored)) return candidate;
  return fail(ErrorCode::not_found,
              path.string() +
                  " holds no journal: name a data folder that a node has run on, a backup, or "
                  "the journal folder in it",
              path.string());
}

Result<Verified> verify_path(const fs::path& path, const std::optional<std::string>& text) {
  std::optional<SavedHead> kept;
  if (text) {
    auto head = parse_saved_head(*text);
    if (!head) return std::unexpected(head.error());
    kept = std::move(*head);
  }
  const auto verified = [](Evidence what, Result<AuditReport> report) -> Result<Verified> {
    if (!report) return std::unexpected(report.error());
    return Verified{what, std::move(*report)};
  };
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    std::string buffer(buffer_bytes, '\0');
    if (auto file = open_export(path, buffer)) {
      auto report = verify_export(*file, kept);
      const auto what = report.part_behind ? Evidence::archive : Evidence::exported;
      return Verified{what, std::move(report)};
    }
    return fail(ErrorCode::not_found,
                path.string() + " is no export: name what `nightshift audit export` made",
                path.string());
  }
  if (fs::exists(path / manifest_name, ignored))
    return verified(Evidence::backup, verify_backup(path, kept));
  const auto journal = find_journal(path);
  if (!journal) return std::unexpected(journal.error());
  return verified(Evidence::journal, verify_journal(*journal, kept));
}

}  // namespace nightshift::storage
