// A server on a free port over a node in memory, with a token for every kind of caller.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bridges/http/server.hpp"
#include "tests/bridges/http/fake_node.hpp"
#include "tests/bridges/http/wire.hpp"

namespace nightshift::tests {

struct Asked {
  std::string method = "GET";
  std::string target;
  std::string token = "admin-token";
  std::string body;
  /// Whole lines with CR LF.
  std::string fields;
};

std::unique_ptr<runtime::Catalog> test_catalog();

class Served {
 public:
  explicit Served(bridges::http::HttpOptions options = {},
                  std::unique_ptr<runtime::Catalog> catalog = test_catalog());

  int port() const { return server->port(); }
  /// On a connection of its own.
  WireAnswer ask(const Asked& asked) const;
  WireAnswer get(const std::string& target, const std::string& token = "admin-token") const;
  WireAnswer post(const std::string& target, const std::string& body,
                  const std::string& fields = {}) const;

  FakeNode node;
  std::unique_ptr<bridges::http::HttpServer> server;
};

/// The bytes of a request.
std::string request_text(const Asked& asked);

}  // namespace nightshift::tests
