// Messages in, answers out.
#include "bridges/mcp/gate/server.hpp"

#include <algorithm>
#include <set>

#include "bridges/mcp/gate/gate_tools.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::mcp {
namespace {

using runtime::EndpointAnswer;

constexpr std::string_view session_field = "Mcp-Session-Id";
constexpr std::string_view meta_prefix = "io.modelcontextprotocol/";
constexpr std::string_view instructions =
    "This is the gate of a Nightshift node. You cannot act on the outside world through it by "
    "yourself: propose what you want done, and a person decides on exactly that. Use wait to learn "
    "the decision; it may take hours, and nothing is lost meanwhile.";

JsonView member(JsonView object, std::string_view name) {
  JsonView found;
  for (JsonItems items(object); items.next();) {
    if (items.name() == name) found = items.value();
  }
  return found;
}

std::string in_meta(JsonView params, std::string_view name) {
  return member(member(params, "_meta"), name).text().value_or("");
}

std::string names_of() {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_array();
  for (const auto& version : versions()) json.text(version.name);
  json.end_array();
  return out;
}

RpcError error_of(std::int64_t code, std::string message, const std::string& data = {}) {
  RpcError error{code, std::move(message), {}};
  if (const auto view = JsonView::read(data); !data.empty() && view) error.data = JsonText(*view);
  return error;
}

}  // namespace

struct McpServer::Asked {
  runtime::EndpointRequest http;
  Finish finish;
  RequestId id;
  const Version* version = nullptr;

  bool stateless() const { return version != nullptr && version->era == Era::stateless; }
  /// `result` is an object.
  void succeed(std::string result, std::string session = {}) {
    if (stateless() && !result.starts_with(R"({"resultType")")) {
      result.replace(
          0, 1, result == "{}" ? R"({"resultType":"complete")" : R"({"resultType":"complete",)");
    }
    EndpointAnswer answer{.status = 200, .body = write_success(id, result)};
    if (!session.empty()) answer.fields.emplace_back(session_field, std::move(session));
    finish(std::move(answer));
  }
  void fail(RpcError error, int status = 200) {
    finish({.status = status, .body = write_failure(id, error)});
  }
};

McpServer::McpServer(runtime::Node& node, std::string version, std::shared_ptr<Waits> waits,
                     std::vector<std::shared_ptr<ToolSource>> more)
    : clock_(node.clock()),
      version_(std::move(version)),
      waits_(std::move(waits)),
      own_(std::make_shared<GateTools>(node, waits_)),
      own_tools_(own_->tools()),
      more_(std::move(more)) {}

McpServer::McpServer(runtime::Node& node, std::string version)
    : McpServer(node, std::move(version), std::make_shared<Waits>(node)) {}

McpServer::~McpServer() { stop(); }

void McpServer::stop() { waits_->stop(); }

std::chrono::milliseconds McpServer::longest() const {
  return server_patience + std::chrono::seconds(40);
}

void McpServer::answer(runtime::EndpointRequest http, Finish finish) {
  const auto refuse = [&](int status, const BadMessage& bad) {
    finish({.status = status, .body = write_failure(bad.id, error_of(bad.code, bad.why))});
  };
  const auto type = http.field("content-type");
  if (type.substr(0, type.find(';')) != "application/json") {
    return refuse(415, {rpc::invalid_request, "the Content-Type must be application/json", {}});
  }
  if (http.body.size() > server_message_bytes_max) {
    return refuse(413, {rpc::invalid_request, "a message may have 8 MiB", {}});
  }
  // The message is read where it stands, and outlives what is made of it.
  const auto text = std::make_shared<const std::string>(std::move(http.body));
  const auto message = read_message(*text);
  if (!message) return refuse(400, message.error());
  const auto spoken = http.field("mcp-protocol-version");
  if (!spoken.empty() && find_version(spoken) == nullptr) {
    const auto* request = std::get_if<Request>(&*message);
    std::string data;
    runtime::JsonWriter json(data);
    json.begin_object().key("supported").raw(names_of()).field("requested", spoken).end_object();
    const auto error = error_of(rpc::unsupported_version, "this version is not spoken here", data);
    std::optional<RequestId> id;
    if (request != nullptr) id = request->id;
    return finish({.status = 400, .body = write_failure(id, error)});
  }
  if (const auto* request = std::get_if<Request>(&*message)) {
    return answer_request(*request, {std::move(http), std::move(finish), request->id});
  }
  // Notices and answers: nothing here waits for them.
  finish({.status = 202, .body = {}});
}

