// The section `[webhook.NAME]`: a receiver that approved calls are posted to.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "runtime/secrets/reference.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct WebhookSettings {
  /// `http` or `https`, without user and password.
  std::string url;
  /// The secret that requests are signed with.
  SecretReference secret;
  /// `keyed`: the receiver knows a repeat as one, by its key; `neither`: it does not.
  std::string receiver_class = "neither";
  /// From the connection to the end of the answer.
  std::chrono::seconds timeout{20};
  /// Addresses of this machine and of private networks may be called.
  bool allow_private = false;
  /// Certificates to trust instead of the system's; empty means those.
  std::filesystem::path ca_file;
};

/// By name.
using Webhooks = std::map<std::string, WebhookSettings, std::less<>>;

/// Their names begin with `webhook.NAME.`.
std::span<const SettingRule<WebhookSettings>> webhook_rules();

/// What is missing, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const WebhookSettings& webhook);

}  // namespace nightshift::runtime
