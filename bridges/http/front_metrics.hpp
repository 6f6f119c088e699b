// What the front counts of itself.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "bridges/http/routes.hpp"
#include "runtime/metrics.hpp"
#include "runtime/upkeep/backups.hpp"

namespace nightshift::bridges::http {

/// Thread-safe.
class FrontMetrics {
 public:
  explicit FrontMetrics(const Routes& routes);

  /// One answered request; null for what no route owns.
  void answered(const Route* route, int status, std::chrono::nanoseconds took);
  void connections(double change) { connections_.add(change); }
  void followers(double change) { followers_.add(change); }
  /// A connection or a request that was refused before any route saw it.
  void turned_away() { turned_away_.add(); }
  /// How backups stand, right before somebody looks.
  void backups(const runtime::upkeep::BackupsView& view);

  const runtime::Metrics& all() const { return metrics_; }

 private:
  /// The series of one route, requests by the first digit of the status.
  struct Series {
    std::array<runtime::CounterMetric, 6> requests;
    runtime::HistogramMetric durations;
  };
  void add(const Route* route, const std::string& method, const std::string& pattern);

  runtime::Metrics metrics_;
  runtime::GaugeMetric connections_;
  runtime::GaugeMetric followers_;
  runtime::CounterMetric turned_away_;
  std::mutex backups_mutex_;
  runtime::CounterMetric backups_made_;
  runtime::CounterMetric backups_failed_;
  runtime::CounterMetric rehearsals_failed_;
  runtime::GaugeMetric backups_kept_;
  runtime::GaugeMetric newest_backup_;
  /// Filled at the start, read only afterwards.
  std::unordered_map<const Route*, Series> series_;
};

}  // namespace nightshift::bridges::http
