// What waits for other nodes, and what became of the last (cluster_route.cpp).
#pragma once

#include "bridges/http/exchange.hpp"

namespace nightshift::bridges::http {

struct Call;
Response get_outbox(const Call& call);

}  // namespace nightshift::bridges::http
