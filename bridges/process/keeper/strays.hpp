// What a keeper that ended left running, and what no run claims.
#pragma once

#include <string>
#include <vector>

#include "bridges/process/keeper.pb.h"
#include "bridges/process/keeper/ledger.hpp"

namespace nightshift::bridges::process {

/// Ends every process that an earlier keeper of this place started, found by its group and by its
/// mark, and waits until they are gone. The runs of the ledger whose end nobody saw.
std::vector<keeper::Started> end_strays(const Ledger& ledger, const std::string& mark,
                                        const std::string& boot_id);

/// Ends what descends from this process, once none of them belongs to a run: they have cleared
/// their environment, and left every group and session.
void end_orphans();

}  // namespace nightshift::bridges::process
