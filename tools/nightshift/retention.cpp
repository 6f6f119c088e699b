// The node's retention.
#include "tools/nightshift/retention.hpp"

#include "tools/custody/node_custody.hpp"
#include "tools/nightshift/upkeep_part.hpp"

namespace nightshift::tools {

using runtime::upkeep::Archivist;

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
      .report = report_upkeep,
      .point = std::move(point)});
}

}  // namespace nightshift::tools
