// How many entities there are, by kind and status.
#include <algorithm>

#include "bridges/http/call.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

/// Of one status: beyond, counting would be felt.
constexpr std::uint64_t counted_max = 100'000;

/// The statuses that an entity which exists can have.
std::vector<std::string> statuses_of(const kernel::Kind& kind) {
  std::vector<std::string> statuses;
  const auto& phases = kind.phases();
  for (std::size_t i = 1; i < phases.size(); ++i) {
    if (std::ranges::find(statuses, phases[i].status) != statuses.end()) continue;
    statuses.push_back(phases[i].status);
  }
  return statuses;
}

}  // namespace

Response get_census(const Call& call) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const kernel::Kind* kind : call.node().catalog().all()) {
    for (const auto& status : statuses_of(*kind)) {
      const auto counted = call.node().count(std::string(kind->name()), status, counted_max);
      if (!counted) return call.refuse(counted.error());
      json.begin_object()
          .field("kind", kind->name())
          .field("status", status)
          .field("count", *counted);
      if (*counted == counted_max) json.field("more", true);
      json.end_object();
    }
  }
  json.end_array().end_object();
  return out;
}

}  // namespace nightshift::bridges::http
