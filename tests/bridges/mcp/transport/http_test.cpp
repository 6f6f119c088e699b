// Streamable HTTP: what is sent in each era, and what each answer means.
#include <boost/test/unit_test.hpp>
#include <future>

#include "bridges/mcp/transport/http_link.hpp"
#include "tests/bridges/mcp/transport/caller.hpp"
#include "tests/bridges/mcp/transport/pipe_server.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

std::string header(const Received& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "-" : found->second;
}

Reply json(int status, const std::string& body, const std::string& more = "") {
  return answer(status, body, "Content-Type: application/json; charset=utf-8\r\n" + more);
}
Reply stream(const std::string& events, Reply::End end = Reply::End::close) {
  return {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events, end};
}
std::string event(const std::string& data, const std::string& id = "") {
  return (id.empty() ? "" : "id: " + id + "\n") + "data: " + data + "\n\n";
}
std::string result(const Received& request, const std::string& text) {
  return mcp::write_success(request_of(request.body), text);
}

/// A server that plays the opening, and leaves calls of tools to the test.
class HttpServer {
 public:
  using Behaviour = WebReceiver::Behaviour;

  HttpServer(mcp::Era era, Behaviour call) : era_(era), call_(std::move(call)) {
    web.behave([this](const Received& request) { return reply(request); });
  }

  Caller caller() const {
    mcp::HttpAddress address;
    address.url = web.url("/mcp");
    address.headers.emplace_back("Authorization: Bearer secret");
    return Caller(std::make_unique<mcp::HttpLink>(std::move(address),
                                                  std::make_shared<runtime::SystemClock>()));
  }
  /// The first request that has this in its body or its line.
  Received find(const std::string& text) const {
    Received found;
    eventually(
        [&] {
          for (const auto& request : web.received()) {
            if ((request.line + request.body).find(text) != std::string::npos) {
              return found = request, true;
            }
          }
          return false;
        },
        "the server gets " + text);
    return found;
  }

 private:
  Reply reply(const Received& request) const {
    const auto has = [&](std::string_view text) {
      return request.body.find(text) != std::string::npos;
    };
    if (request.line.starts_with("GET") || has("tools/call")) return call_(request);
    if (request.line.starts_with("DELETE")) return answer(200);
    if (has("server/discover")) {
      if (era_ == mcp::Era::session) return answer(400, "no session", "");
      return json(200, result(request, R"({"resultType":"complete",)"
                                       R"("supportedVersions":["2026-07-28"]})"));
    }
    if (has("\"initialize\"")) {
      return json(200, result(request, R"({"protocolVersion":"2025-11-25"})"),
                  "Mcp-Session-Id: s-1\r\n");
    }
    return answer(202, "");
  }

  const mcp::Era era_;
  const Behaviour call_;

 public:
  /// Goes first: its threads ask the rest.
  WebReceiver web;
};

/// Refuses the stream that a session's client listens to.
Reply only_post(const Received& request, const Reply& reply) {
  return request.line.starts_with("GET") ? answer(405) : reply;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_http)

BOOST_AUTO_TEST_CASE(a_request_of_the_stateless_era_says_in_headers_what_it_is) {
  const HttpServer server(mcp::Era::stateless, [](const Received& request) {
    return json(200, result(request, R"({"resultType":"complete","a":1})"));
  });
  auto caller = server.caller();
  const auto call = caller.call({.method = "tools/call",
                                 .params = R"({"name":"grüße","arguments":{}})",
                                 .name = "grüße",
                                 .headers = {{"Mcp-Param-Region", "eu"}}});
  BOOST_TEST(caller.outcome(call) == R"({"resultType":"complete","a":1})");
  const auto request = server.find("tools/call");
  BOOST_TEST(request.line == "POST /mcp HTTP/1.1");
  BOOST_TEST(header(request, "mcp-protocol-version") == "2026-07-28");
  BOOST_TEST(header(request, "mcp-method") == "tools/call");
  BOOST_TEST(header(request, "mcp-name") == "=?base64?Z3LDvMOfZQ==?=");
  BOOST_TEST(header(request, "mcp-param-region") == "eu");
  BOOST_TEST(header(request, "accept") == "application/json, text/event-stream");
  BOOST_TEST(header(request, "content-type") == "application/json");
  BOOST_TEST(header(request, "authorization") == "Bearer secret");
  BOOST_TEST(header(request, "mcp-session-id") == "-");
  BOOST_TEST(header(server.find("server/discover"), "mcp-method") == "server/discover");
}

