// Names, counts, keys.
#include "bridges/git/rounds/report.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::git {
namespace {

constexpr std::size_t listed_max = 50;
constexpr std::size_t words_bytes_max = 1'000;

/// What is written down is UTF-8, and short.
std::string text(std::string_view words) {
  words = words.substr(0, words_bytes_max);
  std::string good(words.substr(0, utf8_prefix_bytes(words)));
  const bool is_cut = good.size() < words.size() && words.size() < words_bytes_max;
  return is_cut ? good + "?" : good;
}

}  // namespace

std::string from_vault(const std::string& path, const std::string& prefix) {
  if (path.starts_with(prefix)) return path.substr(prefix.size());
  std::string up;
  for (const char c : prefix) up += c == '/' ? "../" : "";
  return up + path;
}

std::string from_top(const std::string& path, const std::string& prefix) {
  std::string_view rest = path;
  while (rest.starts_with("../")) rest.remove_prefix(3);
  return rest.size() == path.size() ? prefix + path : std::string(rest);
}

bool is_quiet_page(const std::string& path) {
  return (path.starts_with("Logs/") && path.ends_with("/agent_state.md")) ||
         path.starts_with("Logs/MCP_Health/");
}

sync::Round round_of(const Report& report, const std::string& prefix) {
  sync::Round round;
  if (report.trouble) {
    auto& trouble = *round.mutable_trouble();
    trouble.set_name(std::string(name_of(report.trouble->kind)));
    trouble.set_words(text(report.trouble->words));
    trouble.set_absent(is_absence(report.trouble->kind));
    trouble.set_waits(waits_for_person(report.trouble->kind));
  }
  round.set_head(report.head);
  round.set_remote_head(report.remote_head);
  round.set_ahead(report.ahead);
  round.set_behind(report.behind);
  round.set_reached(report.reached_remote);
  round.set_committed(report.committed);
  round.set_committed_files(report.committed_files);
  for (const auto& merge : report.merges) round.add_merges(merge);
  round.set_pushed(report.pushed);
  round.set_written_files(report.written.size());
  for (const auto& path : report.written) {
    if (static_cast<std::size_t>(round.written_size()) == listed_max) break;
    round.add_written(text(from_vault(path, prefix)));
  }
  for (const auto& [path, reason] : report.skipped) {
    if (static_cast<std::size_t>(round.skipped_size()) == listed_max) break;
    auto& skipped = *round.add_skipped();
    skipped.set_path(text(from_vault(path, prefix)));
    skipped.set_reason(text(reason));
  }
  for (const auto& path : report.recovered) round.add_recovered(text(from_vault(path, prefix)));
  return round;
}

sync::ReportConflict conflict_of(const Conflict& conflict, const std::string& prefix) {
  sync::ReportConflict report;
  const std::string side = conflict.loser == Side::ours ? "ours" : "theirs";
  const auto& bytes = conflict.bytes;
  report.set_key(to_hex(as_bytes(sha256(
      {side, "\n", conflict.path, "\n", conflict.kept_as, "\n", conflict.reason, "\n", bytes}))));
  report.set_path(text(from_vault(conflict.path, prefix)));
  report.set_loser(conflict.loser == Side::ours ? sync::SIDE_OURS : sync::SIDE_THEIRS);
  report.set_reason(text(conflict.reason));
  if (conflict.kept_as.empty()) {
    report.set_bytes(bytes);
  } else {
    report.set_kept_as(text(from_vault(conflict.kept_as, prefix)));
  }
  return report;
}

}  // namespace nightshift::bridges::git
