// The front's metrics and their names.
#include "bridges/http/front_metrics.hpp"

#include <algorithm>
#include <cassert>

namespace nightshift::bridges::http {

FrontMetrics::FrontMetrics(const Routes& routes)
    : connections_(metrics_.gauge("nightshift_http_connections", "Open connections.")),
      followers_(metrics_.gauge("nightshift_http_followers", "Subscribers to streams of events.")),
      turned_away_(metrics_.counter("nightshift_http_turned_away_total",
                                    "Connections and requests refused before a route saw them.")),
      backups_made_(metrics_.counter("nightshift_backups_made_total", "Backups made.")),
      backups_failed_(
          metrics_.counter("nightshift_backups_failed_total", "Backups that could not be made.")),
      rehearsals_failed_(metrics_.counter("nightshift_backup_rehearsals_failed_total",
                                          "Backups that did not pass their rehearsal.")),
      backups_kept_(metrics_.gauge("nightshift_backups_kept", "Scheduled backups that are there.")),
      newest_backup_(metrics_.gauge("nightshift_backup_newest_timestamp_seconds",
                                    "When the newest scheduled backup that passed its rehearsal "
                                    "was made.")) {
  for (const Route& route : routes.all()) {
    add(&route, route.method == Method::post ? "POST" : "GET", route.pattern);
  }
  add(nullptr, "other", "other");
}

void FrontMetrics::add(const Route* route, const std::string& method, const std::string& pattern) {
  Series& series = series_[route];
  for (std::size_t i = 2; i < series.requests.size(); ++i) {
    series.requests[i] = metrics_.counter(
        "nightshift_http_requests_total", "Requests answered, by route and class of status.",
        {{"method", method}, {"route", pattern}, {"status", std::to_string(i) + "xx"}});
  }
  series.durations = metrics_.durations("nightshift_http_request_duration_seconds",
                                        "From the header block to the answer, ready to be written.",
                                        {{"method", method}, {"route", pattern}});
}

void FrontMetrics::backups(const runtime::upkeep::BackupsView& view) {
  const std::lock_guard lock(backups_mutex_);
  backups_made_.raise_to(static_cast<double>(view.made));
  backups_failed_.raise_to(static_cast<double>(view.failed));
  rehearsals_failed_.raise_to(static_cast<double>(view.rehearsals_failed));
  backups_kept_.set(static_cast<double>(view.items.size()));
  const auto good = std::ranges::find_if(view.items, [](const auto& backup) {
    return backup.rehearsal && backup.rehearsal->error.empty();
  });
  if (good != view.items.end())
    newest_backup_.set(static_cast<double>(to_us(good->made_at)) / 1'000'000);
}

void FrontMetrics::answered(const Route* route, int status, std::chrono::nanoseconds took) {
  const auto found = series_.find(route);
  const auto status_class = static_cast<std::size_t>(status / 100);
  assert(found != series_.end() && status_class >= 2 && status_class < 6);
  found->second.requests[status_class].add();
  found->second.durations.observe(std::chrono::duration<double>(took).count());
}

}  // namespace nightshift::bridges::http
