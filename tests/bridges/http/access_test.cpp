// Who may do what: the matrix of routes and scopes, and what may be read with `propose`.
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "bridges/http/routes.hpp"
#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

namespace {

using bridges::http::Method;
using bridges::http::Route;

struct Person {
  const char* token;
  std::set<Scope> scopes;
  bool agent = false;
};

const std::vector<Person> people{
    {"admin-token", {SCOPE_ADMIN}},     {"read-token", {SCOPE_READ}},
    {"operate-token", {SCOPE_OPERATE}}, {"propose-token", {SCOPE_PROPOSE}},
    {"approve-token", {SCOPE_APPROVE}}, {"agent-token", {SCOPE_PROPOSE, SCOPE_APPROVE}, true},
};

/// CONTRACTS: `admin` implies all but `approve`, agents never approve, nothing else implies
/// anything. Written anew here, so that the test does not ask what it tests.
bool holds(const Person& person, Scope scope) {
  if (scope == SCOPE_UNSPECIFIED) return true;
  if (scope == SCOPE_APPROVE && person.agent) return false;
  if (person.scopes.contains(scope)) return true;
  return scope != SCOPE_APPROVE && person.scopes.contains(SCOPE_ADMIN);
}

std::string target_of(const Route& route) {
  std::string out = route.pattern;
  const std::size_t at = out.find("{id}");
  return at == std::string::npos ? out : out.replace(at, 4, "m");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access)

BOOST_AUTO_TEST_CASE(every_route_lets_exactly_its_scope_pass) {
  Served served;
  const auto catalog = test_catalog();
  const bridges::http::Routes routes(*catalog);
  std::size_t asked = 0;
  for (const Route& route : routes.all()) {
    for (const Person& person : people) {
      const auto answer = served.ask({.method = route.method == Method::post ? "POST" : "GET",
                                      .target = target_of(route),
                                      .token = person.token,
                                      .body = {},
                                      .fields = {}});
      const bool own = route.own && holds(person, SCOPE_PROPOSE);
      const bool may = holds(person, route.scope) || own;
      BOOST_TEST_CONTEXT(route.pattern << " as " << person.token) {
        BOOST_TEST((answer.status == 403) == !may);
        BOOST_TEST(answer.status != 401);
        BOOST_TEST(answer.status != 405);
      }
      ++asked;
    }
    const auto nobody = served.ask({.method = route.method == Method::post ? "POST" : "GET",
                                    .target = target_of(route),
                                    .token = {},
                                    .body = {},
                                    .fields = {}});
    BOOST_TEST_CONTEXT(route.pattern << " without a token") {
      BOOST_TEST((nobody.status == 401) == (route.scope != SCOPE_UNSPECIFIED));
    }
  }
  BOOST_TEST(asked == routes.all().size() * people.size());
}

BOOST_AUTO_TEST_CASE(a_refusal_says_which_scope_is_needed) {
  Served served;
  const auto answer = served.ask({.method = "POST",
                                  .target = "/v1/note/n/wipe",
                                  .token = "operate-token",
                                  .body = {},
                                  .fields = {}});
  BOOST_TEST(answer.status == 403);
  BOOST_TEST(answer.member("code") == "forbidden");
  BOOST_TEST(answer.member("detail").starts_with("scope admin is needed"));
  BOOST_TEST(answer.fields.at("www-authenticate").ends_with("scope=\"admin\""));
}

BOOST_AUTO_TEST_CASE(tokens_that_are_absent_unknown_or_revoked_are_401) {
  Served served;
  const auto check = [&](const WireAnswer& answer) {
    BOOST_TEST(answer.status == 401);
    BOOST_TEST(answer.member("code") == "unauthenticated");
    BOOST_TEST(answer.fields.at("www-authenticate").starts_with("Bearer"));
  };
  check(served.get("/v1/kinds", {}));
  check(served.get("/v1/kinds", "read-tokem"));
  check(served.get("/v1/nothing/at/all", {}));
  check(served.ask({.target = "/v1/kinds",
                    .token = {},
                    .body = {},
                    .fields = "Authorization: Basic cmVhZC10b2tlbg==\r\n"}));
  BOOST_TEST(served.get("/v1/kinds", "read-token").status == 200);
  served.node.take_tokens("reader");
  check(served.get("/v1/kinds", "read-token"));
}

BOOST_AUTO_TEST_CASE(with_propose_one_reads_what_one_proposed_and_nothing_else) {
  Served served;
  served.ask({.method = "POST",
              .target = "/v1/note/mine/suggest",
              .token = "propose-token",
              .body = R"({"text":"t"})",
              .fields = {}});
  served.post("/v1/note/theirs/suggest", R"({"text":"t"})");
  for (const char* what : {"", "/events", "/why"}) {
    const std::string tail = what;
    BOOST_TEST(served.get("/v1/note/mine" + tail, "propose-token").status == 200);
    BOOST_TEST(served.get("/v1/note/theirs" + tail, "propose-token").status == 403);
    BOOST_TEST(served.get("/v1/note/mine" + tail, "agent-token").status == 403);
  }
  const auto list = served.get("/v1/note", "propose-token");
  BOOST_TEST(list.status == 200);
  BOOST_TEST(list.body.contains("mine"));
  BOOST_TEST(!list.body.contains("theirs"));
  const auto forced = served.get("/v1/note?requester=admin", "propose-token");
  BOOST_TEST(forced.body == R"({"items":[]})");
  BOOST_TEST(served.get("/v1/counter/c", "propose-token").status == 403);
}

BOOST_AUTO_TEST_CASE(other_hosts_and_origins_are_kept_out) {
  bridges::http::HttpOptions options;
  options.hosts = {"nightshift.example"};
  Served served(options);
  const auto with = [&](const std::string& host, const std::string& fields = {}) {
    return Wire(served.port())
        .ask("GET /livez HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
  };
  for (const char* host : {"127.0.0.1", "127.0.0.1:1234", "LOCALHOST:80", "[::1]:99",
                           "nightshift.example", "nightshift.example:443"}) {
    BOOST_TEST(with(host).status == 200, host);
  }
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost:80:80", "10.0.0.1",
                           "localhost:x", "[::1", "[::2]"}) {
    const auto answer = with(host);
    BOOST_TEST(answer.status == 403, host);
    BOOST_TEST(answer.member("instance") == "Host");
  }
  BOOST_TEST(with("localhost", "Origin: http://localhost:9\r\n").status == 200);
  BOOST_TEST(with("localhost", "Origin: https://nightshift.example\r\n").status == 200);
  for (const char* origin : {"http://evil.example", "null", "http://localhost.evil.example"}) {
    const auto answer = with("localhost", "Origin: " + std::string(origin) + "\r\n");
    BOOST_TEST(answer.status == 403, origin);
    BOOST_TEST(answer.member("instance") == "Origin");
  }
  const auto proxied =
      Wire(served.port()).ask("GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(proxied.status == 403);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
