// Requests to a node, asked again where the outcome is unknown.
#include "bridges/cli/node_api.hpp"

#include <poll.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"

namespace nightshift::bridges::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds pause_min{50};
constexpr milliseconds pause_max{1'000};

/// True where the same request may well succeed a little later, and repeating it harms nothing:
/// reads repeat freely, commands carry their key. A node that never answered is not waited for.
bool worth_asking_again(const Result<HttpResponse>& response, bool reached_before) {
  if (response) return response->status == 503 || response->status == 504;
  const auto code = response.error().code;
  return code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
         (code == ErrorCode::unreachable && reached_before);
}

bool outcome_unknown(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timed_out ||
         error.code == ErrorCode::unreachable;
}

/// Header values are one line.
bool is_header_value(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

NodeApi::NodeApi(Target target, runtime::DataFolder folder)
    : target_(std::move(target)), folder_(std::move(folder)) {}

void NodeApi::prefer_token(std::string token) { preferred_token_ = std::move(token); }

Result<std::string> NodeApi::base_url() const {
  if (!target_.url.empty()) {
    auto url = target_.url;
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  const auto node = folder_.read_node();
  if (!node) return std::unexpected(node.error());
  if (!*node) {
    return fail(ErrorCode::unreachable,
                "no node runs on " + folder_.root().string() +
                    "; start one with \"nightshift up\", or name another with --data or --url",
                folder_.root().string());
  }
  return "http://" + (*node)->http();
}

Result<std::string> NodeApi::token() const {
  if (!target_.token.empty()) return target_.token;
  if (!preferred_token_.empty()) return preferred_token_;
  auto admin = folder_.read_token(folder_.admin_token_file());
  if (admin) return admin;
  return fail(ErrorCode::unauthenticated,
              "there is no token: " + admin.error().detail + "; give one with --token", "--token");
}

Result<HttpResponse> NodeApi::once(const HttpRequest& request) {
  // Looked up every time: a node that restarted may listen on another port.
  const auto base = base_url();
  if (!base) return std::unexpected(base.error());
  return client_.send(*base, request);
}

Result<void> NodeApi::authorise(HttpRequest& request) const {
  // Without a node there is no sense in asking for a token.
  if (const auto base = base_url(); !base) return std::unexpected(base.error());
  const auto bearer = token();
  if (!bearer) return std::unexpected(bearer.error());
  if (!is_header_value(*bearer)) {
    return fail(ErrorCode::unauthenticated, "the token is not a token", "--token");
  }
  request.headers.emplace_back("Authorization", "Bearer " + *bearer);
  return {};
}

Result<NodeAnswer> NodeApi::send(HttpRequest request) {
  if (auto known = authorise(request); !known) return std::unexpected(known.error());
  request.headers.emplace_back("Accept", "application/json");
  request.timeout = target_.timeout;
  const auto give_up = steady_clock::now() + target_.patience;
  bool reached = false;
  for (auto pause = pause_min;; pause = std::min(pause * 2, pause_max)) {
    const auto response = once(request);
    reached = reached || response || response.error().code != ErrorCode::unreachable;
    if (!worth_asking_again(response, reached) || steady_clock::now() + pause > give_up) {
      if (!response) return std::unexpected(response.error());
      if (response->status < 400) return NodeAnswer{response->status, response->body};
      return std::unexpected(error_of(response->status, response->body));
    }
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
}

Result<NodeAnswer> NodeApi::get(const std::string& target) {
  HttpRequest request;
  request.target = target;
  return send(std::move(request));
}

Result<NodeAnswer> NodeApi::post(const std::string& target, std::string body) {
  const auto key = target_.key.empty() ? to_hex(random_bytes(16)) : target_.key;
  if (!is_header_value(key)) {
    return fail(ErrorCode::usage, "a command id has no spaces or control characters", "--key");
  }
  HttpRequest request;
  request.method = "POST";
  request.target = target;
  request.body = std::move(body);
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Idempotency-Key", key);
  if (target_.if_match) {
    request.headers.emplace_back("If-Match", "\"" + std::to_string(*target_.if_match) + "\"");
  }
  auto answer = send(std::move(request));
  if (!answer && outcome_unknown(answer.error())) {
    answer.error().detail = std::string(answer.error().message()) + "; ask again with --key " + key;
    answer.error().instance = key;
  }
  return answer;
}

Result<HttpResponse> NodeApi::exchange(HttpRequest request) {
  if (auto known = authorise(request); !known) return std::unexpected(known.error());
  return once(request);
}

Result<void> NodeApi::stream(const std::string& target, const std::string& last_id,
                             const HttpClient::Take& take) {
  HttpRequest request;
  request.target = target;
  if (auto known = authorise(request); !known) return known;
  request.headers.emplace_back("Accept", "text/event-stream");
  if (!last_id.empty()) request.headers.emplace_back("Last-Event-ID", last_id);
  const auto base = base_url();
  if (!base) return std::unexpected(base.error());
  const auto response = client_.stream(*base, request, take);
  if (!response) return std::unexpected(response.error());
  if (response->status == 200) return {};
  return std::unexpected(error_of(response->status, response->body));
}

Error error_of(int status, std::string_view body) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  const auto text = [&](const char* name) {
    if (!problem.is_object()) return std::string();
    const auto found = problem.find(name);
    return found != problem.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (const auto known = find_error(text("code"))) {
    return {known->code, text("detail"), text("instance")};
  }
  const auto code = status == 401   ? ErrorCode::unauthenticated
                    : status == 403 ? ErrorCode::forbidden
                    : status == 404 ? ErrorCode::not_found
                    : status >= 500 ? ErrorCode::unavailable
                                    : ErrorCode::invalid;
  return {code, "the server answered " + std::to_string(status) + "; is it a Nightshift node?", ""};
}

std::string query_escape(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string escaped;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos)
      escaped += c;
    else
      escaped += "%" + to_hex({&c, 1});
  }
  return escaped;
}

}  // namespace nightshift::bridges::cli
