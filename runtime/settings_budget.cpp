// Checks what is said of a budget.
#include "runtime/settings_budget.hpp"

#include <array>

namespace nightshift::runtime {
namespace {

/// A billion dollars.
constexpr std::int64_t micro_usd_max = 1'000'000'000'000'000;

std::optional<std::string> set_meter(BudgetSettings& budget, const SettingValue& value) {
  budget.meter = value.text;
  return must_be_id(value.text);
}

std::optional<std::string> set_window(BudgetSettings& budget, const SettingValue& value) {
  return one_of(budget.window, value.text, {"day", "week", "month"});
}

std::optional<std::string> set_micro_usd(BudgetSettings& budget, const SettingValue& value) {
  if (value.number < 0 || value.number > micro_usd_max) {
    return "must be 0 to " + std::to_string(micro_usd_max) + " micro-dollars, not " +
           std::to_string(value.number);
  }
  budget.micro_usd = static_cast<std::uint64_t>(value.number);
  return std::nullopt;
}

using enum SettingShape;
constexpr std::array rules{
    SettingRule<BudgetSettings>{
        {"budget.NAME.meter", text, "The meter that may not spend more; NAME if nobody says."},
        set_meter},
    SettingRule<BudgetSettings>{
        {"budget.NAME.window", text, "\"day\", \"week\" (from Monday) or \"month\"."}, set_window},
    SettingRule<BudgetSettings>{
        {"budget.NAME.micro_usd", number, "What may be spent in each, in micro-dollars."},
        set_micro_usd},
};

}  // namespace

std::span<const SettingRule<BudgetSettings>> budget_rules() { return rules; }

std::optional<std::string> incomplete(const BudgetSettings& budget) {
  if (budget.window.empty()) return "has no window; say \"day\", \"week\" or \"month\"";
  if (!budget.micro_usd) return "has no micro_usd; say what may be spent, in micro-dollars";
  return std::nullopt;
}

}  // namespace nightshift::runtime
