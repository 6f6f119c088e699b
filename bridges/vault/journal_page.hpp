// A page under `Logs/` whose rows come from the journal, each once. Format: docs/formats/logs.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/front_matter.hpp"

namespace nightshift::bridges::vault {

struct PageRow {
  /// Of the event that it shows.
  std::uint64_t offset = 0;
  /// With its line end.
  std::string text;
  /// What it adds to the page's sums.
  std::uint64_t amount = 0;
};

/// How far a page shows the journal stands in its own front matter (`journal: "LOG_ID:OFFSET"`) and
/// is written in one step with the rows: whatever is killed when, no row is doubled or lost. Not
/// thread-safe.
class JournalPage {
 public:
  /// Brings the sums in the front matter up to date for rows that are added.
  using Sum = std::function<void(const FrontMatter& before, const std::vector<PageRow>& added,
                                 FrontMatterLines& lines)>;

  struct Shape {
    /// What a new page begins with, behind its front matter.
    std::string head;
    Sum sum;
  };

  JournalPage(const Folder& root, ErrorsLog& errors, std::string log_id)
      : root_(root), errors_(errors), log_id_(std::move(log_id)) {}

  /// Appends those of the rows, in the order of their offsets, that `path` does not show yet. What
  /// people wrote on the page stays. A page that cannot be read is kept aside, and told; one that
  /// has grown large is continued as `NAME-2.md`. `conflict` if a person was faster.
  Result<void> append(Time now, const std::string& path, const std::vector<PageRow>& rows,
                      const Shape& shape) const;

 private:
  Result<void> append_to(Time now, const Folder& folder, const std::string& name,
                         std::uint64_t shown, const std::vector<PageRow>& rows,
                         const Shape& shape) const;
  std::uint64_t position_of(const Folder& folder, const std::string& name) const;
  Result<void> keep_aside(Time now, const Folder& folder, const std::string& name,
                          const FileText& file) const;
  std::uint64_t position_in(const FrontMatter& fields) const;

  const Folder& root_;
  ErrorsLog& errors_;
  const std::string log_id_;
};

}  // namespace nightshift::bridges::vault
