// Reads what a node does, and shows it.
#include "bridges/cli/observation.hpp"

#include <cmath>

#include "bridges/cli/table.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr int inbox_shown = 20;
constexpr double tenths_below = 100;

Result<Json> read(NodeApi& api, const std::string& target) {
  const auto answer = api.get(target);
  if (!answer) return std::unexpected(answer.error());
  return parse_json(answer->body);
}

std::uint64_t number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

const Json& items_of(const Json& page, const char* name = "items") {
  static const Json none = Json::array();
  const auto found = page.find(name);
  return found != page.end() && found->is_array() ? *found : none;
}

const Json& stats_of(const Observation& observation) {
  static const Json none = Json::object();
  const auto found = observation.node.find("stats");
  return found != observation.node.end() && found->is_object() ? *found : none;
}

std::string per_second(const std::optional<Rates>& rates, double Rates::* which) {
  if (!rates) return "-/s";
  const double rate = *rates.*which;
  const auto tenths = std::llround(rate * 10);
  auto text = std::to_string(rate < tenths_below ? tenths / 10 : std::llround(rate));
  if (rate < tenths_below) text += "." + std::to_string(tenths % 10);
  return text + "/s";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// `name value` pairs in one line.
std::string pairs(const Json& stats,
                  std::initializer_list<std::pair<const char*, const char*>> of) {
  std::string text;
  for (const auto& [words, name] : of) {
    text += (text.empty() ? "" : "  ") + std::string(words) + " " +
            std::to_string(number_of(stats, name));
  }
  return text;
}

std::string figures(const Observation& now, const std::optional<Rates>& rates, const Look& look) {
  const auto& stats = stats_of(now);
  Table table({"WHAT", "NOW", "SINCE THE START"});
  table.add({"commands", per_second(rates, &Rates::accepted),
             pairs(stats, {{"accepted", "commands_accepted"},
                           {"refused", "commands_refused"},
                           {"in flight", "commands_in_flight"}})});
  table.add({"refused", per_second(rates, &Rates::refused), ""});
  table.add({"events", per_second(rates, &Rates::events),
             pairs(stats, {{"records", "records"}, {"batches", "batches"}, {"syncs", "syncs"}})});
  table.add({"entities", "",
             pairs(stats, {{"active", "entities_active"},
                           {"restarted", "entities_restarted"},
                           {"quarantined", "entities_quarantined"}})});
  table.add({"parts", "", pairs(stats, {{"restarted", "parts_restarted"}})});
  table.add({"effects", "",
             pairs(stats, {{"committed", "effects_committed"},
                           {"failed", "effects_failed"},
                           {"unknown", "effects_unknown"}})});
  table.add({"tells", "",
             pairs(stats, {{"accepted", "tells_accepted"},
                           {"refused", "tells_refused"},
                           {"waiting", "tells_waiting"}})});
  return table.render(look.columns, look.colour);
}

std::string population(const Json& census, const Look& look) {
  Table table({"KIND", "ENTITIES BY STATUS"});
  std::string kind, statuses;
  const auto finish = [&] {
    if (!kind.empty()) table.add({kind, statuses.empty() ? "none" : statuses});
    statuses.clear();
  };
  for (const auto& item : items_of(census)) {
    if (text_of(item, "kind") != kind) {
      finish();
      kind = text_of(item, "kind");
    }
    const auto count = number_of(item, "count");
    if (count == 0) continue;
    statuses += (statuses.empty() ? "" : "  ") + text_of(item, "status") + " " +
                std::to_string(count) + (item.value("more", false) ? "+" : "");
  }
  finish();
  return table.render(look.columns, look.colour);
}

std::string waiting(const Json& inbox, const Look& look) {
  const auto& items = items_of(inbox);
  const auto& tells = items_of(inbox, "tells");
  if (items.empty() && tells.empty()) return "nothing waits for you\n";
  Table table({"WAITS FOR YOU", "STATUS", "SINCE", "WHAT TO DO"});
  for (const auto& item : items) {
    table.add({text_of(item, "kind") + "/" + text_of(item, "id"), text_of(item, "status"),
               local_time(text_of(item, "since")), text_of(item, "awaits")});
  }
  for (const auto& tell : tells) {
    table.add({text_of(tell, "source"), "cannot tell", local_time(text_of(tell, "since")),
               text_of(tell, "cause")});
  }
  const bool more = !text_of(inbox, "next").empty();
  return table.render(look.columns, look.colour) + (more ? "and more: nightshift inbox\n" : "");
}

/// Parts of the tree that do not run, or have been started anew.
Json troubled(const Json& tree) {
  Json parts = Json::array();
  for (const auto& part : items_of(tree)) {
    if (text_of(part, "state") == "running" && number_of(part, "restarts") == 0) continue;
    parts.push_back(part);
  }
  return parts;
}

std::string trouble(const Json& tree, const Look& look) {
  const auto parts = troubled(tree);
  if (parts.empty()) return "every part runs, none was started anew\n";
  Table table({"PART", "STATE", "RESTARTS", "LAST ERROR"});
  for (const auto& part : parts) {
    table.add({text_of(part, "path"), text_of(part, "state"),
               std::to_string(number_of(part, "restarts")), text_of(part, "last_error")});
  }
  return table.render(look.columns, look.colour);
}

}  // namespace

