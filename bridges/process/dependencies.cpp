// Walks the graph of `after`.
#include "bridges/process/dependencies.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "messages/process_words.hpp"

namespace nightshift::bridges::process {
namespace {

std::vector<Dependency> dependencies_of(const Standing& standing) {
  std::vector<Dependency> all;
  for (const auto& text : standing.view->config().after()) {
    if (auto one = parse_dependency(text)) all.push_back(std::move(*one));
  }
  return all;
}

bool is_called(const std::string& id, const Standing& standing, const std::string& name) {
  return standing.status != "deleted" && (id == name || standing.view->config().app() == name);
}

/// The way from `at` back to `goal`, as names in the order of coming after each other.
bool find_way(const std::string& at, const std::string& goal, const Standings& all,
              std::set<std::string>& seen, std::vector<std::string>& way) {
  const auto here = all.find(at);
  if (here == all.end() || !seen.insert(at).second) return false;
  for (const auto& dependency : dependencies_of(here->second)) {
    for (const auto& [id, standing] : all) {
      if (!is_called(id, standing, dependency.name)) continue;
      way.push_back(id);
      if (id == goal || find_way(id, goal, all, seen, way)) return true;
      way.pop_back();
    }
  }
  return false;
}

bool holds(const Standing& standing, Dependency::Condition condition) {
  switch (condition) {
    case Dependency::Condition::started:
      return standing.status == "online" ||
             (standing.status == "launching" && standing.view->pid() != 0);
    case Dependency::Condition::ready: return standing.status == "online";
    case Dependency::Condition::completed:
      return standing.status == "stopped" && standing.view->has_last_exit() &&
             standing.view->last_exit().has_code() && standing.view->last_exit().code() == 0;
  }
  return false;
}

}  // namespace

bool Standing::is_active() const {
  return status == "launching" || status == "online" || status == "stopping";
}

Verdict may_start(const std::string& name, const Standings& all) {
  const auto found = all.find(name);
  if (found == all.end()) return {};
  std::set<std::string> seen;
  std::vector<std::string> way{name};
  if (find_way(name, name, all, seen, way)) {
    std::string cycle = "dependency cycle: " + way.front();
    for (std::size_t i = 1; i < way.size(); ++i) cycle += " after " + way[i];
    return {Verdict::What::never, cycle + "; take one of them away"};
  }
  for (const auto& dependency : dependencies_of(found->second)) {
    bool there = false;
    for (const auto& [id, standing] : all) {
      if (!is_called(id, standing, dependency.name)) continue;
      there = true;
      if (holds(standing, dependency.condition)) continue;
      return {Verdict::What::wait, "for " + id + " to be " +
                                       std::string(word(dependency.condition)) + ", which is " +
                                       standing.status};
    }
    if (!there) {
      return {Verdict::What::wait,
              "for " + dependency.name + ", of which there is no definition here"};
    }
  }
  return {};
}

bool is_needed(const std::string& name, const Standings& all) {
  const auto needed = all.find(name);
  if (needed == all.end()) return false;
  return std::ranges::any_of(all, [&](const auto& entry) {
    const auto& [id, standing] = entry;
    if (id == name || !standing.is_active()) return false;
    return std::ranges::any_of(dependencies_of(standing), [&](const Dependency& dependency) {
      return is_called(name, needed->second, dependency.name);
    });
  });
}

}  // namespace nightshift::bridges::process