BOOST_AUTO_TEST_CASE(a_session_is_opened_kept_and_ended) {
  const HttpServer server(mcp::Era::session, [](const Received& request) {
    return only_post(request, json(200, result(request, R"({"a":1})")));
  });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"a":1})");
  BOOST_TEST(header(server.find("\"initialize\""), "mcp-session-id") == "-");
  BOOST_TEST(header(server.find("\"initialize\""), "mcp-protocol-version") == "-");
  for (const auto* part : {"notifications/initialized", "tools/call", "GET /mcp"}) {
    const auto request = server.find(part);
    BOOST_TEST(header(request, "mcp-session-id") == "s-1", part);
    BOOST_TEST(header(request, "mcp-protocol-version") == "2025-11-25", part);
    BOOST_TEST(header(request, "mcp-method") == "-", part);
  }
  BOOST_TEST(header(server.find("GET /mcp"), "accept") == "text/event-stream");
  caller.hang_up();
  BOOST_TEST(header(server.find("DELETE /mcp"), "mcp-session-id") == "s-1");
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_behind_progress_in_a_stream) {
  const HttpServer server(mcp::Era::stateless, [](const Received& request) {
    return stream(": hello\n\n" +
                  event(R"({"jsonrpc":"2.0","method":"notifications/progress",)"
                        R"("params":{"progressToken":2,"progress":1}})") +
                  event(result(request, R"({"a":1})")));
  });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"a":1})");
  BOOST_TEST(caller.news<mcp::Progressed>().progress == 1);
  BOOST_TEST(caller.count<mcp::Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_that_has_brought_its_answer_is_left) {
  const HttpServer server(mcp::Era::stateless, [](const Received& request) {
    return stream(event(result(request, R"({"a":1})")), Reply::End::hang);
  });
  auto caller = server.caller();
  for (int i = 0; i < 3; ++i) BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"a":1})");
  // That of the opening is kept for more.
  eventually([&] { return server.web.open() <= 1; }, "none of the calls' connections is open");
  BOOST_TEST(caller.count<mcp::Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(what_a_session_s_server_says_unasked_comes_by_its_own_stream) {
  const HttpServer server(mcp::Era::session, [](const Received&) {
    return stream(event(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"),
                  Reply::End::hang);
  });
  auto caller = server.caller();
  BOOST_TEST((caller.news<mcp::Changed>().what == mcp::Changed::What::tools));
}

BOOST_AUTO_TEST_CASE(a_stream_of_a_session_is_taken_up_where_it_broke_off) {
  const HttpServer server(mcp::Era::session, [](const Received& request) {
    if (request.line.starts_with("POST")) return stream("retry: 10\n" + event("", "e-7"));
    if (header(request, "last-event-id") != "e-7") return answer(405);
    return stream(event(R"({"jsonrpc":"2.0","id":3,"result":{"a":1}})", "e-8"));
  });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_stream_of_the_stateless_era_that_breaks_off_leaves_the_call_unknown) {
  const HttpServer server(mcp::Era::stateless,
                          [](const Received&) { return stream(event("", "e-7")); });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()).starts_with("sent: the server's answer broke off"));
}

BOOST_AUTO_TEST_CASE(each_answer_means_what_it_says) {
  struct Case {
    const char* name;
    Reply reply;
    std::string outcome;
  };
  const std::vector<Case> cases{
      {"401", answer(401, "who?"), "not sent: the server answered 401: who?"},
      {"404 without a session", answer(404, ""), "not sent: the server answered 404"},
      {"redirect", answer(307, "", "Location: http://127.0.0.1:1/\r\n"),
       "not sent: the server answered 307"},
      {"500", answer(500, "oops"), "sent: the server answered 500: oops"},
      {"202 for a request", answer(202, ""), "sent: the server answered 202"},
      {"error as JSON-RPC",
       json(400, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32020,"message":"Mismatch"}})"),
       "-32020 Mismatch"},
      {"answer to another", json(200, R"({"jsonrpc":"2.0","id":99,"result":{}})"),
       "sent: the server's answer is none to the request"},
      {"HTML", answer(200, "<p>", "Content-Type: text/html\r\n"),
       "sent: the server answered 200: <p>"},
      {"half a header", {"HTTP/1.1 200", Reply::End::close}, "sent: "},
      {"torn down", {"", Reply::End::reset}, "sent: "}};
  for (const auto& [name, reply, outcome] : cases) {
    const HttpServer server(mcp::Era::stateless, [&](const Received&) { return reply; });
    auto caller = server.caller();
    const auto ended = caller.outcome(caller.call_tool());
    BOOST_TEST(ended.starts_with(outcome), name << ": " << ended);
    BOOST_TEST(server.web.count() == 2, name << ": sent more than once");
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_the_server_ended_closes_the_connection) {
  const HttpServer server(mcp::Era::session,
                          [](const Received& request) { return only_post(request, answer(404)); });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()) == "sent: the server has ended the session");
  BOOST_TEST(caller.news<mcp::Closed>().why.detail == "the server has ended the session");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_has_taken_nothing) {
  mcp::HttpAddress address;
  address.url = "http://127.0.0.1:1/mcp";
  Caller caller(std::make_unique<mcp::HttpLink>(std::move(address),
                                                std::make_shared<runtime::SystemClock>()));
  BOOST_TEST(caller.outcome(caller.call_tool()).starts_with("not sent: "));
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_of_the_stateless_era_closes_its_stream) {
  const HttpServer server(mcp::Era::stateless, [](const Received&) {
    return stream(": wait\n\n", Reply::End::endless);
  });
  auto caller = server.caller();
  const auto call = caller.call_tool();
  static_cast<void>(server.find("tools/call"));
  caller.cancel(call);
  BOOST_TEST(caller.outcome(call) == "sent: the call was cancelled: the test wants it");
  caller.hang_up();
  for (const auto& request : server.web.received()) {
    BOOST_TEST(request.body.find("notifications/cancelled") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_without_end_is_cut) {
  const HttpServer server(mcp::Era::stateless, [](const Received&) {
    return Reply{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", Reply::End::endless};
  });
  auto caller = server.caller();
  BOOST_TEST(caller.outcome(caller.call_tool()).starts_with("sent: "));
  BOOST_TEST(caller.news<mcp::Misbehaved>().what ==
             "it sent a message that is too long, which was thrown away");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
