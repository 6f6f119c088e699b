// A node with an approver, and agents that speak to it.
#pragma once

#include <future>
#include <memory>
#include <string>

#include "bridges/mcp/gate/server.hpp"
#include "messages/approval.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::mcp {

/// An agent with scope `propose`, and what its requests have in their headers.
struct Agent {
  std::string name = "scribe";
  std::string session = {};
  /// Of the stateless era, if not empty.
  std::string version = {};
  std::chrono::milliseconds patience{0};
  std::set<Scope> scopes = {SCOPE_PROPOSE};

  runtime::EndpointRequest request(const std::string& body) const;
};

class Gate {
 public:
  Gate();
  ~Gate();

  /// Ends the node and starts it anew on what is there.
  void restart();
  McpServer& server() { return *server_; }

  std::future<runtime::EndpointAnswer> begin(runtime::EndpointRequest request);
  runtime::EndpointAnswer post(const Agent& agent, const std::string& body);
  /// Opens a session.
  Agent open(Agent agent = {});
  /// The result of a tool, as JSON; the arguments are JSON too.
  std::string call(const Agent& agent, const std::string& tool, const std::string& arguments);
  std::future<runtime::EndpointAnswer> begin_call(const Agent& agent, const std::string& tool,
                                                  const std::string& arguments);

  /// Approvals by status, as their ids.
  std::vector<std::string> approvals(const std::string& status);
  void approve(const std::string& id);
  Result<runtime::Answer> command(const std::string& id,
                                  std::shared_ptr<const google::protobuf::Message> body);
  void await_status(const std::string& id, const std::string& status);

 private:
  void start();

  tests::TemporaryFolder folder_;
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  SigningKey key_ = SigningKey::generate();
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<McpServer> server_;
};

/// A member of a JSON object by its path of names, as text without quotes where it is one, else as
/// it stands; empty where there is none.
std::string at(const std::string& json, std::initializer_list<std::string_view> path);
/// The text of a tool's result, out of the whole answer.
std::string text_of(const runtime::EndpointAnswer& answer);

}  // namespace nightshift::bridges::mcp
