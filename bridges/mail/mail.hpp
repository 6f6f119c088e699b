// The executor of `SendMail`: the exact message, handed to the server of a configured account.
// Format: docs/formats/mail.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/mail/session.hpp"
#include "runtime/executor.hpp"
#include "runtime/settings_mail.hpp"

namespace nightshift::bridges::mail {

/// Reads a secret at the moment that it is needed.
using ResolveSecret =
    std::function<Result<runtime::SecretText>(const runtime::SecretReference& reference)>;

struct MailParts {
  runtime::MailAccounts accounts;
  ResolveSecret secret;
  /// Crash points; may be empty.
  Probe probe;
};

/// Receiver class: neither. A mail that may have gone out is never sent again by itself. Acts on
/// the verified content of the gate alone, and only while the account is still what that content
/// says. Thread-safe.
class Mail final : public runtime::Executor {
 public:
  explicit Mail(MailParts parts) : parts_(std::move(parts)) {}

  std::string effect_type() const override;
  kernel::Targets targets() const override;
  runtime::ReceiverClass receiver_class(const runtime::Permit& permit) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

 private:
  /// The account's entry; refuses where the content is not for it as it is now.
  Result<const runtime::MailAccounts::value_type*> account_of(const runtime::Permit& permit) const;

  const MailParts parts_;
};

}  // namespace nightshift::bridges::mail
