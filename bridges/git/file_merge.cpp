// Merging by sections, by lines, by three ways.
#include "bridges/git/file_merge.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "bridges/git/bounds.hpp"
#include "bridges/git/paths.hpp"
#include "messages/crypto.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::git {
namespace {

bool is_text(std::string_view bytes) {
  return bytes.size() <= merged_text_bytes_max && bytes.find('\0') == std::string_view::npos &&
         utf8_prefix_bytes(bytes) == bytes.size();
}

/// Lines with their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// From the heading to the next of its rank.
std::optional<Span> updates_in(std::string_view page) {
  std::optional<Span> span;
  std::size_t at = 0;
  for (const auto line : lines_of(page)) {
    if (span && (line.starts_with("## ") || line.starts_with("# "))) {
      span->end = at;
      return span;
    }
    if (!span && line.starts_with("## Updates")) span = Span{at, page.size()};
    at += line.size();
  }
  return span;
}

std::string without_updates(std::string_view page) {
  const auto span = updates_in(page);
  if (!span) return std::string(page);
  return std::string(page.substr(0, span->begin)) + std::string(page.substr(span->end));
}

std::string_view updates_of(std::string_view page) {
  const auto span = updates_in(page);
  return span ? page.substr(span->begin, span->end - span->begin) : std::string_view{};
}

/// The block between `---` lines at the front, with them.
std::string_view front_of(std::string_view page) {
  if (!page.starts_with("---\n")) return {};
  const auto end = page.find("\n---\n", 3);
  return end == std::string_view::npos ? std::string_view{} : page.substr(0, end + 5);
}

/// All lines of ours, then those of theirs that neither we nor the base have.
std::string union_of(std::string_view base, std::string_view ours, std::string_view theirs) {
  std::map<std::string_view, std::ptrdiff_t> had;
  const auto line_text = [](std::string_view line) {
    return line.ends_with('\n') ? line.substr(0, line.size() - 1) : line;
  };
  std::map<std::string_view, std::ptrdiff_t> in_base;
  for (const auto line : lines_of(base)) ++in_base[line_text(line)];
  for (const auto line : lines_of(ours)) ++had[line_text(line)];
  for (const auto& [line, count] : in_base) had[line] = std::max(had[line], count);
  std::string out(ours);
  for (const auto line : lines_of(theirs)) {
    if (--had[line_text(line)] >= 0) continue;
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    out += line;
  }
  return out;
}

/// `page` without the parts that a node has written and nobody has changed since: they are made
/// anew from its journal (docs/formats/logs.md, "Blocks").
std::string without_projections(std::string_view page) {
  constexpr std::string_view opens = "<!-- nightshift:", line_end = " -->\n";
  constexpr std::size_t hash_digits = 8;
  std::string rest;
  while (true) {
    const auto begin = page.find(opens);
    const auto content = begin == page.npos ? page.npos : page.find(line_end, begin);
    if (content == page.npos) return rest += page;
    const auto mark = page.substr(begin + opens.size(), content - begin - opens.size());
    const auto space = mark.find(' ');
    const auto closes = "<!-- /nightshift:" + std::string(mark.substr(0, space)) + " -->\n";
    const auto inside = page.substr(content + line_end.size());
    const auto end = inside.find(closes);
    const bool is_whole =
        space != mark.npos && end != inside.npos &&
        mark.substr(space + 1) ==
            to_hex(as_bytes(sha256(inside.substr(0, end)))).substr(0, hash_digits);
    const auto next = content + line_end.size();
    rest += page.substr(0, is_whole ? begin : next);
    page.remove_prefix(is_whole ? next + end + closes.size() : next);
  }
}

Side loser_of(Role role) { return role == Role::local ? Side::theirs : Side::ours; }

struct ByLines {
  std::string bytes;
  bool contradict = false;
};

Outcome<ByLines> by_lines(const Versions& versions, git_merge_file_favor_t favor) {
  start_library();
  const auto input = [](std::string_view bytes) {
    git_merge_file_input file = GIT_MERGE_FILE_INPUT_INIT;
    file.ptr = bytes.data();
    file.size = bytes.size();
    return file;
  };
  const auto base = input(versions.base.value_or(""));
  const auto ours = input(versions.ours);
  const auto theirs = input(versions.theirs);
  git_merge_file_options options = GIT_MERGE_FILE_OPTIONS_INIT;
  options.favor = favor;
  git_merge_file_result result{};
  const int code = git_merge_file(&result, &base, &ours, &theirs, &options);
  if (code < 0) return std::unexpected(git_trouble("merging a file by lines", code));
  ByLines merged{std::string(result.ptr == nullptr ? "" : result.ptr, result.len),
                 result.automergeable == 0};
  git_merge_file_result_free(&result);
  return merged;
}

Outcome<MergedFile> merge_text(const Versions& versions, Role role) {
  auto merged = by_lines(versions, GIT_MERGE_FILE_FAVOR_NORMAL);
  if (!merged) return std::unexpected(merged.error());
  if (!merged->contradict) return MergedFile{std::move(merged->bytes), {}, {}};
  const auto loser = loser_of(role);
  merged = by_lines(
      versions, loser == Side::theirs ? GIT_MERGE_FILE_FAVOR_OURS : GIT_MERGE_FILE_FAVOR_THEIRS);
  if (!merged) return std::unexpected(merged.error());
  return MergedFile{std::move(merged->bytes), loser, "both sides changed the same lines"};
}

MergedFile merge_dashboard(const Versions& versions, Role role) {
  const bool ours_is_cloud = role == Role::cloud;
  const auto cloud = ours_is_cloud ? versions.ours : versions.theirs;
  const auto local = ours_is_cloud ? versions.theirs : versions.ours;
  MergedFile merged{with_updates_of(local, cloud), {}, {}};
  const auto base = versions.base.value_or("");
  const auto words = [](std::string_view part) { return without_projections(part); };
  const auto cloud_rest = words(without_updates(cloud));
  const auto local_updates = words(updates_of(local));
  if (cloud_rest != words(without_updates(local)) && cloud_rest != words(without_updates(base))) {
    merged.loser = ours_is_cloud ? Side::ours : Side::theirs;
    merged.reason = "the local side owns all but \"## Updates\"";
  } else if (!updates_of(cloud).empty() && local_updates != words(updates_of(cloud)) &&
             local_updates != words(updates_of(base))) {
    merged.loser = ours_is_cloud ? Side::theirs : Side::ours;
    merged.reason = "the cloud owns \"## Updates\"";
  }
  return merged;
}

Outcome<MergedFile> merge_log(const Versions& versions, Role role) {
  const auto ours = front_of(versions.ours);
  const auto theirs = front_of(versions.theirs);
  const auto base = front_of(versions.base.value_or(""));
  MergedFile merged;
  auto front = ours;
  if (ours != theirs && theirs != base) {
    const bool take_theirs = ours == base || ours.empty() || role == Role::cloud;
    if (take_theirs) front = theirs;
    if (ours != base && !ours.empty() && !theirs.empty()) {
      merged.loser = loser_of(role);
      merged.reason = "both sides changed the lines at the front";
    }
  }
  const auto rest = versions.base.value_or("").substr(base.size());
  merged.bytes = std::string(front) + union_of(rest, versions.ours.substr(ours.size()),
                                               versions.theirs.substr(theirs.size()));
  return merged;
}

}  // namespace

