// What a node can send by: the outbox, mail accounts, permissions and webhooks of the
// configuration.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "runtime/executor.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// `beside`: where `Outbox/` lies. Error: the outbox cannot be opened, or a webhook cannot be
/// called as it is configured.
Result<std::vector<std::shared_ptr<runtime::Executor>>> make_senders(
    const runtime::Settings& settings, const std::filesystem::path& beside,
    const std::shared_ptr<const runtime::SecretResolver>& secrets,
    const std::shared_ptr<runtime::Clock>& clock, const std::string& version,
    const runtime::Environment& environment);

}  // namespace nightshift::tools
