// The registry of metrics, and the names of the node's own.
#include "runtime/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace nightshift::runtime {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// A durable command takes from a fifth of a millisecond to the patience of its caller.
const prometheus::Histogram::BucketBoundaries duration_buckets{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10, 30};

/// One line of the table of what the node says of itself.
struct NodeMetric {
  const char* name;
  const char* help;
  MetricType type;
  std::uint64_t (*value)(const NodeStats&);
};

constexpr std::array<NodeMetric, 16> node_metrics{{
    {"nightshift_commands_accepted_total", "Commands that were accepted.", MetricType::Counter,
     [](const NodeStats& s) { return s.commands_accepted; }},
    {"nightshift_commands_refused_total", "Commands that were refused.", MetricType::Counter,
     [](const NodeStats& s) { return s.commands_refused; }},
    {"nightshift_commands_in_flight", "Commands that are not answered yet.", MetricType::Gauge,
     [](const NodeStats& s) { return s.commands_in_flight; }},
    {"nightshift_entities_active", "Entities in memory.", MetricType::Gauge,
     [](const NodeStats& s) { return s.entities_active; }},
    {"nightshift_entities_restarted_total", "Restarts of entities from the journal.",
     MetricType::Counter, [](const NodeStats& s) { return s.entities_restarted; }},
    {"nightshift_entities_quarantined", "Entities that may not run until somebody resumes them.",
     MetricType::Gauge, [](const NodeStats& s) { return s.entities_quarantined; }},
    {"nightshift_parts_restarted_total", "Restarts of parts of the supervision tree.",
     MetricType::Counter, [](const NodeStats& s) { return s.parts_restarted; }},
    {"nightshift_effects_dispatched_total", "Effects that executors were told to perform.",
     MetricType::Counter, [](const NodeStats& s) { return s.effects_dispatched; }},
    {"nightshift_deadlines_fired_total", "Deadlines that came.", MetricType::Counter,
     [](const NodeStats& s) { return s.deadlines_fired; }},
    {"nightshift_tells_waiting", "Lines of Tells whose target cannot take them now.",
     MetricType::Gauge, [](const NodeStats& s) { return s.tells_waiting; }},
    {"nightshift_node_starts_total", "Starts of the node on its journal.", MetricType::Counter,
     [](const NodeStats& s) { return s.boot_epoch; }},
    {"nightshift_journal_records_total", "Records written.", MetricType::Counter,
     [](const NodeStats& s) { return s.log.records; }},
    {"nightshift_journal_batches_total", "Batches written.", MetricType::Counter,
     [](const NodeStats& s) { return s.log.batches; }},
    {"nightshift_journal_syncs_total", "Syncs of the disk.", MetricType::Counter,
     [](const NodeStats& s) { return s.log.syncs; }},
    {"nightshift_journal_written_bytes_total", "Bytes of records written.", MetricType::Counter,
     [](const NodeStats& s) { return s.log.bytes; }},
    {"nightshift_journal_queued_appends", "Appends that wait for the writer.", MetricType::Gauge,
     [](const NodeStats& s) { return s.log.queued; }},
}};

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

void put(MetricFamily& family, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

MetricFamily ended_effects(const NodeStats& stats) {
  MetricFamily out =
      family("nightshift_effects_ended_total", "Effects by how they ended.", MetricType::Counter);
  put(out, static_cast<double>(stats.effects_committed), {{"state", "committed"}});
  put(out, static_cast<double>(stats.effects_failed), {{"state", "failed_before_effect"}});
  put(out, static_cast<double>(stats.effects_unknown), {{"state", "unknown_after_dispatch"}});
  return out;
}

prometheus::Labels labels_of(const MetricLabels& labels) { return {labels.begin(), labels.end()}; }

}  // namespace

struct Metrics::Parts {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

void CounterMetric::add(double value) { counter_->Increment(value); }
void CounterMetric::raise_to(double total) { counter_->Increment(total - counter_->Value()); }
void GaugeMetric::set(double value) { gauge_->Set(value); }
void GaugeMetric::add(double value) { gauge_->Increment(value); }
void HistogramMetric::observe(double value) { histogram_->Observe(value); }

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

CounterMetric Metrics::counter(const std::string& name, const std::string& help,
                               const MetricLabels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(parts_->registry);
  CounterMetric out;
  out.counter_ = &family.Add(labels_of(labels));
  return out;
}

GaugeMetric Metrics::gauge(const std::string& name, const std::string& help,
                           const MetricLabels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(parts_->registry);
  GaugeMetric out;
  out.gauge_ = &family.Add(labels_of(labels));
  return out;
}

HistogramMetric Metrics::durations(const std::string& name, const std::string& help,
                                   const MetricLabels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(parts_->registry);
  HistogramMetric out;
  out.histogram_ = &family.Add(labels_of(labels), duration_buckets);
  return out;
}

std::string Metrics::text(const NodeStats& stats, std::string_view version) const {
  auto families = parts_->registry.Collect();
  for (const NodeMetric& metric : node_metrics) {
    families.push_back(family(metric.name, metric.help, metric.type));
    put(families.back(), static_cast<double>(metric.value(stats)));
  }
  families.push_back(ended_effects(stats));
  families.push_back(family("nightshift_build_info", "The program's version.", MetricType::Gauge));
  put(families.back(), 1, {{"version", std::string(version)}});
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace nightshift::runtime
