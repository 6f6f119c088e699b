// Metrics in Prometheus' text form: what edges count, and what the node says of itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/node.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace nightshift::runtime {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Handles are small, thread-safe and valid as long as the metrics that made them.
class CounterMetric {
 public:
  CounterMetric() = default;
  void add(double value = 1);
  /// For what counts elsewhere; one thread at a time.
  void raise_to(double total);

 private:
  friend class Metrics;
  prometheus::Counter* counter_ = nullptr;
};

class GaugeMetric {
 public:
  GaugeMetric() = default;
  void add(double value);
  void set(double value);

 private:
  friend class Metrics;
  prometheus::Gauge* gauge_ = nullptr;
};

class HistogramMetric {
 public:
  HistogramMetric() = default;
  void observe(double value);

 private:
  friend class Metrics;
  prometheus::Histogram* histogram_ = nullptr;
};

/// Thread-safe. Names begin with `nightshift_` and end with their unit, or with `_total`
/// (`promtool check metrics`). The same name and labels give the same series.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  CounterMetric counter(const std::string& name, const std::string& help,
                        const MetricLabels& labels = {});
  GaugeMetric gauge(const std::string& name, const std::string& help,
                    const MetricLabels& labels = {});
  /// Of durations in seconds, from a tenth of a millisecond to half a minute.
  HistogramMetric durations(const std::string& name, const std::string& help,
                            const MetricLabels& labels = {});

  /// Everything, with the node's own counters as they stand.
  std::string text(const NodeStats& stats, std::string_view version) const;
  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nightshift::runtime
