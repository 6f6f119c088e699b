// The node's secrets: what it must not have, and what it can resolve.
#pragma once

#include <memory>

#include "messages/record.pb.h"
#include "runtime/clock.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// Refuses a cloud node that could reach what it must not have (`forbidden`), before
/// anything is written. The role counts even where the settings are refused for something else.
Result<void> check_partition_at_start(const runtime::SettingsSources& sources,
                                      const Result<runtime::Settings>& settings,
                                      const runtime::DataFolder& folder);
/// The same for a node whose role was fixed when it first ran.
Result<void> check_partition_of(const Identity& identity, const runtime::SettingsSources& sources,
                                const runtime::Settings& settings,
                                const runtime::DataFolder& folder);

/// What resolves the node's references. Error `config` where the sealed secrets are another node's,
/// or their master key cannot be had; a secret that does not open is one line in the log.
Result<std::shared_ptr<const runtime::SecretResolver>> open_sealed(
    const runtime::Settings& settings, const runtime::DataFolder& folder, const Identity& identity,
    runtime::SecretVariables variables, std::shared_ptr<runtime::Clock> clock);

}  // namespace nightshift::tools
