// Puts the keeper of the backups together.
#include "tools/nightshift/backups.hpp"

#include "tools/nightshift/upkeep_part.hpp"

namespace nightshift::tools {

using runtime::upkeep::BackupKeeper;

std::shared_ptr<BackupKeeper> make_keeper(const runtime::Settings& settings,
                                          const runtime::DataFolder& folder,
                                          const storage::FileLog& log,
                                          std::shared_ptr<const runtime::Catalog> catalog,
                                          std::shared_ptr<runtime::Clock> clock) {
  const auto& [path, at, keep] = settings.backup;
  return std::make_shared<BackupKeeper>(runtime::upkeep::KeeperOptions{
      .folder = folder,
      .log = log,
      .catalog = std::move(catalog),
      .clock = std::move(clock),
      .plan = {.folder = path, .at = at, .keep = keep, .zone = settings.node_zone},
      .report = report_upkeep});
}

}  // namespace nightshift::tools
