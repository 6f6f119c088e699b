// One endpoint that speaks the Model Context Protocol, in both eras.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridges/mcp/gate/sessions.hpp"
#include "bridges/mcp/gate/tool_source.hpp"
#include "bridges/mcp/gate/waits.hpp"
#include "bridges/mcp/protocol/message.hpp"
#include "bridges/mcp/protocol/version.hpp"
#include "runtime/endpoint.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t server_message_bytes_max = 8u << 20;
/// How long an answer that depends on people is waited for, unless the caller says less: clients
/// that wait for HTTP give up after five minutes.
inline constexpr std::chrono::seconds server_patience{280};

/// Thread-safe. Streamable HTTP without streams of its own: every answer is JSON, a GET is refused.
class McpServer final : public runtime::EndpointHandler {
 public:
  /// `node` must outlive it. Names of tools of `more` that the node has itself are not offered;
  /// what they have is asked anew each time. Those of them that wait do so in `waits`, which is
  /// stopped before this goes.
  McpServer(runtime::Node& node, std::string version, std::shared_ptr<Waits> waits,
            std::vector<std::shared_ptr<ToolSource>> more = {});
  McpServer(runtime::Node& node, std::string version);
  ~McpServer() override;

  void answer(runtime::EndpointRequest request, Finish finish) override;
  std::chrono::milliseconds longest() const override;
  void stop() override;

 private:
  /// A request on its way: who asks, in which version, and where the answer goes.
  struct Asked;

  void answer_request(const Request& request, Asked asked);
  void initialize(const Request& request, Asked asked);
  void discover(const Request& request, Asked asked) const;
  void call_tool(const Request& request, Asked asked);
  void list_tools(Asked asked);
  std::string tool_list() const;

  runtime::Clock& clock_;
  const std::string version_;
  Sessions sessions_;
  const std::shared_ptr<Waits> waits_;
  const std::shared_ptr<ToolSource> own_;
  const std::vector<ToolInfo> own_tools_;
  const std::vector<std::shared_ptr<ToolSource>> more_;
};

}  // namespace nightshift::bridges::mcp
