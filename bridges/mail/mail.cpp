// From an approved content to a session, and from its end to an outcome.
#include "bridges/mail/mail.hpp"

#include <algorithm>
#include <optional>

#include "bridges/mail/account.hpp"
#include "bridges/mail/verdict.hpp"
#include "messages/effects.pb.h"

namespace nightshift::bridges::mail {
namespace {

using runtime::Outcome;
using runtime::Permit;

Outcome not_sent(const Error& error) {
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = std::string(error.message()) + "; nothing was sent",
          .refused = true};
}

std::vector<std::string> recipients_in(const Canonical& content) {
  std::vector<std::string> all;
  for (const auto& [name, value] : content.fields()) {
    if (name == "envelope_to") all.push_back(value);
  }
  return all;
}

/// A word of an SMTP command: what could begin another one is no address.
bool is_address(std::string_view text) {
  return text.contains('@') && text.find_first_of("<> \r\n\t") == text.npos;
}

bool is_addressed(const Canonical& content) {
  const auto from = content.find("envelope_from");
  const auto to = recipients_in(content);
  return from && is_address(*from) && !to.empty() && std::ranges::all_of(to, is_address);
}

}  // namespace

std::string Mail::effect_type() const { return effect::SendMail::descriptor()->full_name(); }

kernel::Targets Mail::targets() const {
  kernel::Targets all;
  for (const auto& [name, account] : parts_.accounts) all.emplace(name, facts_of(account));
  return all;
}

runtime::ReceiverClass Mail::receiver_class(const Permit&) const {
  return runtime::ReceiverClass::neither;
}

Outcome Mail::look(const Permit&) {
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = "a mail server cannot be asked what it has taken"};
}

Result<const runtime::MailAccounts::value_type*> Mail::account_of(const Permit& permit) const {
  const auto& content = permit.content;
  const auto name = content.find("target");
  const bool whole = permit.gated && content.find("action") == effect_type() &&
                     content.find("effect_id") == permit.effect_id && name &&
                     content.find("message") && is_addressed(content);
  if (!whole) return fail(ErrorCode::forbidden, "there is no approved mail");
  const auto found = parts_.accounts.find(*name);
  if (found == parts_.accounts.end()) {
    return fail(ErrorCode::no_executor,
                "this node has no [mail." + std::string(*name) + "] any more");
  }
  if (const auto changed = difference(content, found->second); !changed.empty()) {
    return fail(ErrorCode::digest_mismatch, "[mail." + found->first +
                                                "] is not what was approved: " + changed +
                                                ". Retry, and decide on it as it is now");
  }
  return &*found;
}

Outcome Mail::perform(const Permit& permit) {
  const auto entry = account_of(permit);
  if (!entry) return not_sent(entry.error());
  const auto& [name, account] = **entry;
  std::optional<runtime::SecretText> password;
  if (!account.user.empty()) {
    auto secret = parts_.secret(account.password);
    if (!secret) return not_sent(secret.error());
    password = std::move(*secret);
  }
  const auto& content = permit.content;
  const Letter letter{.url = account.url,
                      .from = std::string(*content.find("envelope_from")),
                      .to = recipients_in(content),
                      .message = *content.find("message"),
                      .user = account.user,
                      .password = password ? &*password : nullptr,
                      .plain = account.plain,
                      .timeout = account.timeout,
                      .ca_file = account.ca_file};
  return verdict(hand_over(letter, parts_.probe), name);
}

}  // namespace nightshift::bridges::mail
