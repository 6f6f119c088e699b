// One configured receiver, as the executor and an approver see it.
#pragma once

#include <string>
#include <string_view>

#include "messages/canonical.hpp"
#include "runtime/settings_webhook.hpp"

namespace nightshift::bridges::webhook {

/// What belongs to the approved content, so that it cannot change unseen between a decision and the
/// act: `url` and `class`.
Canonical facts_of(const runtime::WebhookSettings& target);

/// Where `approved`, the content of an approval, differs from what the target is now, in words;
/// empty where it does not.
std::string difference(const Canonical& approved, const runtime::WebhookSettings& target);

/// Error `config` unless libcurl, which will call it, takes the address as it is.
Result<void> check_url(std::string_view name, const std::string& url);

}  // namespace nightshift::bridges::webhook
