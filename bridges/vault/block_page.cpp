// Finds the blocks of a page, and writes them anew.
#include "bridges/vault/block_page.hpp"

#include <optional>

#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t hash_digits = 8;

std::string hash_of(std::string_view content) {
  return to_hex(as_bytes(sha256(content))).substr(0, hash_digits);
}

std::string begin_of(const std::string& name) { return "<!-- nightshift:" + name + " "; }
std::string end_of(const std::string& name) { return "<!-- /nightshift:" + name + " -->\n"; }

std::string written(const Block& block) {
  return begin_of(block.name) + hash_of(block.content) + " -->\n" + block.content +
         end_of(block.name);
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_ours = false;
};

std::optional<Span> find(std::string_view page, const Block& block) {
  const std::string opens = begin_of(block.name);
  const std::string closes = end_of(block.name);
  constexpr std::string_view line_end = " -->\n";
  const auto begin = page.find(opens);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto content = begin + opens.size() + hash_digits + line_end.size();
  const auto end = page.find(closes, begin);
  if (end == std::string_view::npos || end < content) return std::nullopt;
  const auto hash = page.substr(begin + opens.size(), hash_digits);
  return Span{.begin = begin,
              .end = end + closes.size(),
              .is_ours = hash == hash_of(page.substr(content, end - content))};
}

}  // namespace

std::string with_blocks(std::string_view page, const std::vector<Block>& blocks) {
  std::string all(page);
  for (const auto& block : blocks) {
    if (const auto span = find(all, block)) {
      all.replace(span->begin, span->end - span->begin, written(block));
      continue;
    }
    if (!all.empty() && !all.ends_with('\n')) all += '\n';
    if (!all.empty()) all += '\n';
    all += block.heading + "\n\n" + written(block);
  }
  return all;
}

bool has_strangers_words(std::string_view page, const std::vector<Block>& blocks) {
  for (const auto& block : blocks) {
    const auto span = find(page, block);
    if (span && !span->is_ours) return true;
  }
  return false;
}

Result<void> write_blocks(Time now, const Folder& root, ErrorsLog& errors, const std::string& path,
                          std::string_view head, const std::vector<Block>& blocks) {
  const auto slash = path.rfind('/');
  const bool nested = slash != std::string::npos;
  const auto folder = root.sub(nested ? path.substr(0, slash) : std::string(), true);
  if (!folder) return std::unexpected(folder.error());
  const std::string name = nested ? path.substr(slash + 1) : path;
  const auto seen = folder->read(name, file_bytes_max);
  if (!seen) {
    if (seen.error().code != ErrorCode::not_found) return std::unexpected(seen.error());
    return folder->create(name, with_blocks(head, blocks));
  }
  const std::string text = with_blocks(seen->text, blocks);
  if (text == seen->text) return {};
  if (has_strangers_words(seen->text, blocks)) {
    const std::string aside = conflict_name(name, seen->text);
    const auto kept = folder->create(aside, seen->text);
    if (!kept && kept.error().code != ErrorCode::conflict) return kept;
    errors.record(now, path,
                  "what was written into a part that the node writes is kept as " + aside +
                      "; write above or below the marks instead",
                  seen->text);
  }
  return folder->replace(name, text, *seen);
}

}  // namespace nightshift::bridges::vault
