// Browsers: links that are good once, cookies, the token against forged requests, and their ends.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "bridges/http/routes.hpp"
#include "bridges/http/sessions.hpp"
#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {
namespace {

using bridges::http::SessionBounds;
using bridges::http::Sessions;

/// A browser: what it was given as a cookie goes with every request.
struct Browser : Served {
  WireAnswer browse(const std::string& method, const std::string& target,
                    const std::string& fields = {}, const std::string& body = {}) const {
    const auto mine = cookie.empty() ? "" : "Cookie: other=1; " + cookie + "; x=y\r\n";
    return ask(
        {.method = method, .target = target, .token = "", .body = body, .fields = mine + fields});
  }
  std::string link(const std::string& token = "admin-token") const {
    const auto answer =
        ask({.method = "POST", .target = "/v1/login", .token = token, .body = {}, .fields = {}});
    BOOST_TEST_REQUIRE(answer.status == 200, answer.body);
    return nlohmann::json::parse(answer.body)["path"];
  }
  WireAnswer sign_in(const std::string& token = "admin-token", const std::string& fields = {}) {
    auto page =
        ask({.method = "GET", .target = link(token), .token = "", .body = {}, .fields = fields});
    const auto given = page.fields.find("set-cookie");
    if (given != page.fields.end()) cookie = given->second.substr(0, given->second.find(';'));
    return page;
  }
  nlohmann::json session() const {
    return nlohmann::json::parse(browse("GET", "/v1/session").body);
  }
  std::string csrf() const {
    return "X-CSRF-Token: " + session()["csrf_token"].get<std::string>() + "\r\n";
  }

