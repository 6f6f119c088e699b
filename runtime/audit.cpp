// Is a journal what was written?
#include "runtime/audit.hpp"

#include "storage/audit.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime {
namespace {

Head head_of(const storage::ChainHead& head) {
  return {storage::to_text(head), head.log_id, head.offset, head.written_at};
}

}  // namespace

Result<std::filesystem::path> find_journal(const std::filesystem::path& path) {
  std::error_code ignored;
  for (const auto& candidate : {path / "journal", path}) {
    if (std::filesystem::exists(candidate / "CURRENT", ignored)) return candidate;
  }
  return fail(ErrorCode::not_found,
              path.string() +
                  " holds no journal: name a data folder that a "
                  "node has run on, or the journal folder in it",
              path.string());
}

Result<Head> audit_head(const std::filesystem::path& journal) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  return head_of((*log)->head());
}

Result<Audit> audit(const std::filesystem::path& journal, const std::optional<std::string>& kept) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  std::optional<storage::ChainHead> head;
  if (kept) {
    auto parsed = storage::parse_head(*kept);
    if (!parsed) return std::unexpected(parsed.error());
    head = std::move(*parsed);
  }
  const auto report = storage::verify(**log, head);
  if (!report) return std::unexpected(report.error());
  Audit result{head_of(report->head), report->records, report->batches, {}};
  for (const auto& finding : report->findings) {
    result.findings.push_back({finding.offset, finding.what});
  }
  return result;
}

}  // namespace nightshift::runtime
