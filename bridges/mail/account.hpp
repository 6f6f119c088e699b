// One configured account, as the executor and an approver see it.
#pragma once

#include <string>

#include "messages/canonical.hpp"
#include "runtime/settings_mail.hpp"

namespace nightshift::bridges::mail {

/// What belongs to the approved content, so that it cannot change unseen between a decision and the
/// act: `url`, `from`, and `user` where somebody logs in.
Canonical facts_of(const runtime::MailSettings& account);

/// Where `approved`, the content of an approval, differs from what the account is now, in words;
/// empty where it does not.
std::string difference(const Canonical& approved, const runtime::MailSettings& account);

}  // namespace nightshift::bridges::mail
