// Makes the executors of whatever leaves the node.
#include "tools/nightshift/senders.hpp"

#include "bridges/mcp/gate/permission.hpp"
#include "bridges/vault/outbox.hpp"
#include "tools/nightshift/crash_point.hpp"
#include "tools/nightshift/mails.hpp"
#include "tools/nightshift/webhooks.hpp"

namespace nightshift::tools {

Result<std::vector<std::shared_ptr<runtime::Executor>>> make_senders(
    const runtime::Settings& settings, const std::filesystem::path& beside,
    const std::shared_ptr<const runtime::SecretResolver>& secrets,
    const std::shared_ptr<runtime::Clock>& clock, const std::string& version,
    const runtime::Environment& environment) {
  bridges::vault::Probe probe;
  if (auto crash = crash_point(environment)) {
    probe = [crash](std::string_view step) {
      crash(step);
      return 0;
    };
  }
  auto outbox = bridges::vault::Outbox::open(beside / "Outbox", std::move(probe));
  if (!outbox) return std::unexpected(outbox.error());
  std::vector<std::shared_ptr<runtime::Executor>> all{std::move(*outbox)};
  if (!settings.mail_accounts.empty()) {
    all.push_back(make_mail(settings, secrets, crash_point(environment)));
  }
  all.push_back(std::make_shared<bridges::mcp::PermissionGrant>());
  if (settings.webhooks.empty()) return all;
  auto webhook = make_webhook(settings, secrets, clock, version, crash_point(environment));
  if (!webhook) return std::unexpected(webhook.error());
  all.push_back(std::move(*webhook));
  return all;
}

}  // namespace nightshift::tools
