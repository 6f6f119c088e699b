// What imports share, whatever they bring.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/cli/ecosystem/servers.hpp"
#include "bridges/cli/ecosystem/translate.hpp"
#include "bridges/cli/processes/verbs.hpp"

namespace nightshift::bridges::cli {

/// Values that must never be journaled, by the names under which they are sealed.
using SecretsToSeal = std::map<std::string, std::string>;

/// What was not taken over whole, and what is sealed, for people.
void show_remarks(Session& session, const std::vector<ecosystem::Remark>& remarks,
                  const SecretsToSeal& secrets, bool dry);
Json remarks_json(const std::vector<ecosystem::Remark>& remarks, const SecretsToSeal& secrets);

/// Where the node's data folder is on this machine; `usage` where it is not, and something is to be
/// sealed.
Result<void> seal(Session& session, const SecretsToSeal& secrets);

/// The servers of `mcp.json`: shown, sealed, defined.
Result<void> import_servers(Session& session, const ecosystem::Servers& servers,
                            const ImportFlags& flags);

}  // namespace nightshift::bridges::cli
