// The section `[budget.NAME]`: what a meter may spend in each day, week or month.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct BudgetSettings {
  /// Empty means that the section's name is the meter's.
  std::string meter;
  /// `day`, `week` or `month`.
  std::string window;
  std::optional<std::uint64_t> micro_usd;
};

/// By name.
using Budgets = std::map<std::string, BudgetSettings, std::less<>>;

/// Their names begin with `budget.NAME.`.
std::span<const SettingRule<BudgetSettings>> budget_rules();

/// What is missing, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const BudgetSettings& budget);

}  // namespace nightshift::runtime
