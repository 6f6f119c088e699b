// Reads a page, adds rows, and replaces it as a whole.
#include "bridges/vault/journal_page.hpp"

#include <algorithm>
#include <charconv>

#include "bridges/vault/marks.hpp"
#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view position_key = "journal";
/// Beyond this a page is continued on another: it is written anew with every row.
constexpr std::size_t page_bytes_max = 1u << 20;
constexpr unsigned pages_max = 1'000;

}  // namespace

Result<void> JournalPage::append(Time now, const std::string& path,
                                 const std::vector<PageRow>& rows, const Shape& shape) const {
  const auto slash = path.rfind('/');
  const auto folder = root_.sub(path.substr(0, slash), true);
  if (!folder) return std::unexpected(folder.error());
  const std::string stem(stem_of(path.substr(slash + 1)));
  std::string name = stem + ".md";
  std::uint64_t shown = 0;
  for (unsigned n = 2; n <= pages_max; ++n) {
    const std::string next = numbered_stem(stem, n) + ".md";
    const auto stamp = folder->stat(name);
    if (!folder->has(next) && (!stamp || stamp->size < page_bytes_max)) break;
    shown = std::max(shown, position_of(*folder, name));
    name = next;
  }
  auto appended = append_to(now, *folder, name, shown, rows, shape);
  if (!appended && appended.error().code != ErrorCode::conflict) {
    errors_.record(now, path, appended.error().message(), "");
  }
  return appended;
}

Result<void> JournalPage::append_to(Time now, const Folder& folder, const std::string& name,
                                    std::uint64_t shown, const std::vector<PageRow>& rows,
                                    const Shape& shape) const {
  const auto seen = folder.read(name, file_bytes_max);
  if (!seen && seen.error().code != ErrorCode::not_found) return std::unexpected(seen.error());
  const std::string before = seen ? seen->text : std::string();
  const auto parts = split(before);
  const auto fields = parts ? parse_front_matter(parts->front_matter)
                            : Result<FrontMatter>(std::unexpected(parts.error()));
  if (!fields) {
    if (auto kept = keep_aside(now, folder, name, *seen); !kept) return kept;
    return fail(ErrorCode::conflict, "the page was kept aside");
  }
  shown = std::max(shown, position_in(*fields));
  std::vector<PageRow> added;
  for (const auto& row : rows) {
    if (row.offset > shown) added.push_back(row);
  }
  if (added.empty()) return {};

  FrontMatterLines lines(parts->front_matter);
  shape.sum(*fields, added, lines);
  lines.set(position_key, yaml_text(log_id_ + ":" + std::to_string(added.back().offset)));
  std::string body(seen ? parts->body : std::string_view(shape.head));
  if (!body.ends_with('\n')) body += '\n';
  for (const auto& row : added) body += row.text;
  const std::string text = with_rulers(lines.text(), body, "\n");
  return seen ? folder.replace(name, text, *seen) : folder.create(name, text);
}

/// Of a page that is full.
std::uint64_t JournalPage::position_of(const Folder& folder, const std::string& name) const {
  const auto file = folder.read(name, file_bytes_max);
  const auto parts = file ? split(file->text) : Result<Parts>(std::unexpected(file.error()));
  const auto fields = parts ? parse_front_matter(parts->front_matter)
                            : Result<FrontMatter>(std::unexpected(parts.error()));
  return fields ? position_in(*fields) : 0;
}

Result<void> JournalPage::keep_aside(Time now, const Folder& folder, const std::string& name,
                                     const FileText& file) const {
  const std::string aside = conflict_name(name, file.text);
  if (auto moved = folder.move(name, folder, aside); !moved) return moved;
  errors_.record(now, name,
                 "its front matter cannot be read, so the page begins anew; it is kept as " + aside,
                 file.text);
  return {};
}

/// Of another log (a restore begins one) nothing is shown yet.
std::uint64_t JournalPage::position_in(const FrontMatter& fields) const {
  const auto text = scalar(fields, position_key);
  const std::string prefix = log_id_ + ":";
  if (!text || !text->starts_with(prefix)) return 0;
  std::uint64_t offset = 0;
  std::from_chars(text->data() + prefix.size(), text->data() + text->size(), offset);
  return offset;
}

}  // namespace nightshift::bridges::vault
