// The bridge to servers as others find it: it is begun after them, and begun anew under them.
#pragma once

#include <mutex>
#include <shared_mutex>

#include "bridges/mcp/servers/servers.hpp"

namespace nightshift::bridges::mcp {

/// Thread-safe.
class OpenServers {
 public:
  /// Until `close`, which must come before `servers` go.
  void open(Servers& servers) {
    const std::unique_lock lock(mutex_);
    servers_ = &servers;
  }
  void close() {
    const std::unique_lock lock(mutex_);
    servers_ = nullptr;
  }

  /// As `Servers::call`; not sent while the bridge is not there.
  void call(ToolCall call, Servers::OnEnd on_end) const {
    {
      const std::shared_lock lock(mutex_);
      if (servers_ != nullptr) return servers_->call(std::move(call), std::move(on_end));
    }
    Error why{ErrorCode::unreachable, "the bridge to MCP servers does not run", {}};
    on_end(Unanswered{std::move(why), false});
  }
  /// As `Servers::tools`.
  std::shared_ptr<const Tools> tools(const std::string& server) const {
    const std::shared_lock lock(mutex_);
    return servers_ == nullptr ? nullptr : servers_->tools(server);
  }

 private:
  mutable std::shared_mutex mutex_;
  Servers* servers_ = nullptr;
};

}  // namespace nightshift::bridges::mcp