std::string with_updates_of(std::string_view page, std::string_view cloud) {
  const auto updates = updates_of(cloud);
  if (updates.empty()) return std::string(page);
  const auto span = updates_in(page);
  auto out = std::string(span ? page.substr(0, span->begin) : page);
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  out += updates;
  const auto rest = span ? page.substr(span->end) : std::string_view{};
  if (!rest.empty() && !out.ends_with('\n')) out += '\n';
  return out + std::string(rest);
}

Outcome<MergedFile> merge_file(std::string_view path, const Versions& versions, Role role) {
  const auto base = versions.base;
  if (versions.ours == versions.theirs) return MergedFile{std::string(versions.ours), {}, {}};
  if (base && *base == versions.ours) return MergedFile{std::string(versions.theirs), {}, {}};
  if (base && *base == versions.theirs) return MergedFile{std::string(versions.ours), {}, {}};
  const bool texts =
      is_text(versions.ours) && is_text(versions.theirs) && (!base || is_text(*base));
  const auto name = folded(path);
  if (texts && path == "Dashboard.md") return merge_dashboard(versions, role);
  const bool has_blocks = versions.ours.find("<!-- nightshift:") != std::string_view::npos;
  if (texts && path.starts_with("Logs/") && !has_blocks) return merge_log(versions, role);
  if (texts && name.ends_with(".md")) return merge_text(versions, role);
  const auto loser = loser_of(role);
  return MergedFile{std::string(loser == Side::theirs ? versions.ours : versions.theirs), loser,
                    "no text that could be merged by lines", true};
}

}  // namespace nightshift::bridges::git
