// Checks what is said of a webhook.
#include "runtime/settings_webhook.hpp"

#include <algorithm>
#include <array>

namespace nightshift::runtime {
namespace {

constexpr std::size_t url_bytes_max = 2048;
constexpr std::int64_t timeout_s_max = 300;

std::optional<std::string> set_url(WebhookSettings& webhook, const SettingValue& value) {
  const std::string_view url = value.text;
  const auto scheme = url.substr(0, url.find("://"));
  const bool known = scheme == "https" || scheme == "http";
  if (!known || url.size() > url_bytes_max) {
    return "must be an address such as \"https://example.org/hook\", of at most " +
           std::to_string(url_bytes_max) + " bytes";
  }
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c >= 127 || c == '\\'; })) {
    return "must not hold blanks or characters that are no ASCII; write them as %XX";
  }
  const auto rest = url.substr(scheme.size() + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).contains('@')) {
    return "must not hold a user or a password: it is shown to approvers and kept in the journal";
  }
  if (url.contains('#')) return "must not hold a fragment (#...): it would never be sent";
  webhook.url = value.text;
  return std::nullopt;
}

std::optional<std::string> set_secret(WebhookSettings& webhook, const SettingValue& value) {
  auto reference = parse_secret_reference(value.text, value.base);
  if (!reference) return "is not a reference to a secret: " + reference.error().detail;
  webhook.secret = std::move(*reference);
  return std::nullopt;
}

std::optional<std::string> set_class(WebhookSettings& webhook, const SettingValue& value) {
  return one_of(webhook.receiver_class, value.text, {"keyed", "neither"});
}

std::optional<std::string> set_timeout(WebhookSettings& webhook, const SettingValue& value) {
  if (value.number < 1 || value.number > timeout_s_max) {
    return "must be 1 to " + std::to_string(timeout_s_max) + " seconds, not " +
           std::to_string(value.number);
  }
  webhook.timeout = std::chrono::seconds(value.number);
  return std::nullopt;
}

std::optional<std::string> set_allow_private(WebhookSettings& webhook, const SettingValue& value) {
  webhook.allow_private = value.flag;
  return std::nullopt;
}

std::optional<std::string> set_ca_file(WebhookSettings& webhook, const SettingValue& value) {
  if (value.text.empty()) return "must name a file";
  webhook.ca_file = std::filesystem::absolute(value.base / value.text).lexically_normal();
  return std::nullopt;
}

using enum SettingShape;
constexpr std::array rules{
    SettingRule<WebhookSettings>{
        {"webhook.NAME.url", text, "Where approved calls are posted to, http or https."}, set_url},
    SettingRule<WebhookSettings>{
        {"webhook.NAME.secret", text,
         "The secret (whsec_...) that calls are signed with: env:NAME, file:PATH or sealed:NAME."},
        set_secret},
    SettingRule<WebhookSettings>{
        {"webhook.NAME.class", text,
         "\"keyed\" if the receiver knows a repeat by its webhook-id, else \"neither\"."},
        set_class},
    SettingRule<WebhookSettings>{
        {"webhook.NAME.timeout_s", number, "How long a call may take, in seconds."}, set_timeout},
    SettingRule<WebhookSettings>{
        {"webhook.NAME.allow_private", flag,
         "Whether addresses of this machine and of private networks may be called."},
        set_allow_private},
    SettingRule<WebhookSettings>{
        {"webhook.NAME.ca_file", text,
         "Certificates (PEM) to trust instead of the system's, for a receiver with its own."},
        set_ca_file},
};

}  // namespace

std::span<const SettingRule<WebhookSettings>> webhook_rules() { return rules; }

std::optional<std::string> incomplete(const WebhookSettings& webhook) {
  if (webhook.url.empty()) return "has no url; say where its calls are posted to";
  if (webhook.secret.name.empty()) {
    return "has no secret; refer to the one that its receiver checks signatures with";
  }
  return std::nullopt;
}

}  // namespace nightshift::runtime
