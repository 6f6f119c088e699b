// What a data folder needs before a node can serve: an identity that stays, the admin's token, the
// first approver.
#pragma once

#include "messages/placement.pb.h"
#include "messages/record.pb.h"
#include "runtime/data_folder.hpp"
#include "runtime/node.hpp"
#include "runtime/settings.hpp"
#include "runtime/settings_placement.hpp"

namespace nightshift::tools {

/// The identity of a log that is created now: what the settings say, else the host's name and role
/// `local`.
Identity new_identity(const runtime::Settings& settings, Time now);

/// Error `config` where the settings want a node other than the one that was initialised.
Result<void> check_identity(const runtime::Settings& settings, const Identity& identity,
                            const runtime::DataFolder& folder);

/// Brings what the journal knows in line with the folder's files, as the host: principal `admin`
/// holds the token in `admin.token` (a fresh one after it was revoked); if nobody can approve, the
/// only key in `approvers/` is that of the first approver, with the token beside it. Does nothing
/// where that is so already. Error `config` where several keys lie there and nobody can approve.
Result<void> ensure_principals(runtime::Node& node, const runtime::DataFolder& folder);

/// What kinds decide by: prices, routes, and whose moves decide.
kernel::OwnersData owners_data(const runtime::Settings& settings, const Placement& placement);

/// Where kinds are at home, of a node in a cluster: `[placement]`, and approvals at the local node.
Placement placement_of(const runtime::Placements& homes, const Identity& identity);

/// Gives meters the budgets of the settings, as the host; one that has it already is left alone. A
/// budget that no section names any more stays until somebody lifts it.
Result<void> ensure_budgets(runtime::Node& node, const runtime::Settings& settings);

}  // namespace nightshift::tools
