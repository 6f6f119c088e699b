// Queries.
#include "bridges/http/query.hpp"

#include <algorithm>
#include <charconv>

#include "messages/nearest.hpp"

namespace nightshift::bridges::http {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos) {
    return std::nullopt;
  }
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::optional<std::string_view>> parameter(const Target& target, std::string_view name) {
  std::optional<std::string_view> value;
  for (const auto& [key, text] : target.query()) {
    if (key != name) continue;
    if (value) return fail(ErrorCode::invalid, "this parameter may be given once", key);
    value = text;
  }
  return value;
}

std::optional<std::chrono::milliseconds> patience_of(const Head& head) {
  constexpr std::string_view name = "wait=";
  const std::string_view prefer = head.find("prefer");
  const std::size_t at = prefer.find(name);
  if (at == prefer.npos) return std::nullopt;
  const std::string_view digits = prefer.substr(at + name.size());
  const auto seconds = parse_number(digits.substr(0, digits.find_first_not_of("0123456789")));
  if (!seconds || *seconds > 3600) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

Result<std::size_t> limit_of(const Target& target, std::size_t if_absent) {
  const auto text = parameter(target, "limit");
  if (!text) return std::unexpected(text.error());
  if (!*text) return if_absent;
  const auto value = parse_number(**text);
  if (!value || *value == 0 || *value > page_max) {
    return fail(ErrorCode::invalid, "limit must be a number from 1 to 1000", "limit");
  }
  return static_cast<std::size_t>(*value);
}

Result<std::uint64_t> parse_position(std::string_view text, std::string_view log_id,
                                     std::uint64_t newest) {
  if (const std::size_t colon = text.find(':'); colon != text.npos) {
    if (text.substr(0, colon) != log_id) {
      return fail(ErrorCode::not_found,
                  "this position is of another log; this node's log is " + std::string(log_id) +
                      ": begin anew, without a position",
                  "after");
    }
    text.remove_prefix(colon + 1);
  }
  const auto offset = parse_number(text);
  if (!offset) {
    return fail(ErrorCode::invalid, "a position must be OFFSET or LOG:OFFSET", "after");
  }
  if (*offset > newest) {
    return fail(ErrorCode::invalid, "the log ends at " + std::to_string(newest), "after");
  }
  return *offset;
}

Result<void> check_parameters(const Target& target, const std::vector<std::string_view>& known) {
  for (const auto& [name, value] : target.query()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string detail = "there is no parameter '" + name.substr(0, 128) + "' here";
    if (!known.empty()) detail += "; the nearest is '" + nearest(name, known) + "'";
    return fail(ErrorCode::unknown_field, std::move(detail), name.substr(0, 128));
  }
  return {};
}

}  // namespace nightshift::bridges::http
