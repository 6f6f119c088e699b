// One HTTP request, by libcurl.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::bridges::cli {

struct HttpRequest {
  std::string method = "GET";
  /// From the root: `/v1/approval/x`.
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// Of the whole exchange.
  std::chrono::milliseconds timeout{60'000};
};

struct HttpResponse {
  int status = 0;
  std::string body;
  /// Of `Retry-After`, in seconds; 0 without.
  int retry_after_s = 0;
};

inline constexpr std::size_t response_bytes_max = 256u << 20;
/// Streams of a node show a sign of life more often than this.
inline constexpr std::chrono::seconds stream_silence_max{60};

/// Keeps its connection between requests. Follows no redirects, uses no proxy for loopback. Not
/// thread-safe.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();

  /// `base` is `http://HOST:PORT`. Errors: `unreachable` (nothing was sent), `unavailable` (the
  /// connection broke: the outcome is unknown), `timed_out`, `usage` (not a URL).
  Result<HttpResponse> send(const std::string& base, const HttpRequest& request);

  /// Takes part of a body; false ends the exchange.
  using Take = std::function<bool(std::string_view part)>;
  /// The body of a 200 as it comes, until the peer ends it or `take` does; that of another status
  /// is in the answer. No bound on the whole: `timed_out` is a peer that was silent for
  /// `stream_silence_max`. Errors as `send`.
  Result<HttpResponse> stream(const std::string& base, const HttpRequest& request,
                              const Take& take);

 private:
  void prepare(const std::string& base, const HttpRequest& request);
  Result<HttpResponse> perform(const std::string& base, HttpResponse& response);

  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace nightshift::bridges::cli
