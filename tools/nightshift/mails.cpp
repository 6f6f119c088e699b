// Makes the executor of mail.
#include "tools/nightshift/mails.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace nightshift::tools {

std::shared_ptr<runtime::Executor> make_mail(const runtime::Settings& settings,
                                             std::shared_ptr<const runtime::SecretResolver> secrets,
                                             bridges::mail::Probe probe) {
  for (const auto& [name, account] : settings.mail_accounts) {
    if (account.user.empty()) continue;
    const auto secret = secrets->resolve(account.password);
    if (!secret) spdlog::warn("[mail.{}]: {}", name, secret.error().message());
  }
  return std::make_shared<bridges::mail::Mail>(bridges::mail::MailParts{
      .accounts = settings.mail_accounts,
      .secret = [secrets = std::move(secrets)](const auto& name) { return secrets->resolve(name); },
      .probe = std::move(probe)});
}

}  // namespace nightshift::tools
