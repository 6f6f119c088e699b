// Puts the keeper of the backups together.
#include "tools/nightshift/backups.hpp"

#include <spdlog/spdlog.h>

namespace nightshift::tools {
namespace {

using runtime::supervision::Component;
using runtime::upkeep::BackupKeeper;

/// Its thread; what the keeper says stays.
class Running final : public Component {
 public:
  explicit Running(std::shared_ptr<BackupKeeper> keeper) : keeper_(std::move(keeper)) {
    keeper_->start();
  }
  ~Running() override { keeper_->stop(); }

 private:
  const std::shared_ptr<BackupKeeper> keeper_;
};

}  // namespace

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
      .report = [](bool bad, std::string_view line) {
        spdlog::log(bad ? spdlog::level::err : spdlog::level::info, "{}", line);
      }});
}

runtime::supervision::Part backups_part(std::shared_ptr<BackupKeeper> keeper,
                                        std::chrono::milliseconds patience) {
  return {.name = "backups",
          .patience = patience,
          .start = [keeper = std::move(keeper)](const runtime::supervision::Failed&)
              -> Result<std::unique_ptr<Component>> { return std::make_unique<Running>(keeper); }};
}

}  // namespace nightshift::tools
