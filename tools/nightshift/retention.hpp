// What leaves the node's journal, as its settings and the kind `custody` want it.
#pragma once

#include "runtime/data_folder.hpp"
#include "runtime/node.hpp"
#include "runtime/settings.hpp"
#include "runtime/upkeep/archivist.hpp"

namespace nightshift::tools {

/// All of them must outlive it. Says what it does in the node's log.
std::shared_ptr<runtime::upkeep::Archivist> make_archivist(
    const runtime::Settings& settings, const runtime::DataFolder& folder, storage::EventLog& log,
    std::shared_ptr<const runtime::Catalog> catalog, std::shared_ptr<runtime::Clock> clock,
    runtime::Node& node, std::function<void(std::string_view)> point);

}  // namespace nightshift::tools
