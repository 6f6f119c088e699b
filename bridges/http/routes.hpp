// The table of routes: what there is, who may use it, which function answers. Everything about
// routes is read from here: matching, the OpenAPI document, the reference, the tests' matrix.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridges/http/exchange.hpp"
#include "bridges/http/target.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::bridges::http {

struct Call;
using Handler = Response (*)(const Call&);

/// A parameter of the query.
struct Parameter {
  std::string name;
  std::string about;
  bool number = false;
};

struct Route {
  Method method = Method::get;
  /// `/v1/approval/{id}/approve`.
  std::string pattern;
  /// What a token must allow; SCOPE_UNSPECIFIED means that none is needed.
  Scope scope = SCOPE_READ;
  /// Scope `propose` suffices for what the caller itself proposed.
  bool own = false;
  std::string summary;
  Handler handler = nullptr;
  std::vector<Parameter> query;
  /// Null unless the route is of a kind, and of a command.
  const kernel::Kind* kind = nullptr;
  const kernel::CommandInfo* command = nullptr;
};

struct Match {
  const Route* route = nullptr;
  /// The segment that names the entity; empty where the route names none.
  std::string_view id;
};

/// Why nothing matched. `allow` is set where another method would.
struct Miss {
  Error error;
  std::string_view allow;
};

/// Immutable.
class Routes {
 public:
  /// Every route of the program for these kinds, which must outlive the table.
  explicit Routes(const runtime::Catalog& catalog);
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  std::expected<Match, Miss> match(Method method, const Target& target) const;
  /// In the order of the reference.
  const std::vector<Route>& all() const { return routes_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  /// Routes of a kind as indexes: what is read by the word behind the id ("" for the entity
  /// itself), and what is commanded.
  struct KindRoutes {
    const kernel::Kind* kind = nullptr;
    std::size_t list = 0;
    ByName<std::size_t> reads;
    ByName<std::size_t> commands;
  };

  void add_fixed();
  void add_kind(const kernel::Kind& kind);
  std::expected<Match, Miss> match_kind(Method method, const KindRoutes& kind,
                                        std::span<const std::string_view> rest) const;
  Miss unknown_kind(std::string_view name) const;

  std::vector<Route> routes_;
  ByName<std::size_t> fixed_;
  ByName<KindRoutes> kinds_;
};

/// What there is beside the kinds.
std::vector<Route> fixed_routes();
/// Parameters of pages.
Parameter limit_parameter();
Parameter after_id_parameter();

/// The name of the view's field that says who proposed an entity.
inline constexpr const char* requester_field = "requester";
/// True if this kind's views have it: then scope `propose` may read its own.
bool has_requester(const kernel::Kind& kind);

}  // namespace nightshift::bridges::http
