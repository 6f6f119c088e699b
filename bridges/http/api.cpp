// From a validated request to the handler of its route.
#include "bridges/http/api.hpp"

#include "bridges/http/openapi.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "messages/json.hpp"

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
      services_{node, options, routes_, metrics_, openapi_, sessions_, access_.cookie_name()} {}

Result<void> Api::check_scope(const Route& route, const kernel::Caller& caller) const {
  if (caller.may(route.scope) || (route.own && caller.may(SCOPE_PROPOSE))) return {};
  return fail(ErrorCode::forbidden, "scope " + scope_word(route.scope) + " is needed, and '" +
                                        caller.principal + "' does not have it with this token");
}

Response Api::refuse_miss(const Request& request, const Target& target, const Miss& miss) {
  if (const auto caller = access_.caller(request.head); !caller) {
    return problem(caller.error(), target.path());
  }
  Response out = problem(miss.error, target.path());
  if (!miss.allow.empty()) out.headers.emplace_back("Allow", miss.allow);
  return out;
}

std::expected<Known, Response> Api::admit(const Route& route, const Request& request,
                                          std::string_view path) {
  if (route.scope == SCOPE_UNSPECIFIED) return Known{};
  auto known = access_.caller(request.head);
  if (!known) return std::unexpected(problem(known.error(), path));
  if (auto may = check_scope(route, *known->caller); !may) {
    Response out = problem(may.error(), path);
    out.headers.emplace_back("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" +
                                                     scope_word(route.scope) + "\"");
    return std::unexpected(std::move(out));
  }
  if (route.method == Method::post) {
    if (auto meant = Access::check_intent(*known, request.head); !meant) {
      return std::unexpected(problem(meant.error(), path));
    }
  }
  return std::move(*known);
}

std::optional<Answered> Api::answer(const Request& request) {
  const auto refuse = [](Response response, const Route* route = nullptr) {
    return Answered{std::move(response), route};
  };
  const auto target = Target::parse(request.head.target);
  const std::string_view path = request.head.target.substr(0, request.head.target.find('?'));
  if (auto ours = guard_.check(request.head); !ours) return refuse(problem(ours.error(), path));
  if (!target) return refuse(problem(target.error(), path));
  const auto match = routes_.match(request.head.method, *target);
  if (!match) {
    const bool ours = path == "/v1" || path.starts_with("/v1/") ||
                      request.head.method == Method::other || !match.error().allow.empty();
    if (!ours) return std::nullopt;
    return refuse(refuse_miss(request, *target, match.error()));
  }
  const Route& route = *match->route;
  auto admitted = admit(route, request, path);
  if (!admitted) return refuse(std::move(admitted.error()), &route);
  const Known& who = *admitted;
  if (auto query = check_query(route, *target); !query) {
    return refuse(problem(query.error(), path), &route);
  }
  const Call call{services_,        route,         request,   *target,
                  who.caller.get(), who.authority, match->id, who};
  return Answered{route.handler(call), &route};
}

}  // namespace nightshift::bridges::http
