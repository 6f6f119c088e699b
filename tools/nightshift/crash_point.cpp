// Where a test ends the process, or keeps it busy for ever.
#include "tools/nightshift/crash_point.hpp"

#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "tools/nightshift/process.hpp"

namespace nightshift::tools {
namespace {

using Point = std::function<void(std::string_view)>;

struct Countdown {
  std::string point;
  std::atomic<long> passes_left;
};

/// Calls `act` at the pass that the variable names; empty where it is not set.
Point at(const runtime::Environment& environment, const std::string& variable, void (*act)()) {
  const auto found = environment.find(variable);
  if (found == environment.end() || found->second.empty()) return {};
  const auto colon = found->second.rfind(':');
  auto countdown = std::make_shared<Countdown>();
  countdown->point = found->second.substr(0, colon);
  countdown->passes_left =
      colon == std::string::npos ? 1 : std::atol(found->second.c_str() + colon + 1);
  return [countdown, act](std::string_view point) {
    if (point == countdown->point && --countdown->passes_left == 0) act();
  };
}

void die() { ::raise(SIGKILL); }

void loop() {
  for (std::atomic<bool> ever = true; ever;) continue;
}

}  // namespace

Point crash_point(const runtime::Environment& environment) {
  if (auto dies = at(environment, "NIGHTSHIFT_CRASH_AT", die)) return dies;
  if (Restarts(environment).taken_over()) return {};
  return at(environment, "NIGHTSHIFT_LOOP_AT", loop);
}

}  // namespace nightshift::tools
