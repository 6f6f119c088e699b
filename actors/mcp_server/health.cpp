// Counts.
#include "actors/mcp_server/health.hpp"

#include <algorithm>

namespace nightshift::actors {

using namespace mcp_server_pb;

namespace {

constexpr int calls_max = 3;
constexpr std::size_t error_characters_max = 200;

}  // namespace

McpHealth health_of(const Subject& subject) {
  const auto& calls = subject.calls();
  if (calls.empty()) return McpHealth::starting;
  if (calls[calls.size() - 1] == CALL_STATUS_UNAUTHENTICATED) return McpHealth::unauthenticated;
  const auto failed = calls.size() - std::ranges::count(calls, int{CALL_STATUS_SUCCESS});
  if (failed == 0) return McpHealth::online;
  return failed == calls_max ? McpHealth::offline : McpHealth::degraded;
}

std::string_view word(McpHealth health) {
  switch (health) {
    case McpHealth::starting: return "starting";
    case McpHealth::online: return "online";
    case McpHealth::degraded: return "degraded";
    case McpHealth::offline: return "offline";
    case McpHealth::unauthenticated: return "unauthenticated";
  }
  return "";
}

void note_call(Subject& subject, const Called& called) {
  auto& calls = *subject.mutable_calls();
  calls.Add(called.status());
  if (calls.size() > calls_max) calls.erase(calls.begin());
  *subject.mutable_last_call() = called.at();
  if (called.status() == CALL_STATUS_SUCCESS) *subject.mutable_last_success() = called.at();
  subject.set_error_message(called.error_message());
}

std::string error_text(std::string_view text) {
  std::string cut;
  std::size_t characters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xC0) != 0x80;
    if (begins && ++characters > error_characters_max) break;
    cut += byte < ' ' || byte == 127 ? ' ' : c;
  }
  return cut;
}

}  // namespace nightshift::actors
