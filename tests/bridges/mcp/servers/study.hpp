// A node with its processes and the bridge to MCP servers, in the process of a test.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bridges/mcp/servers/servers.hpp"
#include "bridges/process/process_bridge.hpp"
#include "messages/mcp_server.pb.h"
#include "messages/process.pb.h"
#include "runtime/node.hpp"
#include "runtime/streams/streams.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

namespace mcp = bridges::mcp;
namespace server_pb = nightshift::mcp_server;

/// The server is called `desk`, its process `mcp-desk`.
class Study {
 public:
  Study();
  /// Ends all children.
  ~Study();

  void open();
  /// As when the node is killed: the children go on.
  void close();
  runtime::Node& node() { return *node_; }
  mcp::Servers& servers() { return *servers_; }

  /// The stand-in, with one tool `echo` that says this.
  void define_stand_in(const std::string& description);
  void define(const McpServerConfig& config);
  void says(const std::string& description) const;
  void is_in_the_mood_to(std::string_view mood) const;
  /// How often a tool was called, by what the stand-in has seen.
  std::size_t calls_seen() const;

  template <class Message>
  Result<runtime::Answer> tell(const Message& message) {
    return command({"mcp_server", "desk"}, std::make_shared<Message>(message));
  }
  std::string status(const std::string& kind = "mcp_server", const std::string& id = "desk") const;
  server_pb::View view() const;
  nightshift::process::View process() const;
  void await(const std::string& status) const;
  /// Until the bridge may call its tools.
  void await_tools() const;
  /// In hex, of `echo` as the server says it now.
  std::string pin() const;
  /// Waits for how the call of `echo` ended.
  mcp::Outcome call(const std::string& pin);

  TemporaryFolder folder;

 private:
  Result<runtime::Answer> command(EntityRef entity,
                                  std::shared_ptr<const google::protobuf::Message> body);

  std::shared_ptr<runtime::Clock> clock_;
  std::shared_ptr<runtime::Streams> streams_;
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<bridges::process::ProcessBridge> processes_;
  std::unique_ptr<mcp::Servers> servers_;
};

}  // namespace nightshift::tests