void McpServer::answer_request(const Request& request, Asked asked) {
  const auto& method = request.method;
  const auto in_body = in_meta(request.params, std::string(meta_prefix) + "protocolVersion");
  const auto in_header = std::string(asked.http.field("mcp-protocol-version"));
  if (method == "initialize") return initialize(request, std::move(asked));
  if (const auto session = asked.http.field("mcp-session-id"); !session.empty()) {
    asked.version = sessions_.find(session, asked.http.token, clock_.elapsed());
    if (asked.version == nullptr) {
      return asked.fail(
          error_of(rpc::invalid_request, "there is no such session of yours; initialize anew"),
          404);
    }
  } else {
    const auto* version = find_version(in_body.empty() ? in_header : in_body);
    if (version == nullptr || version->era != Era::stateless) {
      return asked.fail(error_of(rpc::unsupported_version,
                                 "open a session with initialize, or say the version "
                                 "2026-07-28 in every request",
                                 R"({"supported":)" + names_of() + "}"),
                        400);
    }
    asked.version = version;
    const auto named = asked.http.field("mcp-method");
    if (in_body != in_header || (!named.empty() && named != method)) {
      return asked.fail(error_of(rpc::header_mismatch,
                                 "the headers MCP-Protocol-Version and Mcp-Method must say what "
                                 "the message says"),
                        400);
    }
  }
  if (method == "server/discover") return discover(request, std::move(asked));
  if (method == "tools/call") return call_tool(request, std::move(asked));
  if (method == "tools/list") return list_tools(std::move(asked));
  if (method == "ping" || method == "logging/setLevel") return asked.succeed("{}");
  // Clients ask for these unasked.
  if (method == "prompts/list") return asked.succeed(R"({"prompts":[]})");
  if (method == "resources/list") return asked.succeed(R"({"resources":[]})");
  if (method == "resources/templates/list") return asked.succeed(R"({"resourceTemplates":[]})");
  asked.fail(error_of(rpc::method_not_found, "there is no method " + method.substr(0, 64)));
}

void McpServer::initialize(const Request& request, Asked asked) {
  const auto wanted = member(request.params, "protocolVersion").text();
  if (!wanted) {
    return asked.fail(error_of(rpc::invalid_params, "initialize names no protocolVersion"));
  }
  const auto* version = find_version(*wanted);
  if (version == nullptr || version->era != Era::session) version = &newest(Era::session);
  std::string result;
  runtime::JsonWriter json(result);
  json.begin_object().field("protocolVersion", version->name);
  json.key("capabilities").raw(R"({"tools":{}})").key("serverInfo").begin_object();
  json.field("name", "nightshift").field("title", "Nightshift").field("version", version_);
  json.end_object().field("instructions", instructions).end_object();
  asked.succeed(std::move(result), sessions_.open(asked.http.token, *version, clock_.elapsed()));
}

void McpServer::discover(const Request&, Asked asked) const {
  std::string result;
  runtime::JsonWriter json(result);
  json.begin_object().field("resultType", "complete").key("supportedVersions").raw(names_of());
  json.key("capabilities").raw(R"({"tools":{}})").field("instructions", instructions);
  json.key("_meta").begin_object().key(std::string(meta_prefix) + "serverInfo").begin_object();
  json.field("name", "nightshift").field("version", version_);
  json.end_object().end_object().end_object();
  asked.succeed(std::move(result));
}

void McpServer::list_tools(Asked asked) {
  const auto who = asked.http.caller.principal;
  const auto shared = std::make_shared<Asked>(std::move(asked));
  if (waits_->soon(who, [this, shared] { shared->succeed(tool_list()); })) return;
  shared->fail(error_of(rpc::internal_error, "too much of yours is waited for"), 503);
}

std::string McpServer::tool_list() const {
  std::string out;
  std::set<std::string> known;
  runtime::JsonWriter json(out);
  json.begin_object().key("tools").begin_array();
  const auto add = [&](const std::vector<ToolInfo>& tools) {
    for (const auto& tool : tools) {
      if (known.insert(tool.name).second) json.raw(to_json(tool));
    }
  };
  add(own_tools_);
  for (const auto& source : more_) add(source->tools());
  json.end_array().end_object();
  return out;
}

void McpServer::call_tool(const Request& request, Asked asked) {
  const auto name = member(request.params, "name").text().value_or("");
  const auto named = asked.http.field("mcp-name");
  if (asked.stateless() && !named.empty() && named != name) {
    return asked.fail(
        error_of(rpc::header_mismatch, "the header Mcp-Name must say what the message says"), 400);
  }
  auto arguments = member(request.params, "arguments");
  static const auto none = *JsonView::read("{}");
  if (arguments.type() == JsonView::Type::null) arguments = none;
  if (arguments.type() != JsonView::Type::object) {
    return asked.fail(error_of(rpc::invalid_params, "the arguments are no object"));
  }
  auto patience = std::chrono::milliseconds(server_patience);
  if (asked.http.patience.count() > 0) patience = std::min(patience, asked.http.patience);
  ToolUse use{.name = name,
              .arguments = JsonText(arguments),
              .caller = asked.http.caller,
              .key = in_meta(request.params, "nightshift/key"),
              .patience = patience};
  const auto shared = std::make_shared<Asked>(std::move(asked));
  auto end = [shared](const ToolAnswer& result) { shared->succeed(to_json(result)); };
  if (std::ranges::find(own_tools_, name, &ToolInfo::name) != own_tools_.end()) {
    return own_->call(std::move(use), std::move(end));
  }
  const auto who = use.caller.principal;
  const bool taken = waits_->soon(who, [this, shared, end, use = std::move(use)]() mutable {
    for (const auto& source : more_) {
      if (source->has(use.name)) return source->call(std::move(use), std::move(end));
    }
    shared->fail(error_of(rpc::invalid_params, "there is no tool " + use.name.substr(0, 128)));
  });
  if (!taken) shared->fail(error_of(rpc::internal_error, "too much of yours is waited for"), 503);
}

}  // namespace nightshift::bridges::mcp
