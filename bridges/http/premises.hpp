// What all connections of a server share.
#pragma once

#include <atomic>
#include <memory>

#include "bridges/http/api.hpp"
#include "bridges/http/budget.hpp"
#include "bridges/http/feed.hpp"
#include "bridges/http/pool.hpp"
#include "bridges/http/server.hpp"

namespace nightshift::bridges::http {

/// Outlives every connection.
struct Premises {
  Api& api;
  Feed& feed;
  Pool& workers;
  const HttpOptions& options;
  /// Of requests that have not arrived whole, and of answers that are not taken.
  Budget& memory;
  std::atomic<std::size_t>& connections;
  std::size_t connections_max = 0;
  const std::atomic<bool>& stopping;
};

}  // namespace nightshift::bridges::http
