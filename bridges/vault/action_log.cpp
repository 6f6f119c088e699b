// Ends of effects that an approval let happen become rows of their day.
#include "bridges/vault/action_log.hpp"

#include <charconv>

#include "bridges/vault/layout.hpp"
#include "bridges/vault/standing.hpp"
#include "bridges/vault/table.hpp"
#include "messages/action.pb.h"
#include "messages/host.pb.h"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view action_kind = "action";

constexpr std::string_view head =
    "\n| Timestamp | Action | Target | Result | Details | Approval |\n"
    "|-----------|--------|--------|--------|---------|----------|\n";

std::string result_of(EffectState state) {
  if (state == EFFECT_STATE_COMMITTED) return "success";
  if (state == EFFECT_STATE_FAILED_BEFORE_EFFECT) return "error";
  return "unknown";
}

std::string action_of(const approval::Proposal& proposal) {
  if (proposal.action().has_webhook()) return "webhook";
  if (proposal.action().has_mcp()) return "mcp";
  return std::string(folder_of(proposal.category()).word);
}

std::string target_of(const approval::Proposal& proposal) {
  const auto& action = proposal.action();
  if (action.has_webhook()) return action.webhook().target();
  if (action.has_mcp()) return action.mcp().server() + "/" + action.mcp().tool();
  std::string all = proposal.account();
  for (const auto& to : proposal.to()) all += (all.empty() ? "" : ", ") + to;
  return all;
}

JournalPage::Shape shape_of(const std::string& date) {
  const auto sum = [date](const FrontMatter& before, const std::vector<PageRow>& added,
                          FrontMatterLines& lines) {
    const auto text = scalar(before, "total_actions").value_or("0");
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    lines.set_if_absent("date", date);
    lines.set("total_actions", std::to_string(count + added.size()));
  };
  return {.head = std::string(head), .sum = sum};
}

}  // namespace

void ActionLog::see(const runtime::EventView& event) {
  const auto* ended = dynamic_cast<const host::Ended*>(event.event.get());
  if (ended == nullptr) return;
  if (event.record.kind() == action_kind) return see_free_call(event, *ended);
  if (event.record.kind() != approval_kind) return;
  const auto standing = read_standing(node_, event.record.entity());
  // Of what was archived meanwhile only the id is known.
  const bool is_known = standing && *standing;
  const std::string action = is_known ? action_of((*standing)->current()) : "";
  const std::string target = is_known ? target_of((*standing)->current()) : "";
  add(event, action, target, *ended, event.record.entity());
}

/// An approved one is the approval's.
void ActionLog::see_free_call(const runtime::EventView& event, const host::Ended& ended) {
  const EntityRef entity{event.record.kind(), event.record.entity()};
  const auto answer = node_.get(entity);
  const auto* view = answer ? dynamic_cast<const action::View*>(answer->view.get()) : nullptr;
  const auto target = view == nullptr ? std::string() : view->server() + "/" + view->tool();
  add(event, "mcp", target, ended, to_string(entity));
}

void ActionLog::add(const runtime::EventView& event, const std::string& action,
                    const std::string& target, const host::Ended& ended,
                    const std::string& allowed_by) {
  const std::string row = "| " + clock_text(zone_, event.written_at) + " | " + cell(action) +
                          " | " + cell(target) + " | " + result_of(ended.state()) + " | " +
                          cell(ended.evidence()) + " | " + cell(allowed_by) + " |\n";
  rows_[date_text(zone_, event.written_at)].push_back(
      {.offset = event.offset, .text = row, .amount = 0});
}

bool ActionLog::catch_up(const Stop& stop) {
  for (auto day = rows_.begin(); day != rows_.end() && !stop();) {
    const auto written = page_.append(node_.clock().now(), "Logs/MCP_Actions/" + day->first + ".md",
                                      day->second, shape_of(day->first));
    day = written ? rows_.erase(day) : std::next(day);
  }
  return rows_.empty();
}

}  // namespace nightshift::bridges::vault
