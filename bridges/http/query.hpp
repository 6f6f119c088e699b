// Parameters of a query, read strictly.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/http/head.hpp"
#include "bridges/http/target.hpp"
#include "messages/error.hpp"

namespace nightshift::bridges::http {

inline constexpr std::size_t page_default = 100;
inline constexpr std::size_t page_max = 1000;

/// Digits alone, below 2^63.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// The value of a parameter, or nothing. `invalid` where it is given twice.
Result<std::optional<std::string_view>> parameter(const Target& target, std::string_view name);

/// `limit`: 1 to 1000.
Result<std::size_t> limit_of(const Target& target, std::size_t if_absent = page_default);

/// `OFFSET` or `LOG:OFFSET` against this node's log and its newest offset. `not_found` for another
/// log: what was read from it has to be read anew.
Result<std::uint64_t> parse_position(std::string_view text, std::string_view log_id,
                                     std::uint64_t newest);

/// `Prefer: wait=SECONDS` (RFC 7240), an hour at most; nothing where it says something else.
std::optional<std::chrono::milliseconds> patience_of(const Head& head);

/// Refuses parameters that the route does not have, naming the nearest that it has.
Result<void> check_parameters(const Target& target, const std::vector<std::string_view>& known);

}  // namespace nightshift::bridges::http
