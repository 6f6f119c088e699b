// The API without sockets: a validated request in, a response out.
#pragma once

#include <expected>
#include <string>

#include "bridges/http/access.hpp"
#include "bridges/http/call.hpp"
#include "bridges/http/exchange.hpp"
#include "bridges/http/front_metrics.hpp"
#include "bridges/http/guard.hpp"
#include "bridges/http/pace.hpp"
#include "bridges/http/routes.hpp"
#include "bridges/http/server.hpp"
#include "bridges/http/sessions.hpp"
#include "bridges/http/usage_calls.hpp"

namespace nightshift::bridges::http {

/// A response and the route that made it; null where no route owns the request.
struct Answered {
  Response response;
  const Route* route = nullptr;
};

/// A request whose header block allows it. Views into the block.
struct Admitted {
  const Route* route = nullptr;
  Target target;
  Known who;
  std::string_view id;
};

/// Thread-safe.
class Api {
 public:
  /// `node` and `options` must outlive it.
  Api(runtime::Node& node, const HttpOptions& options);

  /// What the header block alone decides, so that who may not ask is refused before its body is in
  /// memory. Order of refusals: Host and Origin, token, route, scope, the rest.
  std::expected<Admitted, Answered> admit(const Head& head);
  /// Counts the request of an admitted caller; `rate_limited` where it is one too many.
  Result<void> pace(const Admitted& admitted);
  /// The handler's answer; does not throw. Whatever is not a command may block.
  Response answer(const Admitted& admitted, const Request& request) const;

  FrontMetrics& metrics() { return metrics_; }
  Sessions& sessions() { return sessions_; }

 private:
  Response refuse_miss(const Head& head, const Target& target, const Miss& miss);
  Result<void> check_scope(const Route& route, const kernel::Caller& caller) const;

  Guard guard_;
  Routes routes_;
  FrontMetrics metrics_;
  std::string openapi_;
  Sessions sessions_;
  Access access_;
  Pace pace_;
  UsageCalls usage_;
  Services services_;
};

}  // namespace nightshift::bridges::http
