// Checks what is said of a price, and makes the table of all.
#include "runtime/settings_prices.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "messages/crypto.hpp"
#include "messages/price_bounds.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t version_digits = 12;

std::optional<std::string> must_be_model(const std::string& value) {
  if (!value.empty() && value.size() <= name_bytes_max) return std::nullopt;
  return "must be the name of a model, of at most " + std::to_string(name_bytes_max) + " bytes";
}

std::optional<std::string> set_model(PriceRow& row, const SettingValue& value) {
  row.model = value.text;
  return must_be_model(value.text);
}

std::optional<std::string> set_aliases(PriceRow& row, const SettingValue& value) {
  for (const auto& alias : value.list) {
    if (auto wrong = must_be_model(alias)) return wrong;
  }
  row.aliases = value.list;
  return std::nullopt;
}

std::optional<std::string> set_valid_from(PriceRow& row, const SettingValue& value) {
  const auto day = from_rfc3339(value.text + "T00:00:00Z");
  if (!day) return "must be a day such as \"2026-02-15\", not \"" + value.text + "\"";
  row.valid_from = *day;
  return std::nullopt;
}

template <auto Rate>
std::optional<std::string> set_rate(PriceRow& row, const SettingValue& value) {
  constexpr auto most = static_cast<std::int64_t>(rate_micro_usd_max);
  if (value.number < 0 || value.number > most) {
    return "must be 0 to " + std::to_string(most) + " micro-dollars per million tokens, not " +
           std::to_string(value.number);
  }
  row.*Rate = static_cast<std::uint64_t>(value.number);
  return std::nullopt;
}

std::optional<std::string> set_source(PriceRow& row, const SettingValue& value) {
  row.source = value.text;
  return std::nullopt;
}

using enum SettingShape;
using Rule = SettingRule<PriceRow>;
constexpr std::array rules{
    Rule{{"prices.NAME.model", text, "The model; NAME if nobody says."}, set_model},
    Rule{{"prices.NAME.aliases", list, "Other names of the same model."}, set_aliases},
    Rule{{"prices.NAME.valid_from", text,
          "From which day on (UTC) calls cost that; always if nobody says."},
         set_valid_from},
    Rule{{"prices.NAME.input_micro_usd", number,
          "Micro-dollars per million tokens that are read: 3000000 for 3 dollars."},
         set_rate<&PriceRow::input_micro_usd>},
    Rule{{"prices.NAME.output_micro_usd", number, "The same for tokens that are written."},
         set_rate<&PriceRow::output_micro_usd>},
    Rule{{"prices.NAME.cache_read_micro_usd", number,
          "The same for tokens read from a cache; as input if nobody says."},
         set_rate<&PriceRow::cache_read_micro_usd>},
    Rule{{"prices.NAME.cache_write_micro_usd", number,
          "The same for tokens written to a cache; as input if nobody says."},
         set_rate<&PriceRow::cache_write_micro_usd>},
    Rule{{"prices.NAME.source", text, "Where the price is from, for whoever checks it."},
         set_source},
};

using Aliases = google::protobuf::RepeatedPtrField<std::string>;

bool is_called(const Price& price, std::string_view name) {
  return price.model() == name || std::ranges::find(price.aliases(), name) != price.aliases().end();
}

Price price_of(const std::string& name, const PriceRow& row) {
  Price price;
  price.set_model(row.model.empty() ? name : row.model);
  *price.mutable_aliases() = Aliases(row.aliases.begin(), row.aliases.end());
  *price.mutable_valid_from() = to_proto(row.valid_from);
  const auto input = row.input_micro_usd.value_or(0);
  auto& rates = *price.mutable_rates();
  rates.set_input_micro_usd(input);
  rates.set_output_micro_usd(row.output_micro_usd.value_or(0));
  rates.set_cache_read_micro_usd(row.cache_read_micro_usd.value_or(input));
  rates.set_cache_write_micro_usd(row.cache_write_micro_usd.value_or(input));
  price.set_source(row.source);
  return price;
}

std::vector<Price> prices_of(const PriceRows& rows) {
  std::vector<Price> prices;
  for (const auto& [name, row] : rows) prices.push_back(price_of(name, row));
  return prices;
}

void add_alias(Price& price, const std::string& name) {
  if (!is_called(price, name)) price.add_aliases(name);
}

/// The owner's prices of a model that the program knows go under the program's name for it.
void adopt(Price& owners, const std::vector<Price>& builtin) {
  const auto named = owners.model();
  const auto known =
      std::ranges::find_if(builtin, [&](const Price& price) { return is_called(price, named); });
  if (known == builtin.end()) return;
  owners.set_model(known->model());
  for (const auto& alias : known->aliases()) add_alias(owners, alias);
}

bool before(const Price& a, const Price& b) {
  const auto order = a.model().compare(b.model());
  return order != 0 ? order < 0 : from_proto(a.valid_from()) < from_proto(b.valid_from());
}

Result<void> check(const PriceTable& table) {
  std::map<std::string, std::string> meanings;
  const Price* last = nullptr;
  for (const auto& price : table.prices()) {
    if (last != nullptr && !before(*last, price)) {
      return fail(ErrorCode::config,
                  "[prices]: the model " + price.model() + " has two prices from " +
                      to_rfc3339(from_proto(price.valid_from())).substr(0, 10) +
                      " on; leave one of them",
                  "prices");
    }
    last = &price;
    std::vector<std::string> names(price.aliases().begin(), price.aliases().end());
    names.push_back(price.model());
    for (const auto& name : names) {
      const auto& model = meanings.try_emplace(name, price.model()).first->second;
      if (model == price.model()) continue;
      return fail(ErrorCode::config,
                  "[prices]: " + name + " means both " + model + " and " + price.model() +
                      "; take it away from one of them",
                  "prices");
    }
  }
  return {};
}

}  // namespace

std::span<const SettingRule<PriceRow>> price_rules() { return rules; }

std::optional<std::string> incomplete(const PriceRow& row) {
  if (!row.input_micro_usd) return "has no input_micro_usd; 0 is a price too";
  if (!row.output_micro_usd) return "has no output_micro_usd; 0 is a price too";
  return std::nullopt;
}

Result<PriceTable> price_table(const PriceRows& builtin, const PriceRows& owners) {
  const auto known = prices_of(builtin);
  auto prices = prices_of(owners);
  std::set<std::string> owned;
  for (auto& price : prices) {
    adopt(price, known);
    owned.insert(price.model());
  }
  for (const auto& price : known) {
    if (!owned.contains(price.model())) prices.push_back(price);
  }
  std::ranges::sort(prices, before);
  PriceTable table;
  for (auto& price : prices) *table.add_prices() = std::move(price);
  if (auto checked = check(table); !checked) return std::unexpected(checked.error());
  // Known fields in their order, no maps: the same bytes of the same table.
  table.set_version(to_hex(as_bytes(sha256(table.SerializeAsString()))).substr(0, version_digits));
  return table;
}

}  // namespace nightshift::runtime