  std::string cookie;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sessions)

BOOST_FIXTURE_TEST_CASE(a_link_signs_a_browser_in_once, Browser) {
  const auto path = link();
  const auto ask_about =
      ask({.method = "HEAD", .target = path, .token = "", .body = {}, .fields = {}});
  BOOST_TEST(ask_about.status == 200);
  const auto page = ask({.method = "GET", .target = path, .token = "", .body = {}, .fields = {}});
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.body.contains("signed in as admin"), page.body);
  BOOST_TEST(page.fields.at("content-type") == "text/html; charset=utf-8");
  BOOST_TEST(page.fields.at("referrer-policy") == "no-referrer");
  BOOST_TEST(page.fields.at("cache-control") == "no-store");
  const auto given = page.fields.at("set-cookie");
  BOOST_TEST(given.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800"), given);
  BOOST_TEST(!given.contains("Secure"), "plain HTTP on loopback");
  const auto again = ask({.method = "GET", .target = path, .token = "", .body = {}, .fields = {}});
  BOOST_TEST(again.status == 401);
  BOOST_TEST(again.fields.contains("www-authenticate"));
  BOOST_TEST(!again.fields.contains("set-cookie"));
  for (const auto* wrong : {"/login?code=", "/login?code=AAAA"}) {
    BOOST_TEST(browse("GET", wrong).status == 401, wrong);
  }
}

BOOST_FIXTURE_TEST_CASE(behind_tls_the_cookie_never_goes_without, Browser) {
  const auto page = sign_in("admin-token", "X-Forwarded-Proto: https\r\n");
  BOOST_TEST(page.fields.at("set-cookie").contains("; Secure"));
}

BOOST_FIXTURE_TEST_CASE(a_session_may_what_its_token_may_and_no_more, Browser) {
  BOOST_TEST(browse("GET", "/v1/node").status == 401);
  sign_in("read-token");
  BOOST_TEST(browse("GET", "/v1/node").status == 200);
  BOOST_TEST(session()["principal"] == "reader");
  BOOST_TEST(session()["scopes"] == nlohmann::json::array({"read"}));
  BOOST_TEST(browse("POST", "/v1/supervision/kill?path=work", csrf()).status == 403);
  cookie += "x";
  BOOST_TEST(browse("GET", "/v1/node").status == 401);
}

BOOST_FIXTURE_TEST_CASE(what_changes_something_needs_the_sessions_own_token, Browser) {
  sign_in();
  const auto target = "/v1/note/a/suggest";
  const auto body = R"({"text":"x"})";
  BOOST_TEST(browse("POST", target, "", body).status == 403);
  BOOST_TEST(browse("POST", target, "X-CSRF-Token: guessed\r\n", body).status == 403);
  BOOST_TEST(browse("POST", target, "X-CSRF-Token: \r\n", body).status == 403);
  Browser other;
  other.sign_in();
  BOOST_TEST(browse("POST", target, other.csrf(), body).status == 403);
  BOOST_TEST(browse("GET", "/v1/note/a").status == 404, "nothing was done");
  BOOST_TEST(browse("POST", target, csrf(), body).status == 201);
  BOOST_TEST(browse("POST", target, csrf() + "Origin: http://evil.example\r\n", body).status ==
             403);
}

BOOST_FIXTURE_TEST_CASE(a_session_ends_with_its_token_and_by_hand, Browser) {
  sign_in("read-token");
  node.take_tokens("reader");
  BOOST_TEST(browse("GET", "/v1/node").status == 401);

  sign_in();
  const auto id = session()["id"].get<std::string>();
  const auto ended = browse("POST", "/v1/session/end", csrf());
  BOOST_TEST(ended.status == 200);
  BOOST_TEST(ended.fields.at("set-cookie").contains("Max-Age=0"));
  BOOST_TEST(browse("GET", "/v1/node").status == 401);
  BOOST_TEST(post("/v1/session/end?id=" + id, "").status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_stream_ends_with_its_session_and_no_other_does, Browser) {
  const auto follow = [&](Wire& wire) {
    wire.send(request_text({.target = "/v1/events",
                            .token = "",
                            .body = {},
                            .fields = "Accept: text/event-stream\r\nCookie: " + cookie + "\r\n"}));
    return wire.read_fields().status;
  };
  sign_in("read-token");
  const auto ends = session()["id"].get<std::string>();
  Wire ended(port());
  BOOST_TEST(follow(ended) == 200);
  sign_in("read-token");
  Wire lasting(port());
  BOOST_TEST(follow(lasting) == 200);
  BOOST_TEST(post("/v1/session/end?id=" + ends, "").status == 200);
  BOOST_TEST(ended.closed());
  post("/v1/counter/c/add", R"({"by":1})");
  BOOST_TEST(lasting.read_until("\n\n").contains("counter.Added"));
  dynamic_cast<runtime::ManualClock&>(node.clock()).advance(SessionBounds().idle_life);
  BOOST_TEST(lasting.closed(), "to follow is not to use");
}

BOOST_FIXTURE_TEST_CASE(one_ends_ones_own_and_an_administrator_anybodys, Browser) {
  node.give_token("other", "other-token", {SCOPE_READ});
  sign_in("read-token");
  const auto id = session()["id"].get<std::string>();
  const auto end_as = [&](const std::string& token) {
    return ask({.method = "POST",
                .target = "/v1/session/end?id=" + id,
                .token = token,
                .body = {},
                .fields = {}})
        .status;
  };
  BOOST_TEST(nlohmann::json::parse(get("/v1/sessions", "other-token").body)["items"].empty());
  BOOST_TEST(nlohmann::json::parse(get("/v1/sessions", "read-token").body)["items"].size() == 1u);
  BOOST_TEST(nlohmann::json::parse(get("/v1/sessions").body)["items"][0]["id"] == id);
  BOOST_TEST(end_as("other-token") == 404);
  BOOST_TEST(browse("GET", "/v1/node").status == 200);
  BOOST_TEST(end_as("admin-token") == 200);
  BOOST_TEST(browse("GET", "/v1/node").status == 401);
  BOOST_TEST(post("/v1/session/end", "").status == 400);
}

BOOST_FIXTURE_TEST_CASE(an_agent_has_no_browser, Browser) {
  node.give_token("robot", "robot-token", {SCOPE_READ}, true);
  const auto answer = ask(
      {.method = "POST", .target = "/v1/login", .token = "robot-token", .body = {}, .fields = {}});
  BOOST_TEST(answer.status == 403);
}

BOOST_AUTO_TEST_CASE(links_and_sessions_are_bounded_in_number_and_life) {
  Time now = time_from_us(1'700'000'000'000'000);
  SessionBounds bounds;
  bounds.links_max = 3;
  bounds.per_principal_max = 2;
  bounds.sessions_max = 3;
  Sessions sessions([&now] { return now; }, bounds);
  const auto wait = [&now](std::chrono::seconds time) { now += time; };

  const auto late = sessions.make_link("ann", {});
  wait(bounds.link_life);
  BOOST_TEST((sessions.open(late.code).error().code == ErrorCode::unauthenticated));

  std::vector<std::string> codes;
  for (int i = 0; i < 4; ++i) {
    wait(std::chrono::seconds(1));
    codes.push_back(sessions.make_link("ann", {}).code);
  }
  BOOST_TEST(!sessions.open(codes[0]), "the oldest of too many links has ended");
  std::vector<std::string> cookies;
  const auto use = [&](std::size_t which) {
    wait(std::chrono::seconds(1));
    return sessions.find(cookies[which]).has_value();
  };
  for (int i = 1; i < 4; ++i) {
    wait(std::chrono::seconds(1));
    cookies.push_back(sessions.open(codes[i])->cookie);
    if (i == 2) BOOST_TEST(use(0));
  }
  BOOST_TEST(!use(1), "the one that was used least recently has ended");
  BOOST_TEST(use(0));
  BOOST_TEST(use(2));
  for (const auto* name : {"bob", "eve"}) {
    wait(std::chrono::seconds(1));
    BOOST_TEST(sessions.open(sessions.make_link(name, {}).code).has_value());
  }
  BOOST_TEST(!use(0), "there are too many in all");
  BOOST_TEST(sessions.list().size() == 3u);

  BOOST_TEST(use(2));
  wait(bounds.idle_life - std::chrono::seconds(10));
  BOOST_TEST(use(2));
  wait(std::chrono::seconds(10));
  BOOST_TEST(sessions.list().size() == 1u, "the others were not used for too long");
  for (int i = 0; i < 12; ++i) {
    wait(bounds.idle_life - std::chrono::seconds(20));
    BOOST_TEST(use(2), i);
  }
  wait(bounds.idle_life - std::chrono::seconds(10));
  BOOST_TEST(use(2));
  wait(std::chrono::seconds(300));
  BOOST_TEST(!use(2), "a week is over, in use or not");
}

BOOST_AUTO_TEST_CASE(one_who_asks_for_many_links_ends_his_own_alone) {
  Time now = time_from_us(1'700'000'000'000'000);
  Sessions sessions([&now] { return now; });
  const auto link = [&](const char* principal) {
    now += std::chrono::milliseconds(1);
    return sessions.make_link(principal, {}).code;
  };
  const auto of_ann = link("ann");
  const auto first = link("eve");
  for (int i = 0; i < 1000; ++i) link("eve");
  const auto last = link("eve");
  BOOST_TEST(!sessions.open(first));
  BOOST_TEST(sessions.open(last).has_value());
  BOOST_TEST(sessions.open(of_ann).has_value());
}

BOOST_FIXTURE_TEST_CASE(no_route_that_changes_something_takes_a_cookie_alone, Browser) {
  sign_in();
  const bridges::http::Routes routes(node.catalog());
  for (const auto& route : routes.all()) {
    if (route.method != bridges::http::Method::post) continue;
    auto target = route.pattern;
    if (const auto id = target.find("{id}"); id != std::string::npos) target.replace(id, 4, "a");
    BOOST_TEST(browse("POST", target).status == 403, target);
  }
  BOOST_TEST(browse("GET", "/v1/session").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
