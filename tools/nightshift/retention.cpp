// The node's retention.
#include "tools/nightshift/retention.hpp"

#include <spdlog/spdlog.h>

#include "tools/custody/node_custody.hpp"

namespace nightshift::tools {
namespace {

using runtime::supervision::Component;
using runtime::upkeep::Archivist;

/// Its thread; what the archivist says stays.
class Running final : public Component {
 public:
  explicit Running(std::shared_ptr<Archivist> archivist) : archivist_(std::move(archivist)) {
    archivist_->start();
  }
  ~Running() override { archivist_->stop(); }

 private:
  const std::shared_ptr<Archivist> archivist_;
};

}  // namespace

std::shared_ptr<Archivist> make_archivist(const runtime::Settings& settings,
                                          const runtime::DataFolder& folder, storage::EventLog& log,
                                          std::shared_ptr<const runtime::Catalog> catalog,
                                          std::shared_ptr<runtime::Clock> clock,
                                          runtime::Node& node,
                                          std::function<void(std::string_view)> point) {
  const auto& [keep, path, at] = settings.retention;
  return std::make_shared<Archivist>(runtime::upkeep::ArchivistOptions{
      .log = log,
      .catalog = std::move(catalog),
      .custody = std::make_shared<NodeCustody>(node),
      .clock = std::move(clock),
      .plan = {.folder = path.empty() ? folder.root() / "archive" : path,
               .keep = keep,
               .at = at,
               .zone = settings.node_zone},
      .report =
          [](bool bad, std::string_view line) {
            spdlog::log(bad ? spdlog::level::err : spdlog::level::info, "{}", line);
          },
      .point = std::move(point)});
}

runtime::supervision::Part retention_part(std::shared_ptr<Archivist> archivist,
                                          std::chrono::milliseconds patience) {
  return {.name = "retention",
          .patience = patience,
          .start = [archivist = std::move(archivist)](
                       const runtime::supervision::Failed&) -> Result<std::unique_ptr<Component>> {
            return std::make_unique<Running>(archivist);
          }};
}

}  // namespace nightshift::tools
