// Puts the node's MCP servers together.
#include "tools/nightshift/mcp_servers.hpp"

#include <spdlog/spdlog.h>

#include "bridges/mcp/gate/connected_tools.hpp"
#include "bridges/mcp/gate/server.hpp"
#include "messages/mcp_server.pb.h"

namespace nightshift::tools {
namespace {

using bridges::mcp::OpenServers;
using bridges::mcp::Servers;
using bridges::mcp::ServersOptions;
using runtime::supervision::Component;
using runtime::supervision::Health;

constexpr std::chrono::seconds patience{30};

class Running final : public Component {
 public:
  Running(std::unique_ptr<Servers> servers, std::shared_ptr<OpenServers> open)
      : servers_(std::move(servers)), open_(std::move(open)) {
    open_->open(*servers_);
  }
  ~Running() override { open_->close(); }
  Health health() const override { return {servers_->reached(), {}}; }

 private:
  const std::unique_ptr<Servers> servers_;
  const std::shared_ptr<OpenServers> open_;
};

}  // namespace

void ensure_mcp_servers(runtime::Node& node, const runtime::Settings& settings) {
  for (const auto& [name, config] : settings.mcp_servers) {
    mcp_server::Define define;
    *define.mutable_config() = config;
    runtime::Command command;
    command.entity = {"mcp_server", name};
    command.body = std::make_shared<mcp_server::Define>(std::move(define));
    command.caller = kernel::Caller::of_host();
    const auto answer = node.call(std::move(command), patience);
    if (!answer) spdlog::error("[mcp.{}]: {}", name, answer.error().message());
  }
}

ServersOptions mcp_options(std::shared_ptr<runtime::Clock> clock,
                           std::shared_ptr<runtime::Streams> streams,
                           std::shared_ptr<const runtime::SecretResolver> secrets,
                           std::string version) {
  ServersOptions options;
  options.clock = std::move(clock);
  options.streams = std::move(streams);
  options.secret =
      [secrets = std::move(secrets)](const std::string& text) -> Result<runtime::SecretText> {
    const auto reference = runtime::parse_secret_reference(text, {});
    if (!reference) return std::unexpected(reference.error());
    return secrets->resolve(*reference);
  };
  options.version = std::move(version);
  options.log = [](std::string_view line) { spdlog::warn("mcp: {}", line); };
  return options;
}

runtime::supervision::Part mcp_part(runtime::Node& node, ServersOptions options,
                                    std::shared_ptr<OpenServers> open) {
  return {.name = "mcp",
          .start = [&node, options = std::move(options), open = std::move(open)](
                       runtime::supervision::Failed failed) -> Result<std::unique_ptr<Component>> {
            auto mine = options;
            mine.failed = std::move(failed);
            auto started = Servers::start(node, std::move(mine));
            if (!started) return std::unexpected(started.error());
            return std::make_unique<Running>(std::move(*started), open);
          }};
}

std::shared_ptr<runtime::EndpointHandler> mcp_gate(runtime::Node& node,
                                                   const std::string& version) {
  using bridges::mcp::ConnectedTools;
  auto waits = std::make_shared<bridges::mcp::Waits>(node);
  std::vector<std::shared_ptr<bridges::mcp::ToolSource>> more{
      std::make_shared<ConnectedTools>(node, waits)};
  return std::make_shared<bridges::mcp::McpServer>(node, version, waits, std::move(more));
}

}  // namespace nightshift::tools
