// The agents of the configuration, ready to draft.
#pragma once

#include <memory>

#include "bridges/agent/composer.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// None of them sees the data folder. Error `config`: one of them cannot be run as it is
/// configured.
Result<std::shared_ptr<bridges::agent::Composer>> make_composer(
    const runtime::Settings& settings, const runtime::DataFolder& folder,
    std::shared_ptr<const runtime::SecretResolver> secrets);

}  // namespace nightshift::tools
