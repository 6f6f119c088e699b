// Where a crash test ends the process.
#include "tools/nightshift/crash_point.hpp"

#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

namespace nightshift::tools {
namespace {

struct Countdown {
  std::string point;
  std::atomic<long> passes_left;
};

}  // namespace

std::function<void(std::string_view)> crash_point(const runtime::Environment& environment) {
  const auto found = environment.find("NIGHTSHIFT_CRASH_AT");
  if (found == environment.end() || found->second.empty()) return {};
  const auto colon = found->second.rfind(':');
  auto countdown = std::make_shared<Countdown>();
  countdown->point = found->second.substr(0, colon);
  countdown->passes_left =
      colon == std::string::npos ? 1 : std::atol(found->second.c_str() + colon + 1);
  return [countdown](std::string_view point) {
    if (point == countdown->point && --countdown->passes_left == 0) ::raise(SIGKILL);
  };
}

}  // namespace nightshift::tools