Result<Observation> observe(NodeApi& api) {
  Observation seen;
  const std::pair<Json Observation::*, std::string> parts[] = {
      {&Observation::node, "/v1/node"},
      {&Observation::census, "/v1/census"},
      {&Observation::inbox, "/v1/inbox?limit=" + std::to_string(inbox_shown)},
      {&Observation::tree, "/v1/supervision"}};
  for (const auto& [member, target] : parts) {
    auto json = read(api, target);
    if (!json) return std::unexpected(json.error());
    seen.*member = std::move(*json);
    if (member == &Observation::node) seen.at = std::chrono::steady_clock::now();
  }
  return seen;
}

std::optional<Rates> rates_between(const Observation& before, const Observation& now) {
  const std::chrono::duration<double> passed = now.at - before.at;
  const bool restarted = number_of(before.node, "boot_epoch") != number_of(now.node, "boot_epoch");
  if (restarted || passed.count() <= 0) return std::nullopt;
  const auto rate = [&](const char* name) {
    const auto first = number_of(stats_of(before), name), last = number_of(stats_of(now), name);
    return last < first ? 0.0 : static_cast<double>(last - first) / passed.count();
  };
  return Rates{rate("commands_accepted"), rate("commands_refused"), rate("records")};
}

std::vector<std::string> show_observation(const Observation& now, const std::optional<Rates>& rates,
                                          const Look& look) {
  const auto head =
      sanitise("node " + text_of(now.node, "name") + " (" + text_of(now.node, "role") +
                   "), version " + text_of(now.node, "version"),
               Lines::escape);
  std::vector<std::string> lines{look.columns ? cut_to_width(head, *look.columns) : head};
  for (const auto& part : {figures(now, rates, look), population(now.census, look),
                           waiting(now.inbox, look), trouble(now.tree, look)}) {
    lines.emplace_back();
    for (auto& line : lines_of(part)) lines.push_back(std::move(line));
  }
  return lines;
}

Json json_of(const Observation& now, const std::optional<Rates>& rates) {
  Json json;
  json["node"] = now.node;
  json["rates"] = nullptr;
  if (rates) {
    json["rates"] = {{"commands_accepted_per_s", rates->accepted},
                     {"commands_refused_per_s", rates->refused},
                     {"events_per_s", rates->events}};
  }
  json["census"] = items_of(now.census);
  json["inbox"] = items_of(now.inbox);
  json["tells"] = items_of(now.inbox, "tells");
  json["not_running"] = troubled(now.tree);
  return json;
}

}  // namespace nightshift::bridges::cli
