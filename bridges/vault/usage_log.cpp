// Calls that were counted become rows of the day on which they were made.
#include "bridges/vault/usage_log.hpp"

#include <charconv>

#include "bridges/vault/table.hpp"
#include "messages/usage.pb.h"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view head =
    "\n| Timestamp | Agent | Model | Prompt Tokens | Completion Tokens | Cost USD | Task Type |\n"
    "|-----------|-------|-------|---------------|-------------------|----------|-----------|\n";

const usage::Call* call_in(const google::protobuf::Message* event) {
  if (const auto* recorded = dynamic_cast<const usage::Recorded*>(event)) return &recorded->call();
  if (const auto* settled = dynamic_cast<const usage::Settled*>(event)) return &settled->call();
  return nullptr;
}

std::uint64_t number_in(const FrontMatter& fields, std::string_view key) {
  const auto text = scalar(fields, key).value_or("");
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

JournalPage::Shape shape_of(const std::string& date) {
  const auto sum = [date](const FrontMatter& before, const std::vector<PageRow>& added,
                          FrontMatterLines& lines) {
    std::uint64_t micro_usd = micro_usd_of(scalar(before, "total_cost_usd").value_or(""));
    for (const auto& row : added) micro_usd += row.amount;
    lines.set_if_absent("date", date);
    lines.set("total_calls", std::to_string(number_in(before, "total_calls") + added.size()));
    lines.set("total_cost_usd", dollars(micro_usd));
  };
  return {.head = std::string(head), .sum = sum};
}

}  // namespace

void UsageLog::see(const runtime::EventView& event) {
  const auto* call = call_in(event.event.get());
  if (call == nullptr) return;
  const Time at = from_proto(call->at());
  const auto& tokens = call->tokens();
  const std::uint64_t prompt =
      std::uint64_t{tokens.input()} + tokens.cache_read() + tokens.cache_write();
  const std::string row = "| " + clock_text(zone_, at) + " | " + cell(event.record.entity()) +
                          " | " + cell(call->model()) + " | " + std::to_string(prompt) + " | " +
                          std::to_string(tokens.output()) + " | " + dollars(call->micro_usd()) +
                          " | " + cell(call->task_type()) + " |\n";
  rows_[date_text(zone_, at)].push_back(
      {.offset = event.offset, .text = row, .amount = call->micro_usd()});
}

bool UsageLog::catch_up(const Stop& stop) {
  for (auto day = rows_.begin(); day != rows_.end() && !stop();) {
    const auto written = page_.append(clock_.now(), "Logs/API_Usage/" + day->first + ".md",
                                      day->second, shape_of(day->first));
    day = written ? rows_.erase(day) : std::next(day);
  }
  return rows_.empty();
}

}  // namespace nightshift::bridges::vault
