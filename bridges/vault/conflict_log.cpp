// Conflicts and their ends become rows.
#include "bridges/vault/conflict_log.hpp"

#include "bridges/vault/table.hpp"
#include "messages/sync.pb.h"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view head =
    "\n# Git conflicts\n\n| Timestamp | Conflict | File | Resolution |\n"
    "|-----------|----------|------|------------|\n";

struct Told {
  std::string conflict;
  std::string path;
  std::string resolution;
};

std::string resolution_of(const sync::Conflicted& event) {
  const std::string loser = event.loser() == sync::SIDE_OURS ? "this side's" : "the other side's";
  const std::string where =
      event.kept_as().empty() ? "brought back by `nightshift sync restore " + event.conflict() + "`"
                              : "kept as " + event.kept_as();
  return event.reason() + "; " + loser + " words are " + where;
}

std::vector<Told> told_by(const google::protobuf::Message* event) {
  if (const auto* had = dynamic_cast<const sync::Conflicted*>(event)) {
    return {{had->conflict(), had->path(), resolution_of(*had)}};
  }
  if (const auto* put = dynamic_cast<const sync::Restored*>(event)) {
    return {{put->conflict(), "", "restored as " + put->restored_as()}};
  }
  std::vector<Told> all;
  if (const auto* over = dynamic_cast<const sync::Resolved*>(event)) {
    const auto by = over->by().empty() ? over->detail() : "by " + over->by();
    for (const auto& conflict : over->conflicts()) all.push_back({conflict, "", "resolved, " + by});
  }
  return all;
}

}  // namespace

void ConflictLog::see(const runtime::EventView& event) {
  const bool ours =
      event.record.kind() == "sync" && event.record.entity() == node_.identity().node();
  if (!ours) return;
  std::string text;
  for (const auto& told : told_by(event.event.get())) {
    text += "| " + to_rfc3339(event.written_at) + " | " + cell(told.conflict) + " | " +
            cell(told.path) + " | " + cell(told.resolution) + " |\n";
  }
  if (!text.empty())
    rows_.push_back({.offset = event.offset, .text = std::move(text), .amount = 0});
}

bool ConflictLog::catch_up(const Stop& stop) {
  if (rows_.empty()) return true;
  if (stop()) return false;
  const std::string folder = node_.identity().role() == "cloud" ? "Logs/Cloud" : "Logs/Local";
  const auto sum = [](const FrontMatter&, const std::vector<PageRow>&, FrontMatterLines&) {};
  const auto written = page_.append(node_.clock().now(), folder + "/git_conflicts.md", rows_,
                                    {.head = std::string(head), .sum = sum});
  if (written) rows_.clear();
  return rows_.empty();
}

}  // namespace nightshift::bridges::vault
