// A node as the command line reaches it: where it is, with which token, and asked again with the
// same command id until the outcome is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/cli/http_client.hpp"
#include "messages/error.hpp"
#include "runtime/data_folder.hpp"

namespace nightshift::bridges::cli {

/// What was said on the command line or in the environment; empty means not said.
struct Target {
  std::string url;
  std::string token;
  /// Idempotency key; empty means a fresh one for every command.
  std::string key;
  std::optional<std::uint64_t> if_match;
  /// How long an unknown outcome is asked for again.
  std::chrono::milliseconds patience{15'000};
  /// Of one exchange.
  std::chrono::milliseconds timeout{60'000};
};

struct NodeAnswer {
  int status = 0;
  /// JSON.
  std::string body;
};

class NodeApi {
 public:
  NodeApi(Target target, runtime::DataFolder folder);

  /// Uses this token from now on, unless one was given on the command line.
  void prefer_token(std::string token);
  /// True if `--url` says which node.
  bool is_elsewhere() const { return !target_.url.empty(); }
  /// As `node.json` or `--url` says. `unreachable` where neither does.
  Result<std::string> base_url() const;

  Result<NodeAnswer> get(const std::string& target);
  /// One command under one idempotency key. An error's `instance` is that key where the outcome
  /// stayed unknown.
  Result<NodeAnswer> post(const std::string& target, std::string body);
  /// One exchange with the caller's token and these headers, whatever the answer: nothing is asked
  /// again. Errors as `HttpClient::send`.
  Result<HttpResponse> exchange(HttpRequest request);
  /// One connection to a stream of events, behind `last_id` where there is one: ends when the node
  /// ends it or goes away (`unavailable`, `unreachable`, `timed_out`), and with what it refuses.
  Result<void> stream(const std::string& target, const std::string& last_id,
                      const HttpClient::Take& take);

 private:
  Result<void> authorise(HttpRequest& request) const;
  Result<NodeAnswer> send(HttpRequest request);
  Result<HttpResponse> once(const HttpRequest& request);
  Result<std::string> token() const;

  Target target_;
  runtime::DataFolder folder_;
  HttpClient client_;
  std::string preferred_token_;
};

/// The error that a problem document (RFC 9457) tells; a plain one where the body is none.
Error error_of(int status, std::string_view body);

/// Percent-encodes a query value.
std::string query_escape(std::string_view text);

}  // namespace nightshift::bridges::cli
