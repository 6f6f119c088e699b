// Starts servers for tests.
#include "tests/bridges/http/served.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/bridges/http/note.hpp"
#include "tests/support/kinds/counter.hpp"

namespace nightshift::tests {

std::unique_ptr<runtime::Catalog> test_catalog() {
  auto catalog = std::make_unique<runtime::Catalog>();
  catalog->add(counter_kind());
  catalog->add(note_kind());
  return catalog;
}

Served::Served(bridges::http::HttpOptions options, std::unique_ptr<runtime::Catalog> catalog)
    : node(std::move(catalog)) {
  node.give_token("admin", "admin-token", {SCOPE_ADMIN});
  node.give_token("reader", "read-token", {SCOPE_READ});
  node.give_token("operator", "operate-token", {SCOPE_OPERATE});
  node.give_token("ann", "propose-token", {SCOPE_PROPOSE});
  node.give_token("bob", "approve-token", {SCOPE_APPROVE});
  node.give_token("agent", "agent-token", {SCOPE_PROPOSE, SCOPE_APPROVE}, true);
  options.version = "1.2.3";
  auto started = bridges::http::HttpServer::start(node, std::move(options));
  BOOST_REQUIRE(started.has_value());
  server = std::move(*started);
}

std::string request_text(const Asked& asked) {
  std::string out = asked.method + " " + asked.target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!asked.token.empty()) out += "Authorization: Bearer " + asked.token + "\r\n";
  if (asked.method == "POST") {
    out += "Content-Length: " + std::to_string(asked.body.size()) + "\r\n";
  }
  return out + asked.fields + "\r\n" + asked.body;
}

WireAnswer Served::ask(const Asked& asked) const { return Wire(port()).ask(request_text(asked)); }

WireAnswer Served::get(const std::string& target, const std::string& token) const {
  return ask({.target = target, .token = token, .body = {}, .fields = {}});
}

WireAnswer Served::post(const std::string& target, const std::string& body,
                        const std::string& fields) const {
  return ask({.method = "POST", .target = target, .body = body, .fields = fields});
}

}  // namespace nightshift::tests
