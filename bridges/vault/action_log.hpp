// `Logs/MCP_Actions/YYYY-MM-DD.md`: every attempt of an action outside, and what came of it.
// Format: docs/formats/logs.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/vault/journal_page.hpp"
#include "bridges/vault/projection.hpp"
#include "messages/host.pb.h"
#include "runtime/calendar.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class ActionLog final : public Projection {
 public:
  ActionLog(runtime::Node& node, const JournalPage& page, runtime::Zone zone)
      : node_(node), page_(page), zone_(std::move(zone)) {}

  Result<void> begin() override { return {}; }
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 private:
  void see_free_call(const runtime::EventView& event, const host::Ended& ended);
  void add(const runtime::EventView& event, const std::string& action, const std::string& target,
           const host::Ended& ended, const std::string& allowed_by);

  runtime::Node& node_;
  const JournalPage& page_;
  const runtime::Zone zone_;
  /// Not written yet, by day.
  std::map<std::string, std::vector<PageRow>> rows_;
};

}  // namespace nightshift::bridges::vault
