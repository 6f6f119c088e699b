// Makes the executor of webhooks.
#include "tools/nightshift/webhooks.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace nightshift::tools {

Result<std::shared_ptr<runtime::Executor>> make_webhook(
    const runtime::Settings& settings, std::shared_ptr<const runtime::SecretResolver> secrets,
    std::shared_ptr<runtime::Clock> clock, const std::string& version,
    bridges::webhook::Probe probe) {
  for (const auto& [name, target] : settings.webhooks) {
    const auto secret = secrets->resolve(target.secret);
    if (!secret) spdlog::warn("[webhook.{}]: {}", name, secret.error().message());
  }
  return bridges::webhook::Webhook::open(
      {.targets = settings.webhooks,
       .secret = [secrets =
                      std::move(secrets)](const auto& name) { return secrets->resolve(name); },
       .now = [clock = std::move(clock)] { return clock->now(); },
       .program = "nightshift/" + version,
       .probe = std::move(probe)});
}

}  // namespace nightshift::tools
