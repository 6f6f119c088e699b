// Browsers: the link, the page behind it, and the sessions that it begins.
#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "messages/json.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
/// Nothing but the page's own style; in nobody's frame; its address, with the code, goes nowhere.
constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

Response page(int status, std::string_view title, std::string_view words) {
  Response out;
  out.status = status;
  out.content_type = html;
  out.headers.emplace_back("Content-Security-Policy", page_policy);
  out.headers.emplace_back("Referrer-Policy", "no-referrer");
  if (status == 401) out.headers.emplace_back("WWW-Authenticate", challenge);
  out.body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Nightshift</title>"
      "<style>body{font:1.1rem/1.5 system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem}"
      "</style><h1>";
  out.body += escaped(title);
  out.body += "</h1><p>";
  out.body += escaped(words);
  out.body += "</p></html>\n";
  return out;
}

/// As the proxy says that terminates TLS; who lies here harms their own browser alone.
bool is_behind_tls(const Head& head) {
  return equal_ignoring_case(head.find("x-forwarded-proto"), "https");
}

std::string cookie_text(const Call& call, const std::string& value, std::string_view more) {
  std::string text =
      call.services.cookie_name + "=" + value + "; Path=/; HttpOnly; SameSite=Strict";
  if (is_behind_tls(call.request.head)) text += "; Secure";
  return text += more;
}

void write_session(const Session& session, runtime::JsonWriter& json) {
  json.field("id", session.id)
      .field("principal", session.principal)
      .field("created_at", to_rfc3339(session.created_at))
      .field("used_at", to_rfc3339(session.used_at))
      .field("expires_at", to_rfc3339(session.expires_at));
}

/// Whose sessions the caller may see and end; empty: everybody's.
std::string_view reach_of(const Call& call) {
  return call.caller->may(SCOPE_ADMIN) ? std::string_view() : call.caller->principal;
}

}  // namespace

Response post_login(const Call& call) {
  if (call.caller->agent) {
    return call.refuse(
        {ErrorCode::forbidden, "browsers are for people: an agent has its token", {}});
  }
  const auto link = call.services.sessions.make_link(call.caller->principal, call.who.token_hash);
  Response out;
  runtime::JsonWriter(out.body)
      .begin_object()
      .field("path", "/login?code=" + link.code)
      .field("principal", call.caller->principal)
      .field("expires_at", to_rfc3339(link.expires_at))
      .end_object();
  return out;
}

Response get_login_page(const Call& call) {
  const auto code = parameter(call.target, "code");
  // To ask about the page is not to use the link.
  if (!code || !*code || call.request.head.method != Method::get) {
    return page(200, "Nightshift",
                "To sign in here, ask for a link at a terminal: nightshift login");
  }
  auto opened = call.services.sessions.open(**code);
  if (!opened) return page(401, "Not signed in", opened.error().message());
  auto out = page(200, "Signed in",
                  "This browser is signed in as " + opened->session.principal + " on the node " +
                      call.node().identity().node() + ".");
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(opened->session.expires_at -
                                                                        opened->session.created_at);
  out.headers.emplace_back(
      "Set-Cookie",
      cookie_text(call, opened->cookie, "; Max-Age=" + std::to_string(seconds.count())));
  return out;
}

Response get_session(const Call& call) {
  if (!call.who.session) {
    return call.refuse({ErrorCode::not_found, "this request has a token, and no session", {}});
  }
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object();
  write_session(*call.who.session, json);
  json.field("csrf_token", call.who.session->csrf).key("scopes").begin_array();
  for (const Scope scope : call.caller->scopes) {
    json.text(enum_word(*Scope_descriptor()->FindValueByNumber(scope)));
  }
  json.end_array().end_object();
  return out;
}

Response list_sessions(const Call& call) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const Session& session : call.services.sessions.list(reach_of(call))) {
    json.begin_object();
    write_session(session, json);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

Response post_session_end(const Call& call) {
  const auto given = parameter(call.target, "id");
  if (!given) return call.refuse(given.error());
  const auto& own = call.who.session;
  if (!*given && !own) {
    return call.refuse({ErrorCode::invalid, "say which: ?id=ID, as /v1/sessions has it", "id"});
  }
  const std::string id(given->value_or(own ? std::string_view(own->id) : std::string_view()));
  if (!call.services.sessions.end(id, reach_of(call))) {
    return call.refuse({ErrorCode::not_found, "there is no such session of yours", id});
  }
  Response out;
  if (own && own->id == id) {
    out.headers.emplace_back("Set-Cookie", cookie_text(call, "", "; Max-Age=0"));
  }
  runtime::JsonWriter(out.body).begin_object().field("id", id).field("ended", true).end_object();
  return out;
}

}  // namespace nightshift::bridges::http
