// The node's backups, as its settings want them.
#pragma once

#include "runtime/settings.hpp"
#include "runtime/upkeep/keeper.hpp"
#include "storage/rocks.hpp"

namespace nightshift::tools {

/// `log` must outlive it. Says what it does in the node's log.
std::shared_ptr<runtime::upkeep::BackupKeeper> make_keeper(
    const runtime::Settings& settings, const runtime::DataFolder& folder,
    const storage::FileLog& log, std::shared_ptr<const runtime::Catalog> catalog,
    std::shared_ptr<runtime::Clock> clock);

}  // namespace nightshift::tools
