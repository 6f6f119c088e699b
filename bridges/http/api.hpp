// The API without sockets: a validated request in, a response out.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridges/http/access.hpp"
#include "bridges/http/call.hpp"
#include "bridges/http/exchange.hpp"
#include "bridges/http/front_metrics.hpp"
#include "bridges/http/guard.hpp"
#include "bridges/http/routes.hpp"
#include "bridges/http/server.hpp"
#include "bridges/http/sessions.hpp"

namespace nightshift::bridges::http {

/// A response and the route that made it; null where no route owns the request.
struct Answered {
  Response response;
  const Route* route = nullptr;
};

/// Thread-safe.
class Api {
 public:
  /// `node` and `options` must outlive it.
  Api(runtime::Node& node, const HttpOptions& options);

  /// Nothing where the path is no route's business and the library may try: neither `/v1` nor one
  /// of the fixed ones. Order of refusals: Host and Origin, token, route, scope, the rest.
  std::optional<Answered> answer(const Request& request);

  FrontMetrics& metrics() { return metrics_; }

 private:
  Response refuse_miss(const Request& request, const Target& target, const Miss& miss);
  Result<void> check_scope(const Route& route, const kernel::Caller& caller) const;
  /// Who asks, where the route wants to know and lets them; else the refusal.
  std::expected<Known, Response> admit(const Route& route, const Request& request,
                                       std::string_view path);

  Guard guard_;
  Routes routes_;
  FrontMetrics metrics_;
  std::string openapi_;
  Sessions sessions_;
  Access access_;
  Services services_;
};

}  // namespace nightshift::bridges::http
