// The reference of the HTTP interface.
#include "tests/bridges/http/reference.hpp"

#include "bridges/http/query.hpp"
#include "bridges/http/server.hpp"
#include "messages/json.hpp"
#include "messages/options.pb.h"
#include "tests/support/golden.hpp"

namespace nightshift::tests {

namespace {

using bridges::http::Method;
using bridges::http::Route;

std::string scope_of(const Route& route) {
  if (route.scope == SCOPE_UNSPECIFIED) return "-";
  std::string out = enum_word(*Scope_descriptor()->FindValueByNumber(route.scope));
  return route.own ? out + ", own: propose" : out;
}

void append_route(const Route& route, std::string& out) {
  out += "| `";
  out += route.method == Method::post ? "POST " : "GET ";
  out += route.pattern + "` | " + scope_of(route) + " | ";
  std::string query;
  for (const auto& parameter : route.query)
    query += (query.empty() ? "`" : " `") + parameter.name + "`";
  out += query + " | " + route.summary + " |\n";
}

void append_routes(const bridges::http::Routes& routes, std::string& out) {
  out += "## Routes\n\n`HEAD` where there is `GET`.\n";
  const kernel::Kind* kind = nullptr;
  bool first = true;
  for (const Route& route : routes.all()) {
    if (first || route.kind != kind) {
      kind = route.kind;
      first = false;
      out += "\n### " + (kind ? std::string(kind->name()) : "the node") + "\n\n";
      if (kind) out += std::string(kind->summary()) + "\n\n";
      out += "| route | scope | query | |\n|---|---|---|---|\n";
    }
    append_route(route, out);
  }
}

void append_limits(std::string& out) {
  const bridges::http::HttpOptions options;
  const auto row = [&](const std::string& what, auto bound, const std::string& unit,
                       const std::string& beyond) {
    out += "| " + what + " | " + std::to_string(bound) + (unit.starts_with('/') ? "" : " ") + unit +
           " | " + beyond + " |\n";
  };
  out += R"(
## Limits

HTTP/1.1 and 1.0. What two programs could read in two ways is refused with 400 and the connection
closed: bare CR or LF, folded fields, a space before a colon, two of `Host`, `Content-Length` or
another field that decides something, any `Transfer-Encoding`, any `Content-Encoding`, a
`Content-Length` that is not digits alone. A body that a route does not read closes the connection.

| what | bound | beyond |
|---|---|---|
)";
  using namespace bridges::http;
  row("a line of the header block", line_bytes_max, "bytes", "413");
  row("a header block", head_bytes_max, "bytes", "413");
  row("header fields", fields_max, "", "413");
  row("a body", options.body_bytes_max, "bytes", "413");
  row("unfinished requests and answers in memory at once", options.memory_bytes_max, "bytes",
      "503");
  row("connections", options.connections_max, "",
      "idle ones are closed, then those without a whole header block, then those that do not take "
      "their answer; then 503");
  row("requests other than commands that wait", options.waiting_max, "", "503");
  row("streams of events", options.followers_max, "", "503");
  row("requests of one principal", options.requests_per_s, "/s, twice as many at once", "429");
  row("items of a page", page_max, "", "400");
  row("silence between requests", options.idle_timeout.count() / 1000, "s", "closed");
  row("from the first to the last byte of a header block", options.head_timeout.count() / 1000, "s",
      "closed");
  row("for a body", options.body_timeout.count() / 1000, "s", "400");
  row("for an answer to be taken", options.write_timeout.count() / 1000, "s", "closed");
  row("for the answer to a command", options.answer_timeout.count() / 1000, "s", "504");
  row("between signs of life of a stream", options.heartbeat.count() / 1000, "s", "");
}

}  // namespace

std::string http_reference(const bridges::http::Routes& routes) {
  std::string out = read_file("tests/bridges/http/reference_opening.md");
  append_routes(routes, out);
  append_limits(out);
  return out;
}

}  // namespace nightshift::tests
