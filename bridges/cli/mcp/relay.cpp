// Asks the node until it has answered.
#include "bridges/cli/mcp/relay.hpp"

#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "messages/crypto.hpp"
#include "messages/json.hpp"

namespace nightshift::bridges::cli {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* node_version = "2026-07-28";
constexpr const char* version_key = "io.modelcontextprotocol/protocolVersion";
constexpr const char* pending_key = "nightshift/pending";
constexpr std::string_view newest_session = "2025-11-25";
/// A node is asked for so long at a time, so that the end of this program is not waited for.
constexpr const char* prefer = "wait=5";
constexpr milliseconds pause_min{100};
constexpr milliseconds pause_max{3'000};
/// How long a node may be away before a question that waits for nobody is given up.
constexpr std::chrono::minutes away_max{5};
constexpr std::chrono::seconds wait_default{280};

Json failure(const Json& id, int code, const std::string& message) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}};
}

Json success(const Json& id, Json result) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

/// What lies at a path of a message that may have any form; null where nothing does.
Json value_at(const Json& message, const char* path) {
  const Json::json_pointer at(path);
  return message.contains(at) ? message.at(at) : Json();
}

/// `params` with what the node wants to know of every request.
Json addressed(Json request) {
  auto& params = request["params"];
  if (!params.is_object()) params = Json::object();
  auto& meta = params["_meta"];
  if (!meta.is_object()) meta = Json::object();
  meta[version_key] = node_version;
  // A repeat is the same request.
  if (!meta.contains("nightshift/key")) meta["nightshift/key"] = to_hex(random_bytes(16));
  return request;
}

bool speaks_stateless(const Json& request) {
  const auto at = Json::json_pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion");
  return request.contains(at);
}

/// How long the tool that is called is waited for; nothing: for as long as it takes.
std::optional<milliseconds> patience_of(const Json& request) {
  const auto name = value_at(request, "/params/name");
  if (request.at("method") != "tools/call") return milliseconds(0);
  if (name == "permission_prompt") return std::nullopt;
  if (name != "wait") return milliseconds(0);
  const auto seconds = value_at(request, "/params/arguments/seconds");
  if (!seconds.is_number_integer()) return wait_default;
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds.get<std::int64_t>(), 0, 86'400));
}

bool is_pending(const Json& answer) {
  return value_at(answer, "/result/_meta").contains(pending_key);
}

/// As a client of sessions knows it.
void make_plain(Json& answer) {
  const auto result = answer.find("result");
  if (result == answer.end() || !result->is_object()) return;
  result->erase("resultType");
  if (const auto meta = result->find("_meta"); meta != result->end()) {
    meta->erase(pending_key);
    if (meta->empty()) result->erase("_meta");
  }
}

bool is_away(const Error& error) {
  return error.code == ErrorCode::unreachable || error.code == ErrorCode::unavailable ||
         error.code == ErrorCode::timed_out;
}

}  // namespace

Relay::Relay(MakeApi make, std::string version, std::ostream& out)
    : make_(std::move(make)), version_(std::move(version)), out_(out) {}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (auto& errand : errands_) errand.thread.join();
}

void Relay::run(int input) {
  std::string line;
  bool too_long = false;
  char buffer[1 << 16];
  while (true) {
    const auto count = ::read(input, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    std::string_view bytes(buffer, static_cast<std::size_t>(count));
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
      line += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      if (too_long || line.size() > relay_line_bytes_max) {
        say(failure(nullptr, -32600, "a message may have 8 MiB"));
      } else if (line.find_first_not_of(" \t\r") != line.npos) {
        take(line);
      }
      too_long = false;
      line.clear();
    }
    too_long = too_long || line.size() + bytes.size() > relay_line_bytes_max;
    if (too_long) line.clear();
    if (!too_long) line += bytes;
  }
}

void Relay::take(const std::string& line) {
  // Its depth is bounded, too.
  if (!is_json(line)) return say(failure(nullptr, -32700, "this is no JSON"));
  auto message = Json::parse(line, nullptr, false);
  if (!message.is_object() || message.value("jsonrpc", Json()) != "2.0") {
    return say(failure(nullptr, -32600, "this is no message of JSON-RPC 2.0"));
  }
  const auto method = message.value("method", Json());
  if (!method.is_string()) return;
  const auto id = message.find("id");
  if (id == message.end()) {
    if (method != "notifications/cancelled") return;
    const std::lock_guard lock(mutex_);
    if (cancelled_.size() >= relay_requests_max) cancelled_.clear();
    cancelled_.insert(value_at(message, "/params/requestId").dump());
    changed_.notify_all();
    return;
  }
  if (!id->is_string() && !id->is_number_integer()) {
    return say(failure(nullptr, -32600, "its id is neither a whole number nor a text"));
  }
  if (method == "initialize") {
    return say(success(*id, opened(message.value("params", Json::object()))));
  }
  if (method == "ping") return say(success(*id, Json::object()));
  begin(std::move(message));
}

