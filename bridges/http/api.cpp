// From a validated request to the handler of its route.
#include "bridges/http/api.hpp"

#include "bridges/http/openapi.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "messages/json.hpp"

#include <chrono>
#include <exception>

namespace nightshift::bridges::http {
namespace {

std::string scope_word(Scope scope) {
  return enum_word(*Scope_descriptor()->FindValueByNumber(scope));
}

Result<void> check_query(const Route& route, const Target& target) {
  if (target.query().empty()) return {};
  std::vector<std::string_view> known;
  for (const Parameter& parameter : route.query) known.push_back(parameter.name);
  return check_parameters(target, known);
}

}  // namespace

Response Call::refuse(const Error& error) const { return problem(error, target.path()); }

EntityRef Call::entity() const { return {std::string(route.kind->name()), std::string(id)}; }

Api::Api(runtime::Node& node, const HttpOptions& options)
    : guard_(options.host, options.hosts),
      routes_(node.catalog()),
      metrics_(routes_),
      openapi_(openapi_document(routes_, options.version)),
      sessions_([&node] { return node.clock().now(); }),
      access_(node, sessions_),
      pace_(options.requests_per_s),
      usage_(node),
      services_{node,     options, routes_,   metrics_,
                openapi_, usage_,  sessions_, access_.cookie_name()} {}

Result<void> Api::check_scope(const Route& route, const kernel::Caller& caller) const {
  if (caller.may(route.scope) || (route.own && caller.may(SCOPE_PROPOSE))) return {};
  return fail(ErrorCode::forbidden, "scope " + scope_word(route.scope) + " is needed, and '" +
                                        caller.principal + "' does not have it with this token");
}

/// Outside of `/v1` nothing is anybody's business: what is not there is told to all.
Response Api::refuse_miss(const Head& head, const Target& target, const Miss& miss) {
  const std::string_view path = target.path();
  const bool ours = path == "/v1" || path.starts_with("/v1/") || head.method == Method::other ||
                    !miss.allow.empty();
  if (!ours) {
    return problem({ErrorCode::not_found, "there is no such page; the API is below /v1", {}}, path);
  }
  if (const auto caller = access_.caller(head); !caller) return problem(caller.error(), path);
  Response out = problem(miss.error, path);
  if (!miss.allow.empty()) out.headers.emplace_back("Allow", miss.allow);
  return out;
}

std::expected<Admitted, Answered> Api::admit(const Head& head) {
  const auto refuse = [](Response response, const Route* route = nullptr) {
    return std::unexpected(Answered{std::move(response), route});
  };
  const std::string_view path = path_of(head);
  auto target = Target::parse(head.target);
  if (auto ours = guard_.check(head); !ours) return refuse(problem(ours.error(), path));
  if (!target) return refuse(problem(target.error(), path));
  const auto match = routes_.match(head.method, *target);
  if (!match) return refuse(refuse_miss(head, *target, match.error()));
  const Route& route = *match->route;
  Known who;
  if (route.scope != SCOPE_UNSPECIFIED) {
    auto known = access_.caller(head);
    if (!known) return refuse(problem(known.error(), path), &route);
    who = std::move(*known);
    if (auto may = check_scope(route, *who.caller); !may) {
      Response out = problem(may.error(), path);
      out.headers.emplace_back("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" +
                                                       scope_word(route.scope) + "\"");
      return refuse(std::move(out), &route);
    }
    if (route.method == Method::post) {
      if (auto meant = Access::check_intent(who, head); !meant) {
        return refuse(problem(meant.error(), path), &route);
      }
    }
  }
  if (auto query = check_query(route, *target); !query) {
    return refuse(problem(query.error(), path), &route);
  }
  return Admitted{&route, std::move(*target), std::move(who), match->id};
}

Result<void> Api::pace(const Admitted& admitted) {
  if (!admitted.who.caller) return {};
  const std::string& principal = admitted.who.caller->principal;
  if (pace_.take(principal, std::chrono::steady_clock::now())) return {};
  return fail(ErrorCode::rate_limited, "'" + principal + "' may ask " +
                                           std::to_string(services_.options.requests_per_s) +
                                           " times a second ([http] requests_per_s); slow down");
}

Response Api::answer(const Admitted& admitted, const Request& request) const {
  try {
    const Call call{services_,
                    *admitted.route,
                    request,
                    admitted.target,
                    admitted.who.caller.get(),
                    admitted.who.authority,
                    admitted.id,
                    admitted.who};
    return admitted.route->handler(call);
  } catch (const std::exception& error) {
    return problem({ErrorCode::bug, error.what(), {}}, admitted.target.path());
  }
}

}  // namespace nightshift::bridges::http
