// Quarantine kept in the data folder, so that it outlives the process.
#pragma once

#include <vector>

#include "runtime/data_folder.hpp"
#include "runtime/node.hpp"

namespace nightshift::tools {

Result<std::vector<runtime::QuarantinedEntity>> read_quarantine(const runtime::DataFolder& folder);
Result<void> write_quarantine(const runtime::DataFolder& folder,
                              const std::vector<runtime::QuarantinedEntity>& entities);

}  // namespace nightshift::tools
