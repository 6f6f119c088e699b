// What a node does at a moment, as `nightshift top` shows it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bridges/cli/node_api.hpp"
#include "bridges/cli/show.hpp"

namespace nightshift::bridges::cli {

/// Answers of the node, each as its route gives it.
struct Observation {
  std::chrono::steady_clock::time_point at;
  Json node;
  Json census;
  Json inbox;
  Json tree;
};

Result<Observation> observe(NodeApi& api);

/// Per second, between two observations; nothing where the node was started in between.
struct Rates {
  double accepted = 0;
  double refused = 0;
  double events = 0;
};
std::optional<Rates> rates_between(const Observation& before, const Observation& now);

/// For people, as lines.
std::vector<std::string> show_observation(const Observation& now, const std::optional<Rates>& rates,
                                          const Look& look);
/// For programs: `{node, rates, census, inbox, tells, not_running}`.
Json json_of(const Observation& now, const std::optional<Rates>& rates);

}  // namespace nightshift::bridges::cli
