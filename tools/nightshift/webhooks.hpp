// The webhooks of the configuration, ready to be called.
#pragma once

#include <memory>
#include <string>

#include "bridges/webhook/webhook.hpp"
#include "runtime/clock.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// A secret that is not there is a line in the log: its webhook fails until it is.
Result<std::shared_ptr<runtime::Executor>> make_webhook(
    const runtime::Settings& settings, std::shared_ptr<const runtime::SecretResolver> secrets,
    std::shared_ptr<runtime::Clock> clock, const std::string& version,
    bridges::webhook::Probe probe);

}  // namespace nightshift::tools
