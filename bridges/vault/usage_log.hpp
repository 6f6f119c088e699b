// `Logs/API_Usage/YYYY-MM-DD.md`: every model call of a day, and what they cost.
// Format: docs/formats/logs.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/vault/journal_page.hpp"
#include "bridges/vault/projection.hpp"
#include "runtime/calendar.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class UsageLog final : public Projection {
 public:
  UsageLog(const JournalPage& page, const runtime::Clock& clock, runtime::Zone zone)
      : page_(page), clock_(clock), zone_(std::move(zone)) {}

  Result<void> begin() override { return {}; }
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 private:
  const JournalPage& page_;
  const runtime::Clock& clock_;
  const runtime::Zone zone_;
  /// Not written yet, by day.
  std::map<std::string, std::vector<PageRow>> rows_;
};

}  // namespace nightshift::bridges::vault
