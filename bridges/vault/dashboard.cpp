// Task table, statistics and updates, as blocks of one page.
#include "bridges/vault/dashboard.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "bridges/vault/block_page.hpp"
#include "bridges/vault/draft_standing.hpp"
#include "bridges/vault/names.hpp"
#include "bridges/vault/standing.hpp"
#include "bridges/vault/table.hpp"
#include "bridges/vault/task_standing.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr const char* page_name = "Dashboard.md";
constexpr std::chrono::seconds refresh_every{2};
constexpr std::size_t updates_max = 50;
constexpr std::size_t tasks_max = 50;
constexpr std::size_t refused_max = 1'000;
constexpr std::uint64_t count_max = 1'000'000;
/// Events of a night; of more the end is shown.
constexpr std::uint64_t recent_events = 500;

constexpr std::array open_statuses{"stuck", "waiting", "drafting", "drafted"};

struct Counted {
  const char* kind;
  const char* title;
  std::vector<const char*> statuses;
};

const std::array<Counted, 3>& counted() {
  static const std::array<Counted, 3> all{
      {{task_kind, "Tasks", {"waiting", "drafting", "drafted", "stuck", "done", "dropped"}},
       {draft_kind, "Drafts", {"drafted", "refused", "proposed", "discarded"}},
       {approval_kind,
        "Approvals",
        {"pending", "approved", "unknown", "sent", "failed", "rejected", "withdrawn", "expired"}}}};
  return all;
}

bool is_shown(std::string_view kind) {
  return std::ranges::any_of(counted(), [&](const auto& one) { return kind == one.kind; });
}

std::string lower_word(std::string name, std::string_view prefix) {
  name.erase(0, std::min(prefix.size(), name.size()));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

std::string row_of(const runtime::Answer& answer, const task::View& view) {
  const bool has_channel = view.channel() != CHANNEL_UNSPECIFIED;
  return "| " + cell(answer.entity.id) + " | " + cell(view.title()) + " | " +
         lower_word(Priority_Name(view.priority()), "PRIORITY_") + " | " +
         (has_channel ? lower_word(Channel_Name(view.channel()), "CHANNEL_") : "") + " | " +
         cell(view.agent()) + " | " + answer.status + " | " + to_rfc3339(answer.updated_at) +
         " |\n";
}

}  // namespace

Result<void> Dashboard::begin() {
  const auto head = node_.head().offset;
  const auto events = node_.events(head - std::min(head, recent_events), recent_events);
  if (!events) return std::unexpected(events.error());
  for (const auto& event : *events) see(event);
  return {};
}

void Dashboard::see(const runtime::EventView& event) {
  const bool is_known = event.offset <= newest_;
  newest_ = std::max(newest_, event.offset);
  if (is_known || !is_shown(event.record.kind())) return;
  is_stale_ = true;
  updates_.push_back("- " + to_rfc3339(std::chrono::floor<std::chrono::seconds>(event.written_at)) +
                     " " + event.record.kind() + "/" + event.record.entity() + " " +
                     cell(event.sentence) + "\n");
  if (updates_.size() > updates_max) updates_.pop_front();
}

std::optional<Dashboard::Moment> Dashboard::refresh() {
  const Moment now = node_.clock().elapsed();
  is_stale_ = is_stale_ || refusals_.count() != refused_;
  if (!is_stale_) return std::nullopt;
  if (written_at_ && now < *written_at_ + refresh_every) return *written_at_ + refresh_every;
  written_at_ = now;
  refused_ = refusals_.count();
  const auto done = write_pages();
  is_stale_ = !done;
  if (done) return std::nullopt;
  if (done.error().code != ErrorCode::conflict) {
    errors_.record(node_.clock().now(), page_name, done.error().message(), "");
  }
  return now + refresh_every;
}

Result<void> Dashboard::write_pages() {
  const Time now = node_.clock().now();
  auto written =
      write_blocks(now, root_, errors_, page_name, "# Dashboard\n",
                   {{.name = "tasks", .heading = "## Tasks", .content = tasks()},
                    {.name = "statistics", .heading = "## Statistics", .content = statistics()},
                    {.name = "updates", .heading = "## Updates", .content = updates()}});
  if (!written) return written;
  const bool is_cloud = node_.identity().role() == "cloud";
  return write_blocks(
      now, root_, errors_, is_cloud ? "Logs/Cloud/refused.md" : "Logs/Local/refused.md",
      "# Refused files\n", {{.name = "refused", .heading = "## Now", .content = refused_files()}});
}

std::string Dashboard::tasks() const {
  std::string rows;
  std::size_t count = 0;
  for (const char* status : open_statuses) {
    if (count >= tasks_max) break;
    const auto page = node_.list({.kind = task_kind,
                                  .where = {{"status", status}},
                                  .after = {},
                                  .limit = tasks_max - count});
    if (!page) continue;
    for (const auto& item : page->items) {
      const auto* view = dynamic_cast<const task::View*>(item.view.get());
      if (view != nullptr) rows += row_of(item, *view);
    }
    count += page->items.size();
  }
  if (rows.empty()) return "Nothing waits and nothing is under way.\n";
  return "| Task | Title | Priority | Channel | Agent | Status | Since |\n"
         "|------|-------|----------|---------|-------|--------|-------|\n" +
         rows;
}

std::string Dashboard::statistics() const {
  std::string lines;
  for (const auto& [kind, title, statuses] : counted()) {
    std::string line;
    for (const char* status : statuses) {
      const auto count = node_.count(kind, status, count_max);
      if (!count || *count == 0) continue;
      line += (line.empty() ? "" : ", ") + std::to_string(*count) + " " + status;
    }
    lines += "- " + std::string(title) + ": " + (line.empty() ? "none" : line) + "\n";
  }
  return lines + "- Files refused: " + std::to_string(refused_) + "\n";
}

std::string Dashboard::refused_files() const {
  std::string rows;
  for (const auto& [path, reason, since] : refusals_.list(refused_max)) {
    rows += "| " + cell(printable(path)) + " | " + cell(reason) + " | " +
            to_rfc3339(std::chrono::floor<std::chrono::seconds>(since)) + " |\n";
  }
  if (rows.empty()) return "None.\n";
  return "| File | Why | Since |\n|------|-----|-------|\n" + rows;
}

std::string Dashboard::updates() const {
  std::string lines;
  for (auto line = updates_.rbegin(); line != updates_.rend(); ++line) lines += *line;
  return lines.empty() ? "Nothing has happened yet.\n" : lines;
}

}  // namespace nightshift::bridges::vault
