// What a call costs by the owner's price table.
#pragma once

#include <cstdint>
#include <string>

#include "messages/error.hpp"
#include "messages/prices.pb.h"
#include "messages/time.hpp"
#include "messages/usage.pb.h"

namespace nightshift::actors {

/// The price that was valid at `at`, by the model's name or an alias of it. `invalid` for `model`
/// where there is none, naming the nearest that has one.
Result<const Price*> find_price(const PriceTable& table, const std::string& model, Time at);

/// All four classes together, rounded up to a whole micro-dollar: a budget is never charged less
/// than the calls in it cost, and at most one micro-dollar more per call. Exact for every count of
/// 32 bits and every rate up to `rate_micro_usd_max`.
std::uint64_t cost_micro_usd(const usage::Tokens& tokens, const Rates& rates);

}  // namespace nightshift::actors
