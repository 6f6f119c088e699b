// By which of the node's accounts a mail leaves, and what of it stands in the canonical content.
#pragma once

#include <string>

#include "messages/approval.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// The fields of `docs/formats/approval.md` that a mail has beside its message.
struct MailRoute {
  /// The account's name in the node's configuration.
  std::string target;
  /// What the account was when it was proposed, as that configuration says: `url`, `from`, `user`.
  Canonical facts;

  /// The sender, as it stands in `facts`.
  std::string from() const;
};

/// Moves what stands in `action.mail` to the fields of the same names beside the action.
/// `invalid` where one is given in both places, `too_large` beyond what such a field takes.
Result<void> lift_mail(approval::Propose& command);
Result<void> lift_mail(approval::Edit& command);

/// The account `name`, or where that is empty the only one or `default`. `no_executor` where there
/// is none, or where its sender is no mail address; the text names those that there are.
Result<MailRoute> route_of(const std::string& name, const kernel::Targets& accounts,
                           const std::string& node);

/// `LOCAL@DOMAIN` of a mailbox as proposed; empty where it is none.
std::string address_in(const std::string& mailbox);

}  // namespace nightshift::actors
