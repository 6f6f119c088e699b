// Makes problems out of errors.
#include "bridges/http/problem.hpp"

#include <algorithm>
#include <array>

#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};
constexpr std::array<Reason, 20> reasons{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {507, "Insufficient Storage"},
}};

/// Seconds after which trying again makes sense.
std::string_view retry_after(ErrorCode code) {
  const bool soon = code == ErrorCode::overloaded || code == ErrorCode::conflict ||
                    code == ErrorCode::rate_limited;
  return soon ? "1" : "5";
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* found = std::ranges::find(reasons, status, &Reason::status);
  return found == reasons.end() ? "Unknown" : found->phrase;
}

Response problem(const Error& error, std::string_view path, std::string_view command_id) {
  const ErrorInfo& line = info(error.code);
  Response out;
  out.status = line.http_status;
  out.content_type = "application/problem+json";
  runtime::JsonWriter json(out.body);
  json.begin_object()
      .field("type", "urn:nightshift:error:" + std::string(line.name))
      .field("title", line.sentence)
      .field("status", static_cast<std::uint64_t>(line.http_status))
      .field("code", line.name)
      .field("detail", error.message())
      .field("instance", error.instance.empty() ? path : std::string_view(error.instance));
  if (!command_id.empty()) json.field("command_id", command_id);
  json.end_object();
  if (out.status == 503 || out.status == 429) {
    out.headers.emplace_back("Retry-After", retry_after(error.code));
  }
  if (out.status == 401) {
    out.headers.emplace_back("WWW-Authenticate", challenge);
  }
  return out;
}

}  // namespace nightshift::bridges::http
