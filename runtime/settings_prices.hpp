// The section `[prices.NAME]`: what a model's calls cost, from a date on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/prices.pb.h"
#include "messages/time.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

/// Rates are micro-dollars per million tokens.
struct PriceRow {
  /// Empty means that the section's name is the model's.
  std::string model;
  std::vector<std::string> aliases;
  /// A day's beginning, UTC.
  Time valid_from{};
  std::optional<std::uint64_t> input_micro_usd;
  std::optional<std::uint64_t> output_micro_usd;
  /// Unset means as `input_micro_usd`: what providers charge that have no other price for it.
  std::optional<std::uint64_t> cache_read_micro_usd;
  std::optional<std::uint64_t> cache_write_micro_usd;
  std::string source;
};

/// By name.
using PriceRows = std::map<std::string, PriceRow, std::less<>>;

/// Their names begin with `prices.NAME.`.
std::span<const SettingRule<PriceRow>> price_rules();

/// What is missing, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const PriceRow& row);

/// `config/prices.toml`, as it was when the program was built.
std::string_view builtin_prices_text();
/// The rows in it.
Result<PriceRows> builtin_price_rows();

/// One table of both, with its version. A model that the owner prices, under its name or an alias,
/// has the owner's rows alone, and is known by the aliases of both. Error `config` where two rows
/// of one model begin on the same day, or one name means two models.
Result<PriceTable> price_table(const PriceRows& builtin, const PriceRows& owners);

}  // namespace nightshift::runtime
