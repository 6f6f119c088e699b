// sums: what all meters have counted, added up.
#include <array>
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr std::array counts{"calls", "input_tokens", "output_tokens", "cache_read_tokens",
                            "cache_write_tokens"};

/// Micro-dollars as dollars, exactly: `1.234567`.
std::string dollars(const Json& sum) {
  const auto micro_usd = sum.value("cost_micro_usd", std::uint64_t{0});
  const auto below = std::to_string(micro_usd % 1'000'000);
  return std::to_string(micro_usd / 1'000'000) + "." + std::string(6 - below.size(), '0') + below;
}

std::vector<std::string> row(const std::string& name, const Json& sum) {
  std::vector<std::string> cells{name};
  for (const auto* count : counts) {
    cells.push_back(std::to_string(sum.value(count, std::uint64_t{0})));
  }
  cells.push_back(dollars(sum));
  return cells;
}

std::string target_of(const SumsFlags& flags) {
  auto target = "/v1/usage/sums?by=" + query_escape(flags.by);
  if (!flags.from.empty()) target += "&from=" + query_escape(flags.from);
  if (!flags.to.empty()) target += "&to=" + query_escape(flags.to);
  if (!flags.zone.empty()) target += "&tz=" + query_escape(flags.zone);
  return target;
}

}  // namespace

Result<void> sums(Session& session, const SumsFlags& flags) {
  const auto answer = session.api.get(target_of(flags));
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
    return {};
  }
  const auto read = parse_json(answer->body);
  if (!read) return std::unexpected(read.error());
  const auto items = read->value("items", Json::array());
  if (items.empty()) {
    session.out << "no call was counted\n";
    return {};
  }
  Table table({flags.by, "calls", "input", "output", "cache_read", "cache_write", "usd"});
  for (const auto& item : items) table.add(row(text_of(item, flags.by), item));
  table.add(row("total", read->value("total", Json::object())));
  const auto look = session.look();
  session.out << table.render(look.columns, look.colour);
  return {};
}

}  // namespace nightshift::bridges::cli
