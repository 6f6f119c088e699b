// The reference of the HTTP interface.
#include "tests/bridges/http/reference.hpp"

#include <set>

#include "bridges/http/query.hpp"
#include "bridges/http/server.hpp"
#include "messages/error.hpp"
#include "messages/json.hpp"
#include "messages/options.pb.h"

namespace nightshift::test {

namespace {

using bridges::http::Method;
using bridges::http::Route;

constexpr const char* opening = R"(# HTTP

Generated from the kinds' schemas, the table of routes, the error table and the default bounds;
`UPDATE_GOLDEN=1 build/dev/tests/http_test` writes it anew. As OpenAPI 3.1: `openapi.json` beside
this page, or `GET /v1/openapi.json` of a running node.

    curl -H "Authorization: Bearer $(cat DIR/admin.token)" -
                                    d '{"title":"Hello","category":"email"}' http
    :  // 127.0.0.1:2308/v1/approval/a1/propose

       ##Tokens

`Authorization : Bearer TOKEN` on everything but `/
                  livez` and `/ readyz`.Each route names the scope that it needs;
`admin` implies all but `approve`;
an agent's token never holds `approve`. With
`propose` one reads what one proposed
    : entities whose view names the caller as `requester`.A 401 comes with `WWW -
    Authenticate`,
    a 403 names the scope that is missing.

`Host` must be the bound address, `localhost` or a configured name, and `Origin`,
    where a browser sends it,
    too : else 403.

          ##Commands

`POST / v1 /
          KIND / ID /
          COMMAND` with a JSON object(an empty body is `{}`)
              .The answer comes when the command is durable : 201 if it created the entity,
    else 200.

        | field of the request | means | | -- -| -- -| | `Idempotency - Key : KEY` |
        the
        command's id, 1 to 128 characters without spaces and quotes: repeated with the same body, the first answer again; with another, 422 `key_reused` | | `If -
                                                                                                                                                                 Match
    : "SEQUENCE"` |
        only if the entity is still at this sequence,
    else 412; `"0"` means that there must be none yet |
| `Prefer: wait=SECONDS` | wait no longer than this for the answer |

Where the outcome is unknown (503 `unavailable`, 504 `timed_out`) the problem carries `command_id`:
send the same command with it as `Idempotency-Key`, and it happens once.

## Shapes

An entity, as commands and `GET /v1/KIND/ID` answer it, with `ETag: "SEQUENCE"`:

    {
  "id", "kind", "sequence", "offset", "status", "view" : {...},
                                                         "created_at",
                                                         "updated_at",
                                                         "command_id"(of an answered command),
                                                         "effects"
      : [ {"id", "state", "attempts"} ](if any),
        "stale" : true(if a newer program wrote events that this one does not know)
}

`If - None - Match` may give 304. A list is `{ "items" : [entity...], "next" : ID }
`, filtered by
`FIELD = VALUE` on `status` and the indexed fields, several narrowing each other;
`next` is absent on the last page and else is what `after` wants.

    A record :

{
  "position" : "LOG:OFFSET",
               "offset",
               "kind",
               "id",
               "sequence",
               "type" : "KIND.Type",
                        "event" : {...}(absent if the type is unknown),
                                  "sentence",
                                  "principal",
                                  "decided_at",
                                  "written_at",
                                  "cause",
                                  "correlation",
                                  "home",
                                  "event_id"
}

`GET / v1 / events` answers `{"items" : [record...], "next" : "LOG:OFFSET"}`, an entity's events
`{
  "items" : [record...], "next" : SEQUENCE
}
`; `next` is where to go on, also when there is nothing
more yet. With `Accept: text/event-stream` the same records come as a stream that does not end:

    id: LOG:OFFSET
    event: KIND.Type
    data: {record}

A stream that broke goes on behind `Last-Event-ID`. A line `:` is a sign of life. A change of who may
do what ends streams: come again with the token. A position of another log is 404: after a restore
everything has to be read anew.

`GET /v1/KIND/ID/why` answers `{"id", "kind", "status", "sequence", "trigger": {"command_id", "who",
"at", "what"}, "chain": [{"offset", "sequence", "at", "what", "who", "type", "cause",
"correlation"}], "complete", "effects"}`, oldest first, at most 1000 links.

JSON is that of `docs/formats/json.md`.

)";

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

void append_errors(std::string& out) {
  out += R"(
## Errors

`application/problem+json` (RFC 9457), also for routes that do not exist: `{"type", "title",
"status", "code", "detail", "instance"}` and for a command `command_id`. `code` is stable, `detail`
says what to do, `instance` is the field, entity or path that it concerns. 429 and 503 come with
`Retry-After`.

| status | code | |
|---|---|---|
)";
  struct Line {
    int status;
    std::string code;
    std::string sentence;
    auto operator<=>(const Line&) const = default;
  };
  const std::set<Line> lines{
#define NIGHTSHIFT_ERROR(number, name, http, exit, sentence) Line{http, #name, sentence},
#include "messages/error.def"
#undef NIGHTSHIFT_ERROR
  };
  for (const Line& line : lines) {
    out +=
        "| " + std::to_string(line.status) + " | `" + line.code + "` | " + line.sentence + " |\n";
  }
}

void append_limits(std::string& out) {
  const bridges::http::HttpOptions options;
  const auto row = [&](const std::string& what, auto bound, const std::string& unit,
                       const std::string& beyond) {
    out += "| " + what + " | " + std::to_string(bound) + " " + unit + " | " + beyond + " |\n";
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
  row("bodies in memory at once", options.bodies_bytes_max, "bytes", "503");
  row("connections served at once", options.threads, "", "they wait; idle ones are closed");
  row("connections that wait", options.waiting_max, "", "503");
  row("streams of events", options.followers_max, "", "503");
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
  std::string out = opening;
  append_routes(routes, out);
  append_errors(out);
  append_limits(out);
  return out;
}

}  // namespace nightshift::test
