// Facts about an account, and their comparison.
#include "bridges/mail/account.hpp"

namespace nightshift::bridges::mail {

Canonical facts_of(const runtime::MailSettings& account) {
  Canonical facts;
  facts.add("url", account.url);
  facts.add("from", account.from);
  if (!account.user.empty()) facts.add("user", account.user);
  return facts;
}

std::string difference(const Canonical& approved, const runtime::MailSettings& account) {
  const auto facts = facts_of(account);
  for (const auto* name : {"url", "from", "user"}) {
    const auto then = approved.find(name).value_or("not set");
    const auto now = facts.find(name).value_or("not set");
    if (then != now) {
      return "its " + std::string(name) + " was " + std::string(then) + " and is " +
             std::string(now);
    }
  }
  return {};
}

}  // namespace nightshift::bridges::mail
