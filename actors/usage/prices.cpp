// Looks prices up, and multiplies.
#include "actors/usage/prices.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

#include "messages/nearest.hpp"
#include "messages/price_bounds.hpp"

namespace nightshift::actors {
namespace {

constexpr std::uint64_t tokens_per_price = 1'000'000;

// Four classes, each of any count, cannot overflow.
static_assert(UINT64_MAX / rate_micro_usd_max / 4 >= UINT32_MAX);

bool is_called(const Price& price, const std::string& model) {
  return price.model() == model ||
         std::ranges::find(price.aliases(), model) != price.aliases().end();
}

std::unexpected<Error> unknown(const PriceTable& table, const std::string& model) {
  std::vector<std::string_view> names;
  for (const auto& price : table.prices()) {
    names.push_back(price.model());
    names.insert(names.end(), price.aliases().begin(), price.aliases().end());
  }
  auto detail = "there is no price for the model '" + model + "'";
  if (!names.empty()) detail += "; the nearest that has one is '" + nearest(model, names) + "'";
  return fail(ErrorCode::invalid,
              detail +
                  "; say what it costs in [prices] of the configuration, and count the call "
                  "then, with `at`",
              "model");
}

}  // namespace

Result<const Price*> find_price(const PriceTable& table, const std::string& model, Time at) {
  const Price* first = nullptr;
  const Price* valid = nullptr;
  // Of one model, the older come before the newer.
  for (const auto& price : table.prices()) {
    if (!is_called(price, model)) continue;
    if (first == nullptr) first = &price;
    if (from_proto(price.valid_from()) <= at) valid = &price;
  }
  if (valid != nullptr) return valid;
  if (first == nullptr) return unknown(table, model);
  return fail(ErrorCode::invalid,
              "the first price of the model '" + model + "' is that of " +
                  to_rfc3339(from_proto(first->valid_from())) + ", and the call was made at " +
                  to_rfc3339(at) + "; say what it cost then in [prices] of the configuration",
              "model");
}

std::uint64_t cost_micro_usd(const usage::Tokens& tokens, const Rates& rates) {
  const auto part = [](std::uint64_t count, std::uint64_t rate) {
    assert(rate <= rate_micro_usd_max);
    return count * rate;
  };
  const auto sum = part(tokens.input(), rates.input_micro_usd()) +
                   part(tokens.output(), rates.output_micro_usd()) +
                   part(tokens.cache_read(), rates.cache_read_micro_usd()) +
                   part(tokens.cache_write(), rates.cache_write_micro_usd());
  return sum / tokens_per_price + (sum % tokens_per_price == 0 ? 0 : 1);
}

}  // namespace nightshift::actors