Json Relay::opened(const Json& params) const {
  constexpr std::array<std::string_view, 4> sessions{newest_session, "2025-06-18", "2025-03-26",
                                                     "2024-11-05"};
  const auto wanted = params.is_object() ? params.value("protocolVersion", Json()) : Json();
  const bool known = wanted.is_string() &&
                     std::ranges::find(sessions, wanted.get<std::string>()) != sessions.end();
  return {{"protocolVersion", known ? wanted : Json(std::string(newest_session))},
          {"capabilities", {{"tools", Json::object()}}},
          {"serverInfo", {{"name", "nightshift"}, {"title", "Nightshift"}, {"version", version_}}},
          {"instructions",
           "This is the gate of a Nightshift node. Propose what you want done in the outside "
           "world; a person decides on exactly that. Use wait to learn the decision: it may take "
           "hours, and nothing is lost meanwhile."}};
}

void Relay::begin(Json request) {
  reap();
  const auto id = request.at("id");
  std::unique_lock lock(mutex_);
  if (errands_.size() >= relay_requests_max) {
    lock.unlock();
    return say(failure(id, -32603, "64 requests wait already; try again once one is answered"));
  }
  cancelled_.erase(id.dump());
  auto& errand = errands_.emplace_back();
  errand.thread = std::thread([this, &errand, request = std::move(request)] {
    ask(request);
    const std::lock_guard done(mutex_);
    cancelled_.erase(request.at("id").dump());
    errand.over = true;
  });
}

void Relay::reap() {
  const std::lock_guard lock(mutex_);
  for (auto errand = errands_.begin(); errand != errands_.end();) {
    if (!errand->over) {
      ++errand;
      continue;
    }
    errand->thread.join();
    errand = errands_.erase(errand);
  }
}

void Relay::ask(const Json& request) {
  auto answer = answer_of(request);
  if (!answer) return;
  if (!speaks_stateless(request)) make_plain(*answer);
  say(*answer);
}

std::optional<Json> Relay::answer_of(const Json& request) {
  auto api = make_();
  const auto id = request.at("id");
  const auto asked = addressed(request);
  const auto patience = patience_of(request);
  const auto began = steady_clock::now();
  const auto away_until = began + away_max;
  for (auto time = pause_min; pause(id, milliseconds(0)); time = std::min(time * 2, pause_max)) {
    auto answer = once(api, asked, id);
    if (answer && is_pending(*answer)) {
      // The node has waited already.
      time = pause_min;
      if (patience && steady_clock::now() - began >= *patience) return answer;
    } else if (answer) {
      return answer;
    } else if (patience && steady_clock::now() > std::max(away_until, began + *patience)) {
      return failure(id, -32603,
                     "the node is away; what was asked for may have been done: look with status "
                     "or approvals once it is back");
    }
    if (!pause(id, time)) break;
  }
  return std::nullopt;
}

std::optional<Json> Relay::once(NodeApi& api, const Json& request, const Json& id) {
  HttpRequest http{.method = "POST",
                   .target = "/mcp",
                   .body = request.dump(-1, ' ', false, Json::error_handler_t::replace),
                   .headers = {{"Content-Type", "application/json"},
                               {"Accept", "application/json, text/event-stream"},
                               {"MCP-Protocol-Version", node_version},
                               {"Prefer", prefer}}};
  const auto response = api.exchange(std::move(http));
  if (!response) {
    if (is_away(response.error())) return std::nullopt;
    return failure(id, -32603, std::string(response.error().message()));
  }
  if (response->status == 429 || response->status >= 502) return std::nullopt;
  auto answer = Json::parse(response->body, nullptr, false);
  if (answer.is_object() && answer.contains("jsonrpc")) return answer;
  return failure(id, -32603, std::string(error_of(response->status, response->body).message()));
}

bool Relay::pause(const Json& id, milliseconds time) {
  std::unique_lock lock(mutex_);
  const auto over = [&] { return ending_ || cancelled_.contains(id.dump()); };
  return !changed_.wait_for(lock, time, over);
}

void Relay::say(const Json& message) {
  const auto line = message.dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::lock_guard lock(mutex_);
  out_ << line << '\n' << std::flush;
}

}  // namespace nightshift::bridges::cli
