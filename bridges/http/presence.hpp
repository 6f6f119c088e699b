// Open connections, counted as long as they are.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "bridges/http/front_metrics.hpp"

namespace nightshift::bridges::http {

/// Counted until it goes.
using Presence = std::shared_ptr<void>;

inline Presence count_in(std::atomic<std::size_t>& connections, FrontMetrics& metrics) {
  connections.fetch_add(1);
  metrics.connections(1);
  return Presence(&connections, [&metrics](std::atomic<std::size_t>* count) {
    metrics.connections(-1);
    count->fetch_sub(1);
  });
}

}  // namespace nightshift::bridges::http
