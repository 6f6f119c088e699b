// Puts the parts together as the program does.
#include "tests/bridges/mcp/gate/gate.hpp"

#include <boost/test/unit_test.hpp>

#include "bridges/mcp/gate/permission.hpp"
#include "messages/canonical.hpp"
#include "messages/json.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* approver = "mara";

using tests::must;

}  // namespace

runtime::EndpointRequest Agent::request(const std::string& body) const {
  runtime::EndpointRequest request{.body = body, .caller = {}, .token = "token of " + name};
  request.caller.principal = name;
  request.caller.agent = true;
  request.caller.scopes = scopes;
  request.fields.emplace_back("content-type", "application/json");
  if (!session.empty()) request.fields.emplace_back("mcp-session-id", session);
  if (!version.empty()) request.fields.emplace_back("mcp-protocol-version", version);
  request.patience = patience;
  return request;
}

Gate::Gate() : catalog_(tests::all_kinds()) { start(); }

Gate::~Gate() {
  server_.reset();
  node_.reset();
}

void Gate::start() {
  runtime::NodeOptions options;
  options.effect_backoff = std::chrono::milliseconds(10);
  node_ =
      must(runtime::start_node(tests::open_journal(folder_ / "journal", "laptop", clock_), catalog_,
                               clock_, {std::make_shared<PermissionGrant>()}, options));
  tests::ensure_approver(*node_, approver, key_);
  server_ = std::make_unique<McpServer>(*node_, "test");
}

void Gate::restart() {
  server_.reset();
  node_.reset();
  start();
}

std::future<runtime::EndpointAnswer> Gate::begin(runtime::EndpointRequest request) {
  auto promise = std::make_shared<std::promise<runtime::EndpointAnswer>>();
  auto answer = promise->get_future();
  server_->answer(std::move(request), [promise](runtime::EndpointAnswer&& given) {
    promise->set_value(std::move(given));
  });
  return answer;
}

runtime::EndpointAnswer Gate::post(const Agent& agent, const std::string& body) {
  auto answer = begin(agent.request(body));
  BOOST_REQUIRE(answer.wait_for(patience) == std::future_status::ready);
  return answer.get();
}

Agent Gate::open(Agent agent) {
  const auto answer = post(agent, R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":)"
                                  R"({"protocolVersion":"2025-11-25","capabilities":{},)"
                                  R"("clientInfo":{"name":"test","version":"1"}}})");
  BOOST_REQUIRE(answer.status == 200);
  BOOST_REQUIRE(answer.fields.size() == 1u);
  agent.session = answer.fields.front().second;
  return agent;
}

std::future<runtime::EndpointAnswer> Gate::begin_call(const Agent& agent, const std::string& tool,
                                                      const std::string& arguments) {
  return begin(agent.request(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":")" +
                             tool + R"(","arguments":)" + arguments + "}}"));
}

std::string Gate::call(const Agent& agent, const std::string& tool, const std::string& arguments) {
  auto answer = begin_call(agent, tool, arguments);
  BOOST_REQUIRE(answer.wait_for(patience) == std::future_status::ready);
  return at(answer.get().body, {"result"});
}

std::vector<std::string> Gate::approvals(const std::string& status) {
  std::vector<std::string> ids;
  const auto page = must(
      node_->list({.kind = "approval", .where = {{"status", status}}, .after = {}, .limit = 100}));
  for (const auto& answer : page.items) ids.push_back(answer.entity.id);
  return ids;
}

Result<runtime::Answer> Gate::command(const std::string& id,
                                      std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = {"approval", id};
  command.body = std::move(body);
  command.caller.principal = approver;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE, SCOPE_APPROVE, SCOPE_ADMIN};
  return node_->call(std::move(command), patience);
}

void Gate::approve(const std::string& id) {
  const auto answer = must(node_->get({"approval", id}));
  const auto& seen = dynamic_cast<const approval::View&>(*answer.view);
  auto approve = std::make_shared<approval::Approve>();
  approve->set_digest(seen.digest());
  approve->set_approver(approver);
  approve->set_nonce(to_base64url(random_bytes(16)));
  approve->set_signature(to_base64url(
      key_.sign(approval_text(seen.digest(), "approve", approve->nonce(), "", seen.executor()))));
  must(command(id, std::move(approve)));
}

void Gate::await_status(const std::string& id, const std::string& status) {
  tests::eventually(
      [&] {
        const auto answer = node_->get({"approval", id});
        return answer && answer->status == status;
      },
      id + " is " + status);
}

std::string at(const std::string& json, std::initializer_list<std::string_view> path) {
  auto value = must(JsonView::read(json));
  for (const auto name : path) {
    JsonView next;
    bool found = false;
    for (JsonItems items(value); items.next();) {
      if (items.name() != name) continue;
      next = items.value();
      found = true;
    }
    if (!found) return {};
    value = next;
  }
  return value.text().value_or(std::string(value.raw()));
}

std::string text_of(const runtime::EndpointAnswer& answer) {
  const auto content = at(answer.body, {"result", "content"});
  const auto list = must(JsonView::read(content));
  JsonItems items(list);
  BOOST_REQUIRE(items.next());
  return at(std::string(items.value().raw()), {"text"});
}

}  // namespace nightshift::bridges::mcp
