// The bridge to MCP servers: reaches those that the journal names, writes down how they are doing,
// and calls their tools for others.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridges/mcp/protocol/news.hpp"
#include "bridges/mcp/servers/places.hpp"
#include "bridges/mcp/servers/report.hpp"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "runtime/streams/streams.hpp"

namespace nightshift::bridges::mcp {

struct ServersOptions {
  std::shared_ptr<runtime::Clock> clock;
  /// Where the streams of servers over stdio are offered.
  std::shared_ptr<runtime::Streams> streams;
  ResolveSecret secret;
  /// Of this program.
  std::string version;
  /// A server that was lost is reached again after so long, and after ever longer where that goes
  /// on.
  std::chrono::milliseconds reach_again_after{1'000};
  /// Told what people should hear, one line each; may be empty. Called on the bridge's thread.
  std::function<void(std::string_view)> log;
  /// Called on the bridge's thread if that cannot go on; may be empty.
  std::function<void(std::string why)> failed;
};

/// One call of a tool. Whether it may happen was decided before.
struct ToolCall {
  std::string server;
  std::string tool;
  /// A JSON object.
  std::string arguments = "{}";
  /// In hex: of the definition that was meant. The call does not happen if the server's is another.
  std::string pin;
};

/// One thread of its own, from `start` to destruction. The node must outlive it.
class Servers {
 public:
  /// Called exactly once, on the bridge's thread or the caller's; must not block.
  using OnEnd = std::move_only_function<void(Outcome)>;

  static Result<std::unique_ptr<Servers>> start(runtime::Node& node, ServersOptions options);

  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;
  /// What is under way ends first, as unknown.
  ~Servers();

  /// Any thread. `Unanswered` that was not sent where there is no such server or tool, it is not
  /// reached (`unreachable`), or its definition is another (`digest_mismatch`).
  void call(ToolCall call, OnEnd on_end);
  /// Any thread: the tools as the server says them now; null while it is not reached.
  std::shared_ptr<const Tools> tools(const std::string& server) const;
  /// How many servers are reached.
  std::size_t reached() const;

 private:
  class Impl;
  explicit Servers(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace nightshift::bridges::mcp
